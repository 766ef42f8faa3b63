package io.tardy.websocket;

import java.time.Duration;

/**
 * What was chosen with {@link WebSocketSettings}.
 *
 * @param idleTimeout zero for none
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
