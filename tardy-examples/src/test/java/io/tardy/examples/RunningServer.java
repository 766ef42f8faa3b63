package io.tardy.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.tardy.aio.AsyncType;
import io.tardy.netty.TardyEventLoopGroup;
import io.tardy.websocket.WebSocketServer;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** A server of WebSocket on two runtimes, at a port of the system's choice. */
final class RunningServer implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final TardyEventLoopGroup group;
    private final WebSocketServer server;
    private final int port;

    RunningServer(AsyncType transport, WebSocketServer.Builder builder) throws Exception {
        group = TardyEventLoopGroup.builder().threads(2).async(transport).build();
        server = builder.group(group).build();
        port = ((InetSocketAddress) server.bind(new InetSocketAddress("127.0.0.1", 0))).getPort();
    }

    int port() {
        return port;
    }

    URI uri(String path) {
        return URI.create("ws://127.0.0.1:" + port + path);
    }

    @Override
    public void close() throws Exception {
        boolean isDown = server.shutdown(PATIENCE, PATIENCE);
        group.shutdownGracefully(0, 5, TimeUnit.SECONDS);
        assertThat(group.awaitTermination(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        assertThat(isDown).as("every connection has ended").isTrue();
    }
}
