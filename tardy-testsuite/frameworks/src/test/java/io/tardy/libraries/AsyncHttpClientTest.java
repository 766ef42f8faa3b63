package io.tardy.libraries;

import static org.assertj.core.api.Assertions.assertThat;

import io.tardy.Frame;
import io.tardy.TardyRuntime;
import io.tardy.aio.AsyncType;
import io.tardy.netty.TardyEventLoopGroup;
import java.net.ConnectException;
import java.util.concurrent.TimeUnit;
import org.asynchttpclient.AsyncHttpClient;
import org.asynchttpclient.DefaultAsyncHttpClientConfig;
import org.asynchttpclient.Dsl;
import org.asynchttpclient.Response;
import org.junit.jupiter.api.extension.ExtendWith;

/** async-http-client on a group of Tardy's. */
@ExtendWith(LeakCheck.class)
class AsyncHttpClientTest {

    private final SeenChannels seen = new SeenChannels();

    private static DefaultAsyncHttpClientConfig.Builder config(TardyEventLoopGroup group) {
        return Dsl.config().setEventLoopGroup(group);
    }

    @FunctionalInterface
    private interface Body {
        void run(TardyEventLoopGroup group, AsyncHttpClient client, String url) throws Exception;
    }

    private void withClient(AsyncType transport, Body body) throws Exception {
        Groups.withGroup(
                1,
                transport,
                group -> {
                    try (HelloServer server = HelloServer.start();
                            AsyncHttpClient client =
                                    Dsl.asyncHttpClient(
                                            config(group)
                                                    .setHttpAdditionalChannelInitializer(
                                                            seen::add))) {
                        body.run(group, client, server.url());
                    }
                });
    }

    @OnEachTransport
    void theLoopsCarryTheClient(AsyncType transport) throws Exception {
        withClient(
                transport,
                (group, client, url) -> {
                    Response response =
                            client.prepareGet(url)
                                    .execute()
                                    .toCompletableFuture()
                                    .get(Groups.PATIENCE_SECONDS, TimeUnit.SECONDS);
                    assertThat(response.getResponseBody()).isEqualTo("hello");
                    seen.assertClientsOn(group);
                });
    }

    @OnEachTransport
    void framesWait(AsyncType transport) throws Exception {
        withClient(
                transport,
                (group, client, url) -> {
                    TardyRuntime rt = Groups.runtimeOf(group);
                    Frame<String> frame = rt.spawnCall(() -> get(rt, client, url));
                    assertThat(frame.join()).isEqualTo("hello");
                });
    }

    private static String get(TardyRuntime rt, AsyncHttpClient client, String url)
            throws Exception {
        Response response = rt.await(client.prepareGet(url).execute().toCompletableFuture());
        return response.getResponseBody();
    }

    /** A closed port: what failed arrives in the frame. */
    @OnEachTransport
    void aFailureArrivesInTheFrame(AsyncType transport) throws Exception {
        withClient(
                transport,
                (group, client, url) -> {
                    TardyRuntime rt = Groups.runtimeOf(group);
                    Frame<Throwable> frame =
                            rt.spawnCall(
                                    () -> {
                                        try {
                                            return new AssertionError(
                                                    get(rt, client, "http://127.0.0.1:1/"));
                                        } catch (ConnectException e) {
                                            return e;
                                        }
                                    });
                    assertThat(frame.join()).isInstanceOf(ConnectException.class);
                });
    }
}
