package io.tardy.bench;

import java.util.concurrent.atomic.LongAdder;

/** What became of the requests of all {@link HttpCaller}s. */
final class HttpTally {

    /** The answer was whole, and the same as every other. */
    final LongAdder answered = new LongAdder();

    /** Of those: the server has said that it is the last one. */
    final LongAdder last = new LongAdder();

    /** The answer had begun, and the connection ended: lost. */
    final LongAdder truncated = new LongAdder();

    /** The answer was another one. */
    final LongAdder wrong = new LongAdder();

    /** The connection was closed without a byte of an answer, as the server may when it idles. */
    final LongAdder closed = new LongAdder();

    /** The same, by a reset. */
    final LongAdder reset = new LongAdder();

    /** Ended before the signal. */
    final LongAdder early = new LongAdder();

    private volatile boolean signalled;

    /** From now on connections may end. */
    void signalled() {
        signalled = true;
    }

    void ended() {
        if (!signalled) {
            early.increment();
        }
    }
}
