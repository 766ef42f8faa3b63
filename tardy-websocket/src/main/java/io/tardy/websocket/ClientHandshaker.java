package io.tardy.websocket;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameDecoder;
import io.netty.handler.codec.http.websocketx.WebSocketClientHandshaker13;
import io.netty.handler.codec.http.websocketx.WebSocketFrameDecoder;
import io.netty.handler.codec.http.websocketx.WebSocketHandshakeException;
import io.netty.handler.codec.http.websocketx.WebSocketVersion;

/** Netty's handshake of a client. The extension is negotiated here. */
final class ClientHandshaker extends WebSocketClientHandshaker13 {

    private final Settings settings;
    private PerMessageDeflate deflate;

    /**
     * @param subprotocols separated by commas, or null
     * @param headers further headers of the request
     */
    ClientHandshaker(
            WebSocketTarget target, String subprotocols, HttpHeaders headers, Settings settings) {
        super(
                target.uri(),
                WebSocketVersion.V13,
                subprotocols,
                true,
                withHandshakeHeaders(headers.copy(), target, settings),
                settings.frameBytesMax(),
                true,
                false,
                0);
        this.settings = settings;
    }

    private static HttpHeaders withHandshakeHeaders(
            HttpHeaders headers, WebSocketTarget target, Settings settings) {
        if (!headers.contains(HttpHeaderNames.HOST)) {
            headers.set(HttpHeaderNames.HOST, target.hostHeader());
        }
        if (!headers.contains(HttpHeaderNames.ORIGIN)) {
            headers.set(HttpHeaderNames.ORIGIN, target.origin());
        }
        if (settings.compression()) {
            headers.add(HttpHeaderNames.SEC_WEBSOCKET_EXTENSIONS, PerMessageDeflate.OFFER);
        }
        return headers;
    }

    /**
     * Checks the answer and adds Netty's decoder to the pipeline.
     *
     * @throws WebSocketHandshakeException if the answer is not valid
     */
    void finish(Channel channel, HttpResponse answer) {
        deflate = agreed(answer.headers());
        if (answer.headers().getAll(HttpHeaderNames.SEC_WEBSOCKET_PROTOCOL).size() > 1) {
            throw new WebSocketHandshakeException("more than one subprotocol"); // RFC 6455, 11.3.4
        }
        finishHandshake(
                channel,
                new DefaultFullHttpResponse(
                        answer.protocolVersion(),
                        answer.status(),
                        Unpooled.EMPTY_BUFFER,
                        answer.headers(),
                        EmptyHttpHeaders.INSTANCE));
    }

    private PerMessageDeflate agreed(HttpHeaders answer) {
        try {
            PerMessageDeflate agreed =
                    PerMessageDeflate.ofAnswer(
                            ExtensionHeader.parse(
                                    answer.getAll(HttpHeaderNames.SEC_WEBSOCKET_EXTENSIONS)));
            if (agreed != null && !settings.compression()) {
                throw new WebSocketHandshakeException(
                        "the server uses an extension that was not offered");
            }
            return agreed;
        } catch (IllegalArgumentException e) {
            throw new WebSocketHandshakeException(e.getMessage(), e);
        }
    }

    /** The agreed compression or null; known after {@link #finish}. */
    PerMessageDeflate deflate() {
        return deflate;
    }

    @Override
    protected WebSocketFrameDecoder newWebsocketDecoder() {
        return new WebSocket13FrameDecoder(
                SessionHandlers.decoderConfig(settings, false, deflate != null));
    }
}
