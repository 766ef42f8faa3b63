package io.tardy.websocket;

import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponseEncoder;
import io.netty.handler.codec.http.websocketx.WebSocketDecoderConfig;
import io.netty.handler.codec.http.websocketx.WebSocketServerHandshaker13;
import java.util.List;

/**
 * Turns a pipeline of HTTP into one of WebSocket. Netty's own handshaker puts its decoder in before
 * it writes the answer, so what a client has sent behind its request would be answered first; here
 * the answer is written, and then the bytes that wait in the HTTP decoder go to the new one.
 */
final class ServerUpgrade {

    private final Settings settings;
    private final FullHttpRequest request;
    private final PerMessageDeflate deflate;
    private final Response response;

    /** Netty's answer: the digest of the key, and the choice of the subprotocol. */
    private static final class Response extends WebSocketServerHandshaker13 {

        Response(String subprotocols, WebSocketDecoderConfig config) {
            super(null, subprotocols, config);
        }

        FullHttpResponse to(FullHttpRequest request) {
            return newHandshakeResponse(request, null);
        }

        void replaceDecoder(ChannelPipeline pipeline, String name) {
            pipeline.replace(UpgradeRequestDecoder.class, name, newWebsocketDecoder());
        }

        void replaceEncoder(ChannelPipeline pipeline, String name) {
            pipeline.replace(HttpResponseEncoder.class, name, newWebSocketEncoder());
        }
    }

    /**
     * @param request found right by {@link UpgradeCheck}
     * @param subprotocols with commas between them, or null
     */
    ServerUpgrade(Settings settings, String subprotocols, FullHttpRequest request) {
        this.settings = settings;
        this.request = request;
        this.deflate = settings.compression() ? agreeOnDeflate() : null;
        this.response =
                new Response(
                        subprotocols,
                        SessionHandlers.decoderConfig(settings, true, deflate != null));
    }

    private PerMessageDeflate agreeOnDeflate() {
        return PerMessageDeflate.firstOf(
                ExtensionHeader.parse(
                        request.headers().getAll(HttpHeaderNames.SEC_WEBSOCKET_EXTENSIONS)));
    }

    /** On the loop. */
    void perform(ChannelPipeline pipeline, HttpPhase http, WebSocketSession session) {
        pipeline.context(http).writeAndFlush(answer());
        pipeline.remove(BodyAggregator.class);
        pipeline.replace(http, SessionHandlers.SESSION, session);
        response.replaceEncoder(pipeline, "websocket-encoder");
        SessionHandlers.beforeSession(pipeline, settings, deflate, true);
        response.replaceDecoder(pipeline, "websocket-decoder");
        pipeline.remove(ReadGate.class);
    }

    private FullHttpResponse answer() {
        HttpHeaders headers = request.headers();
        headers.set(HttpHeaderNames.UPGRADE, HttpHeaderValues.WEBSOCKET); // maybe one of several
        joinSubprotocols(headers);
        FullHttpResponse answer = response.to(request);
        if (deflate != null) {
            answer.headers().set(HttpHeaderNames.SEC_WEBSOCKET_EXTENSIONS, deflate.answer());
        }
        return answer;
    }

    /** Netty reads the first line only; all are one list (RFC 6455, section 11.3.4). */
    private static void joinSubprotocols(HttpHeaders headers) {
        List<String> lines = headers.getAll(HttpHeaderNames.SEC_WEBSOCKET_PROTOCOL);
        if (lines.size() > 1) {
            headers.set(HttpHeaderNames.SEC_WEBSOCKET_PROTOCOL, String.join(", ", lines));
        }
    }

    /** What was agreed, once it was performed. */
    WebSocketConnection.Handshake handshake() {
        return new WebSocketConnection.Handshake(
                request.uri(), request.headers(), response.selectedSubprotocol(), deflate == null);
    }
}
