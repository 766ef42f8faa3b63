package io.tardy.websocket;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.handler.codec.http.websocketx.ContinuationWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import java.nio.charset.StandardCharsets;

/**
 * The message that a connection is receiving: joined, or handed out in fragments. A message that
 * has begun in one way ends in that way. Its type is that of its first frame.
 */
final class IncomingMessage {

    private enum State {
        BETWEEN_MESSAGES,
        JOINING,
        IN_FRAGMENTS
    }

    private final ByteBufAllocator allocator;
    private final int bytesMax;
    private State state = State.BETWEEN_MESSAGES;
    private boolean isText;

    /** Not null while {@link State#JOINING}. */
    private ByteBuf joined;

    /**
     * @param bytesMax the longest message that is joined
     */
    IncomingMessage(ByteBufAllocator allocator, int bytesMax) {
        this.allocator = allocator;
        this.bytesMax = bytesMax;
    }

    void requireNoFragments() {
        if (state == State.IN_FRAGMENTS) {
            throw new IllegalStateException(
                    "this message has begun with receiveFragment: use that to its end");
        }
    }

    void requireNotJoining() {
        if (state == State.JOINING) {
            throw new IllegalStateException(
                    "this message has begun with receive: use that to its end");
        }
    }

    /** Returns false if the frame would make the message too long to be joined. */
    boolean hasRoomFor(WebSocketFrame frame) {
        long bytes = frame.content().readableBytes();
        return bytes + (joined == null ? 0 : joined.readableBytes()) <= bytesMax;
    }

    /** Copies the frame. Returns the message after its last fragment, otherwise null. */
    WebSocketMessage join(WebSocketFrame frame) {
        begin(frame);
        if (state == State.BETWEEN_MESSAGES && frame.isFinalFragment()) {
            return toMessage(frame.content()); // the usual case needs no buffer
        }
        if (joined == null) {
            joined = allocator.buffer(frame.content().readableBytes());
            state = State.JOINING;
        }
        joined.writeBytes(frame.content());
        if (!frame.isFinalFragment()) {
            return null;
        }
        try {
            return toMessage(joined);
        } finally {
            release();
        }
    }

    /** Hands the content of the frame out. */
    WebSocketFragment toFragment(WebSocketFrame frame) {
        begin(frame);
        state = frame.isFinalFragment() ? State.BETWEEN_MESSAGES : State.IN_FRAGMENTS;
        return new WebSocketFragment(isText, frame.isFinalFragment(), frame.content());
    }

    private void begin(WebSocketFrame frame) {
        if (!(frame instanceof ContinuationWebSocketFrame)) {
            isText = frame instanceof TextWebSocketFrame;
        }
    }

    private WebSocketMessage toMessage(ByteBuf content) {
        return isText
                ? new WebSocketMessage.Text(content.toString(StandardCharsets.UTF_8))
                : new WebSocketMessage.Binary(ByteBufUtil.getBytes(content));
    }

    /** Drops the beginning of a message that was being joined. */
    void release() {
        if (joined != null) {
            joined.release();
            joined = null;
            state = State.BETWEEN_MESSAGES;
        }
    }
}
