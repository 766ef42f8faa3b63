package io.tardy.websocket;

import io.netty.handler.ssl.SslContext;
import java.time.Duration;
import java.util.Objects;

/**
 * The settings that the builders of servers and clients share. Each has a default.
 *
 * @param <B> the builder
 */
abstract sealed class WebSocketSettings<B extends WebSocketSettings<B>>
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
     * The longest payload of a received frame, before decompression; 1 MiB by default. A longer one
     * closes the connection with code 1009.
     */
    public B frameBytesMax(int frameBytesMax) {
        this.frameBytesMax = (int) requirePositive(frameBytesMax, "frameBytesMax");
        return self();
    }

    /**
     * The longest received message, joined and decompressed; 1 MiB by default. A longer one closes
     * the connection with code 1009.
     */
    public B messageBytesMax(int messageBytesMax) {
        this.messageBytesMax = (int) requirePositive(messageBytesMax, "messageBytesMax");
        return self();
    }

    /**
     * The most bytes in each connection's queue of posted messages; 1 MiB by default. A message
     * counts as its payload plus 14 bytes.
     */
    public B outboundBytesMax(long outboundBytesMax) {
        this.outboundBytesMax = requirePositive(outboundBytesMax, "outboundBytesMax");
        return self();
    }

    /** What happens when the queue is full; by default {@link OverflowPolicy#CLOSE_1013}. */
    public B overflow(OverflowPolicy overflow) {
        this.overflow = Objects.requireNonNull(overflow, "overflow");
        return self();
    }

    /**
     * How long a peer may be silent; 60 seconds by default, zero for no limit. After half of the
     * time the peer gets a ping; after all of it the connection closes with code 1001. Time does
     * not count while the frame does not receive and its buffers are full.
     */
    public B idleTimeout(Duration idleTimeout) {
        this.idleTimeout = requireNotNegative(idleTimeout, "idleTimeout");
        return self();
    }

    /**
     * How long a close waits for each of its steps, such as the peer's answer and the frame's next
     * {@code receive}, before it goes on without; 5 seconds by default.
     */
    public B closeTimeout(Duration closeTimeout) {
        this.closeTimeout = requireNotNegative(closeTimeout, "closeTimeout");
        return self();
    }

    /**
     * How long the handshake may take, TLS included, and how long a server waits for each plain
     * HTTP request; 10 seconds by default.
     */
    public B handshakeTimeout(Duration handshakeTimeout) {
        this.handshakeTimeout = requireNotNegative(handshakeTimeout, "handshakeTimeout");
        return self();
    }

    /**
     * Whether to compress if the peer supports permessage-deflate (RFC 7692); off by default. It
     * costs each connection memory and time, and a broadcast is compressed once for each
     * connection. What is sent is compressed with a window of 15 bits, the only one that the JDK
     * supports: a server declines offers with a smaller {@code server_max_window_bits}, and a
     * client to which a smaller {@code client_max_window_bits} is assigned sends its messages
     * uncompressed. What is received may have any window.
     */
    public B compression(boolean compression) {
        this.compression = compression;
        return self();
    }

    /** For {@code wss}: the server's certificate and key, or what the client trusts. */
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
