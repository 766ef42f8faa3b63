package io.tardy.websocket;

import io.netty.handler.ssl.SslContext;
import java.time.Duration;
import java.util.Objects;

/**
 * The settings that servers and clients share. Every one has a default.
 *
 * @param <B> the builder itself
 */
public abstract sealed class WebSocketSettings<B extends WebSocketSettings<B>>
        permits WebSocketServer.Builder, WebSocketClient.Builder {

    private static final int MEBIBYTE = 1024 * 1024;

    private int frameBytesMax = MEBIBYTE;
    private int messageBytesMax = MEBIBYTE;
    private long outboundBytesMax = MEBIBYTE;
    private OverflowPolicy overflow = OverflowPolicy.CLOSE_1013;
    private Duration idleTimeout = Duration.ofSeconds(60);
    private Duration closeTimeout = Duration.ofSeconds(5);
    private Duration handshakeTimeout = Duration.ofSeconds(10);
    private boolean compression;
    private SslContext ssl;

    WebSocketSettings() {}

    abstract B self();

    /**
     * The longest payload of a frame that is received, as it is on the wire; default 1 MiB. A
     * longer one closes the connection with code 1009.
     */
    public B frameBytesMax(int frameBytesMax) {
        this.frameBytesMax = (int) requirePositive(frameBytesMax, "frameBytesMax");
        return self();
    }

    /**
     * The longest message that is received, its fragments joined and decompressed; default 1 MiB. A
     * longer one closes the connection with code 1009.
     */
    public B messageBytesMax(int messageBytesMax) {
        this.messageBytesMax = (int) requirePositive(messageBytesMax, "messageBytesMax");
        return self();
    }

    /**
     * How many bytes that were posted may wait for the peer to take them, for each connection;
     * default 1 MiB. A message counts as its payload and 14 bytes.
     */
    public B outboundBytesMax(long outboundBytesMax) {
        this.outboundBytesMax = requirePositive(outboundBytesMax, "outboundBytesMax");
        return self();
    }

    /** What happens when they are more; default {@link OverflowPolicy#CLOSE_1013}. */
    public B overflow(OverflowPolicy overflow) {
        this.overflow = Objects.requireNonNull(overflow, "overflow");
        return self();
    }

    /**
     * After how long a peer from whom nothing comes is given up, with code 1001; default 60
     * seconds, zero for never. After half of it he is sent a ping. While the frame does not receive
     * and what came fills its buffers, the time does not count.
     */
    public B idleTimeout(Duration idleTimeout) {
        this.idleTimeout = requireNotNegative(idleTimeout, "idleTimeout");
        return self();
    }

    /**
     * How long each part of a close may take, the peer's answer and the frame's return to {@code
     * receive}, before the connection is closed without it; default 5 seconds.
     */
    public B closeTimeout(Duration closeTimeout) {
        this.closeTimeout = requireNotNegative(closeTimeout, "closeTimeout");
        return self();
    }

    /**
     * How long the handshake may take, that of TLS included, and a server's wait for each request
     * of plain HTTP; default 10 seconds.
     */
    public B handshakeTimeout(Duration handshakeTimeout) {
        this.handshakeTimeout = requireNotNegative(handshakeTimeout, "handshakeTimeout");
        return self();
    }

    /**
     * Whether permessage-deflate (RFC 7692) is negotiated with peers that have it; default not. It
     * costs memory and time for each connection, broadcasts included. What is sent is compressed
     * with a window of 15 bits, the only one that the JDK has: a server takes no offer that wants a
     * smaller {@code server_max_window_bits}, and a client offers no {@code
     * client_max_window_bits}. What comes may have any window.
     */
    public B compression(boolean compression) {
        this.compression = compression;
        return self();
    }

    /** For {@code wss}: the server's certificate and key, or whom the client trusts. */
    public B ssl(SslContext ssl) {
        this.ssl = ssl;
        return self();
    }

    SslContext ssl() {
        return ssl;
    }

    Settings settings() {
        return new Settings(
                frameBytesMax,
                messageBytesMax,
                outboundBytesMax,
                overflow,
                idleTimeout,
                closeTimeout,
                handshakeTimeout,
                compression);
    }

    static long requirePositive(long value, String name) {
        if (value <= 0) {
            throw new IllegalArgumentException(name + " must be positive: " + value);
        }
        return value;
    }

    private static Duration requireNotNegative(Duration value, String name) {
        if (value.isNegative()) {
            throw new IllegalArgumentException(name + " is negative: " + value);
        }
        return value;
    }
}
