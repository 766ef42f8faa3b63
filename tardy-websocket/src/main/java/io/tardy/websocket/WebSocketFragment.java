package io.tardy.websocket;

import io.netty.buffer.ByteBuf;

/**
 * A part of a message, as the peer has split it.
 *
 * <p>Public for the result of {@link WebSocketConnection#receiveFragment}.
 *
 * @param isText whether the message is text; a character may be split across fragments
 * @param isLast whether this ends the message
 * @param content the bytes, which the receiver releases
 */
public record WebSocketFragment(boolean isText, boolean isLast, ByteBuf content) {}
