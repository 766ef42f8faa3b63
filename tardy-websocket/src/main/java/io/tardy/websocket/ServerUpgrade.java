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
 * Turns an HTTP pipeline into a WebSocket pipeline. Netty's handshaker adds its decoder before it
 * writes the answer, so frames behind the request would be answered first. Here the answer is
 * written first; then the bytes that wait in the HTTP decoder go to the new decoder.
 */
final class ServerUpgrade {

    private final Settings settings;
    private final FullHttpRequest request;
    private final PerMessageDeflate deflate;
    private final Response response;

    /** Netty's answer: it digests the key and chooses the subprotocol. */
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
     * @param request accepted by {@link UpgradeCheck}
     * @param subprotocols separated by commas, or null
     */
    ServerUpgrade(Settings settings, String subprotocols, FullHttpRequest request) {
        this.settings = settings;
        this.request = request;
        this.deflate = settings.compression() ? negotiateDeflate() : null;
        this.response =
                new Response(
                        subprotocols,
                        SessionHandlers.decoderConfig(settings, true, deflate != null));
    }

    private PerMessageDeflate negotiateDeflate() {
        return PerMessageDeflate.firstOf(
                ExtensionHeader.parse(
                        request.headers().getAll(HttpHeaderNames.SEC_WEBSOCKET_EXTENSIONS)));
    }

    /** Call it on the loop. */
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
        headers.set(HttpHeaderNames.UPGRADE, HttpHeaderValues.WEBSOCKET); // perhaps one of several
        joinSubprotocols(headers);
        FullHttpResponse answer = response.to(request);
        if (deflate != null) {
            answer.headers().set(HttpHeaderNames.SEC_WEBSOCKET_EXTENSIONS, deflate.answer());
        }
        return answer;
    }

    /** All lines form one list (RFC 6455, section 11.3.4), but Netty reads only the first. */
    private static void joinSubprotocols(HttpHeaders headers) {
        List<String> lines = headers.getAll(HttpHeaderNames.SEC_WEBSOCKET_PROTOCOL);
        if (lines.size() > 1) {
            headers.set(HttpHeaderNames.SEC_WEBSOCKET_PROTOCOL, String.join(", ", lines));
        }
    }

    /** The result; known after {@link #perform}. */
    WebSocketConnection.Handshake handshake() {
        return new WebSocketConnection.Handshake(
                request.uri(), request.headers(), response.selectedSubprotocol(), deflate == null);
    }
}
