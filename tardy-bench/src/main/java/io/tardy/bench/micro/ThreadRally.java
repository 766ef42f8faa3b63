package io.tardy.bench.micro;

import java.util.concurrent.FutureTask;
import java.util.concurrent.locks.LockSupport;

/** A {@link Rally} of two virtual threads that unpark each other. */
final class ThreadRally {

    private final Rally rally;
    private Thread near;
    private volatile Thread far;

    ThreadRally(int hits) {
        this.rally = new Rally(hits);
    }

    /** In a virtual thread, which is one of the two. */
    int play() throws Exception {
        near = Thread.currentThread();
        FutureTask<?> other = VirtualThreads.start(this::playFar);
        rally.play(1, () -> LockSupport.unpark(far), LockSupport::park);
        other.get();
        return rally.hits();
    }

    private void playFar() throws Exception {
        far = Thread.currentThread();
        rally.play(0, () -> LockSupport.unpark(near), LockSupport::park);
    }
}
