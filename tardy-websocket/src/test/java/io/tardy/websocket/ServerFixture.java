package io.tardy.websocket;

import static org.assertj.core.api.Assertions.assertThat;

import io.tardy.aio.AsyncType;
import io.tardy.netty.TardyEventLoopGroup;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

/** A server on a port that the system chooses, with its own group. */
final class ServerFixture implements AutoCloseable {

    static final Duration PATIENCE = Duration.ofSeconds(20);

    private final TardyEventLoopGroup group;
    private final WebSocketServer server;
    private final int port;

    ServerFixture(
            AsyncType transport,
            UnaryOperator<WebSocketServer.Builder> settings,
            WebSocketBody body)
            throws Exception {
        group = TardyEventLoopGroup.builder().threads(2).async(transport).build();
        server =
                settings.apply(WebSocketServer.builder())
                        .group(group)
                        .connectionFrame(body)
                        .build();
        port = ((InetSocketAddress) server.bind(new InetSocketAddress("127.0.0.1", 0))).getPort();
    }

    /** Echoes messages. */
    static void echo(WebSocketConnection connection) throws Exception {
        for (WebSocketMessage message; (message = connection.receive()) != null; ) {
            switch (message) {
                case WebSocketMessage.Text text -> connection.sendText(text.text());
                case WebSocketMessage.Binary binary -> connection.sendBinary(binary.bytes());
            }
        }
    }

    WebSocketServer server() {
        return server;
    }

    TardyEventLoopGroup group() {
        return group;
    }

    int port() {
        return port;
    }

    URI uri(String scheme, String path) {
        return URI.create(scheme + "://127.0.0.1:" + port + path);
    }

    /** Begins a shutdown that waits for the peers; completes with whether it has ended. */
    CompletableFuture<Boolean> beginShutdown() {
        return CompletableFuture.supplyAsync(
                () -> server.shutdown(PATIENCE, PATIENCE.plusSeconds(1)));
    }

    /** Runs the body in a frame of the server's group, as a client would. */
    void inFrame(io.tardy.FrameBody body) throws Exception {
        group.next().submit(io.tardy.TardyRuntime::current).get().spawn("client", body).join();
    }

    @Override
    public void close() throws Exception {
        boolean isDown = server.shutdown(PATIENCE, PATIENCE);
        group.shutdownGracefully(0, 5, TimeUnit.SECONDS);
        assertThat(group.awaitTermination(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        assertThat(isDown).as("every connection has ended").isTrue();
    }
}
