package io.tardy.websocket;

/** A whole message, its fragments joined. */
public sealed interface WebSocketMessage {

    /** A message of text. */
    record Text(String text) implements WebSocketMessage {}

    /** A message of bytes, which are the receiver's own. */
    record Binary(byte[] bytes) implements WebSocketMessage {}

    /**
     * The text of a {@link Text}.
     *
     * @throws IllegalStateException if this is no text
     */
    default String text() {
        throw new IllegalStateException("not a message of text");
    }

    /**
     * The bytes of a {@link Binary}.
     *
     * @throws IllegalStateException if this is not binary
     */
    default byte[] bytes() {
        throw new IllegalStateException("not a binary message");
    }
}
