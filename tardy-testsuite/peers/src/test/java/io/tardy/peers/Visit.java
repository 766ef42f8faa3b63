package io.tardy.peers;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** One connection of a client library: what it says, and what it hears in its order. */
abstract class Visit {

    /** How the library says that the connection has ended. */
    record Closed(int code, String reason) {}

    private final BlockingQueue<Object> heard = new LinkedBlockingQueue<>();

    abstract void send(String text) throws Exception;

    abstract void send(byte[] bytes) throws Exception;

    abstract void close(int code, String reason) throws Exception;

    /** The extensions that were agreed upon, as they stand in the header; empty for none. */
    abstract String extensions();

    /** A {@code String}, a {@code byte[]}, a {@link Closed}, or what went wrong. */
    final void hear(Object event) {
        heard.add(event);
    }

    /** Waits for the next message, or the end. */
    final Object next() throws Exception {
        Object event = heard.poll(Transports.PATIENCE_SECONDS, TimeUnit.SECONDS);
        assertThat(event).as("what is heard next").isNotNull();
        if (event instanceof Throwable failure) {
            throw new IOException("the library says: " + failure, failure);
        }
        return event;
    }
}
