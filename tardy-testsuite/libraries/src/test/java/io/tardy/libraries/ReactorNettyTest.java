package io.tardy.libraries;

import static org.assertj.core.api.Assertions.assertThat;

import io.tardy.Frame;
import io.tardy.TardyRuntime;
import io.tardy.aio.AsyncType;
import io.tardy.aio.CancelledException;
import io.tardy.netty.TardyEventLoopGroup;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerRoutes;
import reactor.netty.resources.ConnectionProvider;

/** reactor-netty's HTTP server and client on a group of Tardy's. */
@ExtendWith(LeakCheck.class)
class ReactorNettyTest {

    private static final Duration PATIENCE = Duration.ofSeconds(Groups.PATIENCE_SECONDS);

    private final SeenChannels seen = new SeenChannels();
    private final Queue<TardyRuntime> runtimes = new ConcurrentLinkedQueue<>();
    private final CompletableFuture<Void> begun = new CompletableFuture<>();
    private final CompletableFuture<Void> cancelled = new CompletableFuture<>();

    @FunctionalInterface
    private interface Body {
        void run(HttpClient client) throws Exception;
    }

    private static HttpServer server(TardyEventLoopGroup group) {
        return HttpServer.create().runOn(group);
    }

    private static HttpClient client(TardyEventLoopGroup group, ConnectionProvider connections) {
        return HttpClient.create(connections).runOn(group);
    }

    private void withServer(TardyEventLoopGroup group, Body body) throws Exception {
        ConnectionProvider connections = ConnectionProvider.create("test", 4);
        DisposableServer server =
                server(group)
                        .host("127.0.0.1")
                        .port(0)
                        .doOnChannelInit((observer, channel, remote) -> seen.add(channel))
                        .route(this::routes)
                        .bindNow(PATIENCE);
        seen.add(server.channel());
        try {
            body.run(
                    client(group, connections)
                            .responseTimeout(PATIENCE)
                            .baseUrl("http://127.0.0.1:" + server.port())
                            .doOnChannelInit((observer, channel, remote) -> seen.add(channel)));
        } finally {
            connections.disposeLater().block(PATIENCE);
            server.disposeNow(PATIENCE);
        }
    }

    private void routes(HttpServerRoutes routes) {
        routes.get("/hello", (request, response) -> response.sendString(Mono.just(hello())));
        routes.post("/echo", (request, response) -> response.send(request.receive().retain()));
        routes.get("/frame", (request, response) -> response.sendString(inAFrame(request)));
        routes.get("/failing", (request, response) -> response.sendString(inAFrame(request)));
        routes.get(
                "/cancelled",
                (request, response) ->
                        response.sendString(
                                Mono.fromFuture(TardyRuntime.current().submit(this::forEver))));
    }

    /** Tells how its frame has ended. */
    private String forEver() throws IOException {
        try {
            begun.complete(null);
            Frame.delay(Duration.ofDays(1));
            return "never";
        } catch (CancelledException e) {
            cancelled.complete(null);
            throw e;
        }
    }

    private String hello() {
        runtimes.add(TardyRuntime.current());
        return "hello";
    }

    /** What a frame answers, while the loop serves others. */
    private static Mono<String> inAFrame(HttpServerRequest request) {
        return Mono.fromFuture(TardyRuntime.current().submit(() -> answerOf(request.uri())));
    }

    private static String answerOf(String uri) throws IOException {
        Frame.delay(Duration.ofMillis(1)); // or wait for a database
        if (uri.endsWith("/failing")) {
            throw new IOException("a frame that fails");
        }
        return "a frame answers " + uri;
    }

    @OnEachTransport
    void theLoopsCarryServerAndClient(AsyncType transport) throws Exception {
        Groups.withGroup(
                2,
                transport,
                group -> {
                    withServer(
                            group,
                            client -> {
                                List<String> answers =
                                        Flux.range(0, 20)
                                                .flatMap(i -> get(client, "/hello"), 4)
                                                .collectList()
                                                .block(PATIENCE);
                                assertThat(answers).hasSize(20).containsOnly("hello");
                            });
                    assertThat(runtimes)
                            .hasSize(20)
                            .allSatisfy(runtime -> Groups.assertIsOf(group, runtime));
                    seen.assertAllOn(group);
                });
    }

    private interface OnGroup {
        void run(TardyEventLoopGroup group, HttpClient client) throws Exception;
    }

    private void withServer(int threads, AsyncType transport, OnGroup body) throws Exception {
        Groups.withGroup(
                threads, transport, group -> withServer(group, client -> body.run(group, client)));
    }

    private static Mono<String> get(HttpClient client, String path) {
        return client.get().uri(path).responseContent().aggregate().asString();
    }

    @OnEachTransport
    void bodiesStreamBothWays(AsyncType transport) throws Exception {
        List<String> parts =
                IntStream.range(0, 100).mapToObj(i -> ("part " + i + "\n").repeat(100)).toList();
        withServer(
                2,
                transport,
                (group, client) -> {
                    String echo =
                            client.post()
                                    .uri("/echo")
                                    .send(
                                            (request, out) ->
                                                    out.sendString(Flux.fromIterable(parts)))
                                    .responseContent()
                                    .aggregate()
                                    .asString()
                                    .block(PATIENCE);
                    assertThat(echo).isEqualTo(parts.stream().collect(Collectors.joining()));
                    seen.assertAllOn(group);
                });
    }

    /** With one loop, a caller or a service that held its thread would wait for itself. */
    @OnEachTransport
    void framesCallAndServe(AsyncType transport) throws Exception {
        withServer(
                1,
                transport,
                (group, client) -> {
                    TardyRuntime rt = Groups.runtimeOf(group);
                    Frame<String> frame = rt.spawnCall(() -> twoCalls(rt, client));
                    assertThat(frame.join()).isEqualTo("hello, a frame answers /frame");
                    seen.assertAllOn(group);
                });
    }

    /** The request is answered with an error, and its connection can be used again. */
    @OnEachTransport
    void aFrameThatFailsAnswersItsRequest(AsyncType transport) throws Exception {
        withServer(
                1,
                transport,
                (group, client) -> {
                    Integer status =
                            client.get()
                                    .uri("/failing")
                                    .responseSingle(
                                            (response, body) -> Mono.just(response.status().code()))
                                    .block(PATIENCE);
                    assertThat(status).isEqualTo(500);
                    assertThat(get(client, "/frame").block(PATIENCE))
                            .isEqualTo("a frame answers /frame");
                });
    }

    @OnEachTransport
    void aFrameIsCancelledWithItsRequest(AsyncType transport) throws Exception {
        withServer(
                1,
                transport,
                (group, client) -> {
                    Disposable request = get(client, "/cancelled").subscribe();
                    begun.get(Groups.PATIENCE_SECONDS, TimeUnit.SECONDS);
                    request.dispose(); // which closes the connection
                    cancelled.get(Groups.PATIENCE_SECONDS, TimeUnit.SECONDS);
                });
    }

    private static String twoCalls(TardyRuntime rt, HttpClient client) throws Exception {
        String hello = rt.await(get(client, "/hello").toFuture());
        return hello + ", " + get(client, "/frame").block(); // the frame waits, not the loop
    }
}
