package io.tardy.examples;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
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
        return server(new Health());
    }

    static WebSocketServer.Builder server(Health health) {
        return WebSocketServer.builder()
                .path("/")
                .compression(true)
                .frameBytesMax(MESSAGE_BYTES_MAX)
                .messageBytesMax(MESSAGE_BYTES_MAX)
                .httpHandler(new HealthAnswers(health).before(WebSocketEcho::refuse))
                .connectionFrame(WebSocketEcho::echo);
    }

    /** As without a handler. */
    private static FullHttpResponse refuse(FullHttpRequest request) {
        HttpResponseStatus status =
                HttpTarget.path(request.uri()).equals("/")
                        ? HttpResponseStatus.UPGRADE_REQUIRED
                        : HttpResponseStatus.NOT_FOUND;
        FullHttpResponse refusal =
                new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, status, Unpooled.EMPTY_BUFFER);
        refusal.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
        if (status == HttpResponseStatus.UPGRADE_REQUIRED) {
            refusal.headers()
                    .set(HttpHeaderNames.UPGRADE, HttpHeaderValues.WEBSOCKET)
                    .set(HttpHeaderNames.SEC_WEBSOCKET_VERSION, "13");
        }
        return refusal;
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
