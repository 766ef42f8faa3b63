package io.tardy.libraries;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import com.linecorp.armeria.client.ClientFactory;
import com.linecorp.armeria.client.WebClient;
import com.linecorp.armeria.common.AggregatedHttpResponse;
import com.linecorp.armeria.common.Flags;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.SessionProtocol;
import com.linecorp.armeria.server.Server;
import com.linecorp.armeria.server.ServerBuilder;
import io.tardy.Frame;
import io.tardy.TardyRuntime;
import io.tardy.aio.AsyncType;
import io.tardy.netty.TardyEventLoopGroup;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Armeria's server and client on a group of Tardy's. */
@ExtendWith(LeakCheck.class)
class ArmeriaTest {

    private final Queue<TardyRuntime> runtimes = new ConcurrentLinkedQueue<>();

    /** What its servers listen with is one class for the process. */
    private static TardyEventLoopGroup group() {
        return TardyEventLoopGroup.builder()
                .carrying(Flags.transportType().serverChannelType())
                .build();
    }

    private static ServerBuilder server(TardyEventLoopGroup group) {
        return Server.builder().workerGroup(group, false);
    }

    private static WebClient client(TardyEventLoopGroup group, String url) {
        ClientFactory factory = ClientFactory.builder().workerGroup(group, false).build();
        return WebClient.builder(url).factory(factory).build();
    }

    @FunctionalInterface
    private interface Body {
        void run(TardyEventLoopGroup group, WebClient client) throws Exception;
    }

    private void withServer(Body body) throws Exception {
        TardyEventLoopGroup group = group();
        try {
            withServer(group, body);
        } finally {
            group.shutdownGracefully(0, 5, TimeUnit.SECONDS);
            assertThat(group.awaitTermination(Groups.PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
        }
    }

    private void withServer(TardyEventLoopGroup group, Body body) throws Exception {
        Server server =
                server(group)
                        .localPort(0, SessionProtocol.HTTP)
                        .service("/hello", (context, request) -> hello())
                        .service("/frame", (context, request) -> answerInFrame())
                        .service(
                                "/failing",
                                (context, request) ->
                                        HttpResponse.of(TardyRuntime.current().submit(this::fail)))
                        .build();
        server.start().get(Groups.PATIENCE_SECONDS, TimeUnit.SECONDS);
        WebClient client = client(group, "http://127.0.0.1:" + server.activeLocalPort());
        try {
            body.run(group, client);
        } finally {
            client.options().factory().close();
            server.stop().get(Groups.PATIENCE_SECONDS, TimeUnit.SECONDS);
        }
    }

    private HttpResponse answerInFrame() {
        return HttpResponse.of(TardyRuntime.current().submit(this::answer));
    }

    private HttpResponse answer() throws IOException {
        Frame.delay(Duration.ofMillis(1)); // or wait for others
        return HttpResponse.of("a frame");
    }

    private HttpResponse fail() {
        throw new IllegalStateException("the frame fails");
    }

    private HttpResponse hello() {
        runtimes.add(TardyRuntime.current());
        return HttpResponse.of("hello");
    }

    private static AggregatedHttpResponse get(WebClient client, String path) throws Exception {
        return client.get(path).aggregate().get(Groups.PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    @Test
    void theLoopsCarryServerAndClient() throws Exception {
        withServer(
                (group, client) -> {
                    assertThat(get(client, "/hello").contentUtf8()).isEqualTo("hello");
                    assertThat(runtimes)
                            .isNotEmpty()
                            .allSatisfy(runtime -> Groups.assertIsOf(group, runtime));
                    client.get("/hello")
                            .aggregate()
                            .thenRun(() -> runtimes.add(TardyRuntime.current()))
                            .get(Groups.PATIENCE_SECONDS, TimeUnit.SECONDS);
                    assertThat(runtimes).allSatisfy(runtime -> Groups.assertIsOf(group, runtime));
                });
    }

    @Test
    void framesCallAndServe() throws Exception {
        withServer(
                (group, client) -> {
                    TardyRuntime rt = Groups.runtimeOf(group);
                    Frame<String> frame = rt.spawnCall(() -> twoCalls(rt, client));
                    assertThat(frame.join()).isEqualTo("hello, a frame");
                });
    }

    private static String twoCalls(TardyRuntime rt, WebClient client) throws Exception {
        AggregatedHttpResponse hello = rt.await(client.get("/hello").aggregate());
        AggregatedHttpResponse frame = rt.await(client.get("/frame").aggregate());
        return hello.contentUtf8() + ", " + frame.contentUtf8();
    }

    @Test
    void aFrameThatFailsAnswers500() throws Exception {
        withServer(
                (group, client) ->
                        assertThat(get(client, "/failing").status().code()).isEqualTo(500));
    }

    /** The listener's class is the process's, whatever the group of the workers is. */
    @OnEachTransport
    void aGroupOfAnotherTransportServesNobody(AsyncType transport) throws Exception {
        Groups.withGroup(
                1,
                transport,
                workers -> {
                    boolean fits =
                            workers.serverSocketChannel()
                                    .equals(Flags.transportType().serverChannelType());
                    Server server =
                            server(workers)
                                    .localPort(0, SessionProtocol.HTTP)
                                    .service("/", (context, request) -> hello())
                                    .build();
                    server.start().get(Groups.PATIENCE_SECONDS, TimeUnit.SECONDS);
                    String url = "http://127.0.0.1:" + server.activeLocalPort();
                    try (HttpClient client = HttpClient.newHttpClient()) {
                        HttpRequest request = HttpRequest.newBuilder(URI.create(url)).build();
                        if (fits) {
                            assertThat(client.send(request, BodyHandlers.ofString()).body())
                                    .isEqualTo("hello");
                        } else {
                            assertThatIOException()
                                    .isThrownBy(
                                            () -> client.send(request, BodyHandlers.ofString()));
                        }
                    }
                    CompletableFuture<Void> stopped = server.stop();
                    if (fits) { // else it waits for a connection that was never registered
                        stopped.get(Groups.PATIENCE_SECONDS, TimeUnit.SECONDS);
                    }
                });
    }
}
