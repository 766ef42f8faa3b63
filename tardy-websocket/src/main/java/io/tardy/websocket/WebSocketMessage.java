package io.tardy.websocket;

/** A complete message. */
public sealed interface WebSocketMessage {

    /** A text message. */
    record Text(String text) implements WebSocketMessage {}

    /** A binary message; the array belongs to the receiver. */
    record Binary(byte[] bytes) implements WebSocketMessage {}

    /**
     * The text of a {@link Text}.
     *
     * @throws IllegalStateException if this is a binary message
     */
    default String text() {
        throw new IllegalStateException("a binary message: bytes() has its content");
    }

    /**
     * The bytes of a {@link Binary}.
     *
     * @throws IllegalStateException if this is a text message
     */
    default byte[] bytes() {
        throw new IllegalStateException("a text message: text() has its content");
    }
}
