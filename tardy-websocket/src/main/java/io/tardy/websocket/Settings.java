package io.tardy.websocket;

import java.time.Duration;

/**
 * The values of {@link WebSocketSettings}.
 *
 * @param idleTimeout zero for no limit
 */
record Settings(
        int frameBytesMax,
        int messageBytesMax,
        long outboundBytesMax,
        OverflowPolicy overflow,
        Duration idleTimeout,
        Duration closeTimeout,
        Duration handshakeTimeout,
        boolean compression) {}
