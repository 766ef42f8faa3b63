package io.tardy.websocket;

import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.websocketx.WebSocketDecoderConfig;
import io.netty.handler.timeout.IdleStateHandler;
import java.util.concurrent.TimeUnit;

/** The handlers between Netty's codec and the session. */
final class SessionHandlers {

    /** The name of the session in its pipeline. */
    static final String SESSION = "websocket-session";

    private SessionHandlers() {}

    /** The decoder reports violations as exceptions, and the session closes. */
    static WebSocketDecoderConfig decoderConfig(
            Settings settings, boolean isServer, boolean allowsExtensions) {
        return WebSocketDecoderConfig.newBuilder()
                .maxFramePayloadLength(settings.frameBytesMax())
                .expectMaskedFrames(isServer)
                .allowMaskMismatch(false)
                .allowExtensions(allowsExtensions)
                .closeOnProtocolViolation(false)
                .withUTF8Validator(false)
                .build();
    }

    /**
     * Adds the handlers between Netty's encoder and the session.
     *
     * @param deflate null for no compression
     */
    static void beforeSession(
            ChannelPipeline pipeline,
            Settings settings,
            PerMessageDeflate deflate,
            boolean isServer) {
        if (deflate != null) {
            pipeline.addBefore(SESSION, "websocket-bits", new ExtensionBits());
            pipeline.addBefore(
                    SESSION,
                    "websocket-inflater",
                    deflate.newInflater(isServer, settings.messageBytesMax()));
            if (deflate.compresses()) {
                pipeline.addBefore(SESSION, "websocket-deflater", deflate.newDeflater(isServer));
            }
        }
        pipeline.addBefore(SESSION, "websocket-utf8", new TextCheck());
        long idleNanos = settings.idleTimeout().toNanos();
        if (idleNanos > 0) {
            pipeline.addBefore(
                    SESSION,
                    "websocket-idle",
                    new IdleStateHandler(Math.max(idleNanos / 2, 1), 0, 0, TimeUnit.NANOSECONDS));
        }
    }
}
