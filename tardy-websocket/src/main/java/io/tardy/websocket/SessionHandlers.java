package io.tardy.websocket;

import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.websocketx.Utf8FrameValidator;
import io.netty.handler.codec.http.websocketx.WebSocketDecoderConfig;
import io.netty.handler.codec.http.websocketx.WebSocketFrameAggregator;
import io.netty.handler.timeout.IdleStateHandler;
import java.util.concurrent.TimeUnit;

/** The handlers between Netty's codec and the session. */
final class SessionHandlers {

    /** The name of the session in its pipeline. */
    static final String SESSION = "websocket-session";

    /** The inflater always wants so much room, even if the message has just ended. */
    private static final int INFLATE_SLACK = 16 * 1024;

    private SessionHandlers() {}

    /** Violations come to the session as exceptions; it closes. */
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

    static int inflateBytesMax(Settings settings) {
        return Math.min(settings.messageBytesMax(), Integer.MAX_VALUE - INFLATE_SLACK)
                + INFLATE_SLACK;
    }

    /**
     * Adds what must stand before the inflater. Compressed messages are joined first: Netty's
     * inflater takes a first fragment that yields nothing for an error, and bounds each frame
     * alone.
     */
    static void beforeInflater(ChannelPipeline pipeline, String decoder, Settings settings) {
        pipeline.addAfter(
                decoder,
                "websocket-joiner",
                new WebSocketFrameAggregator(settings.messageBytesMax()));
        pipeline.addAfter(decoder, "websocket-bits", new ExtensionBits(true));
    }

    /** Adds what must stand right before the session. */
    static void beforeSession(ChannelPipeline pipeline, Settings settings) {
        pipeline.addBefore(SESSION, "websocket-utf8", new Utf8FrameValidator(false));
        long idleNanos = settings.idleTimeout().toNanos();
        if (idleNanos > 0) {
            pipeline.addBefore(
                    SESSION,
                    "websocket-idle",
                    new IdleStateHandler(Math.max(idleNanos / 2, 1), 0, 0, TimeUnit.NANOSECONDS));
        }
    }
}
