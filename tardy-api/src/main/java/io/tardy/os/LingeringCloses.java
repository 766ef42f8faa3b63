package io.tardy.os;

import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The threads that close sockets which linger: close(2) waits there until the peer has taken what
 * was sent, also where the socket is non-blocking. A thread for each, for one whose peer takes
 * nothing must not keep others waiting; and not a runtime's, for sockets are closed after its end
 * too. Not io_uring's either: the kernel has few of those for each ring, and files need them.
 */
final class LingeringCloses {

    /** So many linger at the same time. */
    private static final int CLOSES_MAX = 256;

    private static final long IDLE_SECONDS = 1;

    private static final ThreadPoolExecutor THREADS =
            new ThreadPoolExecutor(
                    0,
                    CLOSES_MAX,
                    IDLE_SECONDS,
                    TimeUnit.SECONDS,
                    new SynchronousQueue<>(),
                    new BlockingThreads("tardy-linger"));

    private LingeringCloses() {}

    /** Has a thread do it; false if there is none, and none can be had. */
    static boolean tryStart(Runnable close) {
        try {
            THREADS.execute(close);
            return true;
        } catch (RejectedExecutionException | OutOfMemoryError e) { // Java's word for no thread
            return false;
        }
    }
}
