package io.tardy.websocket;

/** What happens to a message that is posted when the queue of its connection is full. */
public enum OverflowPolicy {

    /** The oldest messages of the queue are dropped to make room. */
    DROP_OLDEST,

    /** The message is dropped. */
    DROP_NEWEST,

    /** The message and the queue are dropped and the connection is closed, with code 1013. */
    CLOSE_1013
}
