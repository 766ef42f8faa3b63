package io.tardy.examples;

import io.tardy.websocket.WebSocketConnection;
import io.tardy.websocket.WebSocketMessage;
import io.tardy.websocket.WebSocketServer;
import java.io.IOException;

/** A WebSocket server that sends back every message: one frame for each connection. */
final class WebSocketEcho {

    private static final int MESSAGE_BYTES_MAX = 16 * 1024 * 1024;

    private WebSocketEcho() {}

    /** A builder that lacks only the group. */
    static WebSocketServer.Builder server() {
        return WebSocketServer.builder()
                .path("/")
                .compression(true)
                .frameBytesMax(MESSAGE_BYTES_MAX)
                .messageBytesMax(MESSAGE_BYTES_MAX)
                .connectionFrame(WebSocketEcho::echo);
    }

    private static void echo(WebSocketConnection ws) throws IOException {
        for (WebSocketMessage message;
                (message = ws.receive()) != null; ) { // waits; the thread serves others
            switch (message) {
                case WebSocketMessage.Text text -> ws.sendText(text.text());
                case WebSocketMessage.Binary binary -> ws.sendBinary(binary.bytes());
            }
        }
    }
}
