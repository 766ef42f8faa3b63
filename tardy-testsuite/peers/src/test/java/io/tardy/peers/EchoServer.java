package io.tardy.peers;

import io.tardy.aio.AsyncType;
import io.tardy.netty.TardyEventLoopGroup;
import io.tardy.websocket.WebSocketConnection;
import io.tardy.websocket.WebSocketMessage;
import io.tardy.websocket.WebSocketServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;

/** Our server: at /leave it goes first, elsewhere it sends back what it gets. */
final class EchoServer implements AutoCloseable {

    private static final int MESSAGE_BYTES_MAX = 4 * 1024 * 1024;

    private final TardyEventLoopGroup group;
    private final WebSocketServer server;
    private final InetSocketAddress address;

    EchoServer(AsyncType transport, boolean compression) throws Exception {
        group = Transports.group(transport);
        server =
                WebSocketServer.builder()
                        .group(group)
                        .compression(compression)
                        .frameBytesMax(MESSAGE_BYTES_MAX)
                        .messageBytesMax(MESSAGE_BYTES_MAX)
                        .connectionFrame(EchoServer::serve)
                        .build();
        address = (InetSocketAddress) server.bind(new InetSocketAddress("127.0.0.1", 0));
    }

    private static void serve(WebSocketConnection ws) throws IOException {
        if (ws.uri().equals("/leave")) {
            ws.close(4001, "enough");
            return;
        }
        for (WebSocketMessage message; (message = ws.receive()) != null; ) {
            switch (message) {
                case WebSocketMessage.Text text -> ws.sendText(text.text());
                case WebSocketMessage.Binary binary -> ws.sendBinary(binary.bytes());
            }
        }
    }

    URI uri(String path) {
        return URI.create("ws://127.0.0.1:" + address.getPort() + path);
    }

    /** Fails unless all have gone by themselves. */
    @Override
    public void close() throws Exception {
        Duration patience = Duration.ofSeconds(Transports.PATIENCE_SECONDS);
        boolean haveEnded = server.shutdown(patience, patience);
        Transports.end(group);
        if (!haveEnded) {
            throw new AssertionError("there are connections that do not end");
        }
    }
}
