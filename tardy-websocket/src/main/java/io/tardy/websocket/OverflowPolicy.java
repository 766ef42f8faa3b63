package io.tardy.websocket;

/** What happens when a message is posted and the queue of its connection is full. */
public enum OverflowPolicy {

    /** Drops the oldest messages in the queue to make room. */
    DROP_OLDEST,

    /** Drops the posted message. */
    DROP_NEWEST,

    /** Drops the message and the queue, and closes the connection with code 1013. */
    CLOSE_1013
}
