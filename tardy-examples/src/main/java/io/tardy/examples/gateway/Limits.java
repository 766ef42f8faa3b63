package io.tardy.examples.gateway;

import java.time.Duration;

/**
 * What bounds a gateway.
 *
 * @param connectionsMax to the backend, of one runtime
 * @param waitersMax how many requests of one runtime may wait for a connection; more get 503
 * @param timeout what the backend has for an answer, with all waits before it; then it is 504
 * @param patience how long an answer may take before the gateway looks whether the client is still
 *     there, and how long one that has ended its direction still gets answers
 * @param keep how long a connection may be idle, at most twice; to be less than the backend's own
 *     limit, or it closes connections just when they are used again
 * @param requestBytesMax of a request's body; a longer one gets 413
 * @param answerBytesMax of an answer of the backend; a longer one is 502
 */
public record Limits(
        int connectionsMax,
        int waitersMax,
        Duration timeout,
        Duration patience,
        Duration keep,
        int requestBytesMax,
        int answerBytesMax) {

    /** What suits a backend in the same network. */
    public static final Limits DEFAULT =
            new Limits(
                    128,
                    1024,
                    Duration.ofSeconds(5),
                    Duration.ofSeconds(1),
                    Duration.ofSeconds(2),
                    64 * 1024,
                    1024 * 1024);

    /** The same with another timeout. */
    public Limits within(Duration other) {
        Duration shorter = patience.compareTo(other) < 0 ? patience : other.dividedBy(2);
        return new Limits(
                connectionsMax, waitersMax, other, shorter, keep, requestBytesMax, answerBytesMax);
    }

    /** The same with other bounds of the connections. */
    public Limits connections(int connections, int waiters) {
        return new Limits(
                connections, waiters, timeout, patience, keep, requestBytesMax, answerBytesMax);
    }
}
