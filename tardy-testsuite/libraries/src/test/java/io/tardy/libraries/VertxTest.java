package io.tardy.libraries;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.ServerChannel;
import io.tardy.Frame;
import io.tardy.Tardy;
import io.tardy.TardyRuntime;
import io.tardy.aio.AsyncType;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.datagram.DatagramSocket;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.extension.ExtendWith;

/** Vert.x with loops of Tardy's. */
@ExtendWith(LeakCheck.class)
class VertxTest {

    private final SeenChannels seen = new SeenChannels();
    private final List<EventLoopGroup> groups = new CopyOnWriteArrayList<>();
    private final Queue<TardyRuntime> runtimes = new ConcurrentLinkedQueue<>();

    @FunctionalInterface
    private interface Body {
        void run(Vertx vertx) throws Exception;
    }

    /** Remembers the groups and channels that Vert.x asks for. */
    private final class SeenTransport extends TardyTransport {

        SeenTransport(Tardy tardy) {
            super(tardy);
        }

        @Override
        public EventLoopGroup eventLoopGroup(
                int type, int threads, ThreadFactory threadFactory, int ioRatio) {
            EventLoopGroup group = super.eventLoopGroup(type, threads, threadFactory, ioRatio);
            groups.add(group);
            return group;
        }

        @Override
        public ChannelFactory<? extends ServerChannel> serverChannelFactory(boolean domainSocket) {
            return seen.servers(super.serverChannelFactory(domainSocket));
        }

        @Override
        public ChannelFactory<? extends Channel> channelFactory(boolean domainSocket) {
            return seen.remembering(super.channelFactory(domainSocket));
        }
    }

    private static Vertx vertx(TardyTransport transport, VertxOptions options) {
        return Vertx.builder().with(options).withTransport(transport).build();
    }

    private void withVertx(int threads, AsyncType transport, Body body) throws Exception {
        VertxOptions options = new VertxOptions().setEventLoopPoolSize(threads);
        try (Tardy tardy = Tardy.builder().async(transport).build()) {
            Vertx vertx = vertx(new SeenTransport(tardy), options);
            try {
                assertThat(vertx.isNativeTransportEnabled()).isTrue();
                body.run(vertx);
            } finally {
                await(vertx.close());
            }
        }
        assertThat(groups).hasSize(2).allMatch(EventLoopGroup::isShuttingDown);
    }

