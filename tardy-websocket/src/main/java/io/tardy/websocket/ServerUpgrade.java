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
import io.netty.handler.codec.http.websocketx.extensions.WebSocketExtensionData;
import io.netty.handler.codec.http.websocketx.extensions.WebSocketExtensionUtil;
import io.netty.handler.codec.http.websocketx.extensions.WebSocketServerExtension;
import io.netty.handler.codec.http.websocketx.extensions.compression.PerMessageDeflateServerExtensionHandshaker;
import java.util.Map;

/**
 * Turns a pipeline of HTTP into one of WebSocket. Netty's own handshaker puts its decoder in before
 * it writes the answer, so what a client has sent behind its request would be answered first; here
 * the answer is written, and then the bytes that wait in the HTTP decoder go to the new one.
 */
final class ServerUpgrade {

    private final Settings settings;
    private final FullHttpRequest request;
    private final WebSocketServerExtension deflate;
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

    private WebSocketServerExtension agreeOnDeflate() {
        var handshaker =
                new PerMessageDeflateServerExtensionHandshaker(
                        6,
                        true,
                        PerMessageDeflateServerExtensionHandshaker.MAX_WINDOW_SIZE,
                        true,
                        true,
                        SessionHandlers.inflateBytesMax(settings));
        for (String offers : request.headers().getAll(HttpHeaderNames.SEC_WEBSOCKET_EXTENSIONS)) {
            for (WebSocketExtensionData offer : WebSocketExtensionUtil.extractExtensions(offers)) {
                try {
                    WebSocketServerExtension agreed = handshaker.handshakeExtension(offer);
                    if (agreed != null) {
                        return agreed;
                    }
                } catch (NumberFormatException e) {
                    // An offer that makes no sense is declined, as any other.
                }
            }
        }
        return null;
    }

    /** On the loop. */
    void perform(ChannelPipeline pipeline, HttpPhase http, WebSocketSession session) {
        pipeline.context(http).writeAndFlush(answer());
        pipeline.remove(BodyAggregator.class);
        pipeline.replace(http, SessionHandlers.SESSION, session);
        response.replaceEncoder(pipeline, "websocket-encoder");
        if (deflate != null) {
            pipeline.addBefore(
                    SessionHandlers.SESSION, "websocket-inflater", deflate.newExtensionDecoder());
            pipeline.addBefore(
                    SessionHandlers.SESSION, "websocket-deflater", deflate.newExtensionEncoder());
            SessionHandlers.beforeInflater(pipeline, "websocket-encoder", settings);
        }
        SessionHandlers.beforeSession(pipeline, settings);
        response.replaceDecoder(pipeline, "websocket-decoder");
        pipeline.remove(ReadGate.class);
    }

    private FullHttpResponse answer() {
        HttpHeaders headers = request.headers();
        headers.set(HttpHeaderNames.UPGRADE, HttpHeaderValues.WEBSOCKET); // maybe one of several
        FullHttpResponse answer = response.to(request);
        if (deflate != null) {
            answer.headers()
                    .set(
                            HttpHeaderNames.SEC_WEBSOCKET_EXTENSIONS,
                            toHeader(deflate.newReponseData()));
        }
        return answer;
    }

    private static String toHeader(WebSocketExtensionData extension) {
        StringBuilder header = new StringBuilder(extension.name());
        for (Map.Entry<String, String> parameter : extension.parameters().entrySet()) {
            header.append("; ").append(parameter.getKey());
            if (parameter.getValue() != null) {
                header.append('=').append(parameter.getValue());
            }
        }
        return header.toString();
    }

    /** What was agreed, once it was performed. */
    WebSocketConnection.Handshake handshake() {
        return new WebSocketConnection.Handshake(
                request.uri(), request.headers(), response.selectedSubprotocol(), deflate == null);
    }
}
