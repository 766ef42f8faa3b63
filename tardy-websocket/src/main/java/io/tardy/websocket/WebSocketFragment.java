package io.tardy.websocket;

import io.netty.buffer.ByteBuf;

/**
 * A part of a message, as the peer has cut it.
 *
 * @param isText whether the message is text; a character may be cut in two
 * @param isLast whether the message ends here
 * @param content its bytes; the receiver releases them
 */
public record WebSocketFragment(boolean isText, boolean isLast, ByteBuf content) {}