    private static <T> T await(Future<T> future) throws Exception {
        return future.toCompletionStage()
                .toCompletableFuture()
                .get(Groups.PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    private int serve(Vertx vertx) throws Exception {
        HttpServer server = vertx.createHttpServer().requestHandler(this::answer);
        return await(server.listen(0, "127.0.0.1")).actualPort();
    }

    private void answer(HttpServerRequest request) {
        runtimes.add(TardyRuntime.current());
        switch (request.path()) {
            case "/echo" -> request.body().onSuccess(request.response()::end);
            case "/frame", "/failing" -> answerInAFrame(request);
            default -> request.response().end("hello");
        }
    }

    private static void answerInAFrame(HttpServerRequest request) {
        HttpServerResponse response = request.response();
        Future.fromCompletionStage(TardyRuntime.current().submit(() -> answerOf(request.path())))
                .onSuccess(response::end)
                .onFailure(failure -> response.setStatusCode(500).end());
    }

    private static String answerOf(String path) throws IOException {
        Frame.delay(Duration.ofMillis(1)); // or wait for a database
        if (path.equals("/failing")) {
            throw new IOException("a frame that fails");
        }
        return "a frame answers " + path;
    }

    private static Future<String> get(HttpClient client, int port, String path) {
        return client.request(HttpMethod.GET, port, "127.0.0.1", path)
                .compose(request -> request.send().compose(HttpClientResponse::body))
                .map(Buffer::toString);
    }

    @OnEachTransport
    void theLoopsCarryServerAndClient(AsyncType transport) throws Exception {
        withVertx(
                2,
                transport,
                vertx -> {
                    int port = serve(vertx);
                    HttpClient client = vertx.createHttpClient();
                    List<Future<String>> answers =
                            IntStream.range(0, 20)
                                    .mapToObj(i -> get(client, port, "/hello"))
                                    .toList();
                    assertThat(await(Future.all(answers)).<String>list())
                            .hasSize(20)
                            .containsOnly("hello");
                    String large = "0123456789".repeat(100_000);
                    Future<Buffer> echo =
                            client.request(HttpMethod.POST, port, "127.0.0.1", "/echo")
                                    .compose(
                                            request ->
                                                    request.send(large)
                                                            .compose(HttpClientResponse::body));
                    assertThat(await(echo).toString()).isEqualTo(large);
                    seen.assertAllOn(groups.toArray(EventLoopGroup[]::new));
                    assertThat(runtimes)
                            .hasSize(21)
                            .allSatisfy(
                                    runtime ->
                                            assertThat(groups.getFirst())
                                                    .contains(runtime.eventLoop()));
                });
    }

    @OnEachTransport
    void datagramsAndTimersWork(AsyncType transport) throws Exception {
        withVertx(
                1,
                transport,
                vertx -> {
                    CompletableFuture<String> received = new CompletableFuture<>();
                    DatagramSocket receiver = vertx.createDatagramSocket();
                    receiver.handler(packet -> received.complete(packet.data().toString()));
                    await(receiver.listen(0, "127.0.0.1"));
                    await(
                            vertx.createDatagramSocket()
                                    .send("datagram", receiver.localAddress().port(), "127.0.0.1"));
                    assertThat(received.get(Groups.PATIENCE_SECONDS, TimeUnit.SECONDS))
                            .isEqualTo("datagram");
                    CompletableFuture<TardyRuntime> timer = new CompletableFuture<>();
                    vertx.setTimer(
                            1, id -> timer.completeAsync(TardyRuntime::current, Runnable::run));
                    assertThat(timer.get(Groups.PATIENCE_SECONDS, TimeUnit.SECONDS).eventLoop())
                            .isIn(groups.getFirst());
                });
    }

    /** With one loop, a caller or a service that held its thread would wait for itself. */
    @OnEachTransport
    void framesCallAndServe(AsyncType transport) throws Exception {
        withVertx(
                1,
                transport,
                vertx -> {
                    int port = serve(vertx);
                    HttpClient client = vertx.createHttpClient();
                    CompletableFuture<TardyRuntime> runtime = new CompletableFuture<>();
                    vertx.runOnContext(
                            nothing -> runtime.completeAsync(TardyRuntime::current, Runnable::run));
                    TardyRuntime rt = runtime.get(Groups.PATIENCE_SECONDS, TimeUnit.SECONDS);
                    Frame<String> frame = rt.spawnCall(() -> twoCalls(rt, client, port));
                    assertThat(frame.join()).isEqualTo("hello, a frame answers /frame");
                });
    }

    /** The request is answered with an error, and its connection can be used again. */
    @OnEachTransport
    void aFrameThatFailsAnswersItsRequest(AsyncType transport) throws Exception {
        withVertx(
                1,
                transport,
                vertx -> {
                    int port = serve(vertx);
                    HttpClient client = vertx.createHttpClient();
                    Future<Integer> status =
                            client.request(HttpMethod.GET, port, "127.0.0.1", "/failing")
                                    .compose(HttpClientRequest::send)
                                    .map(HttpClientResponse::statusCode);
                    assertThat(await(status)).isEqualTo(500);
                    assertThat(await(get(client, port, "/frame")))
                            .isEqualTo("a frame answers /frame");
                });
    }

    private static String twoCalls(TardyRuntime rt, HttpClient client, int port) throws Exception {
        String hello = rt.await(get(client, port, "/hello").toCompletionStage());
        return hello + ", " + rt.await(get(client, port, "/frame").toCompletionStage());
    }
}
