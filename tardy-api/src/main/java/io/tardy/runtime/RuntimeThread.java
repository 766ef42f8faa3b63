package io.tardy.runtime;

import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;

/**
 * The thread of a runtime of an entry: starts it, and knows when the loop in it has ended. Netty
 * would tell of that end in one more thread, which a system that is short of threads does not
 * start.
 */
public final class RuntimeThread implements Executor {

    private final int id;
    private final String threadName;
    private final ThreadFactory threadFactory;
    private final CompletableFuture<Void> ended = new CompletableFuture<>();

    /** The thread that ends a loop which never had one of its own, else null. */
    private volatile Thread standIn;

    /**
     * @param threadName what its name begins with
     * @param threadFactory makes the thread, or null for the default
     */
    public RuntimeThread(int id, String threadName, ThreadFactory threadFactory) {
        this.id = id;
        this.threadName = threadName;
        this.threadFactory = threadFactory;
    }

    /** Completes when the loop has ended, on its thread. */
    public CompletableFuture<Void> ended() {
        return ended;
    }

    /**
     * Called by the loop when it begins.
     *
     * @throws IllegalStateException if the user's factory does not make a thread that it can run in
     */
    @Override
    public void execute(Runnable loop) {
        if (Thread.currentThread() == standIn) {
            run(loop);
        } else {
            newThread(() -> run(loop)).start();
        }
    }

    /**
     * Ends a loop that was not begun, or whose thread did not start, and gives back what it holds.
     * Needs no thread but this one.
     */
    public void endUnbegun(TardyEventLoop loop) {
        standIn = Thread.currentThread();
        loop.shutdownGracefully(0, 0, TimeUnit.NANOSECONDS);
    }

    /** Whether this says that the system has refused to start a thread. */
    public static boolean isRefused(OutOfMemoryError e) {
        return String.valueOf(e.getMessage()).contains("native thread");
    }

    /** The loop has ended that a simulation has run. */
    void over() {
        ended.complete(null);
    }

    private void run(Runnable loop) {
        try {
            loop.run();
        } finally {
            ended.complete(null);
        }
    }

    private Thread newThread(Runnable body) {
        if (threadFactory != null) {
            return fromUser(threadFactory, body);
        }
        // Netty's threads have fast thread locals, which its allocators live by.
        Thread thread = new DefaultThreadFactory(threadName).newThread(body);
        thread.setName(threadName + "-" + id);
        return thread;
    }

    private Thread fromUser(ThreadFactory factory, Runnable body) {
        Thread thread;
        try {
            thread = factory.newThread(body);
        } catch (Exception e) { // in other languages it may be a checked one
            throw new IllegalStateException(
                    "threadFactory failed to make the thread of runtime " + id + ": " + e, e);
        }
        if (thread == null) {
            throw new IllegalStateException(
                    "threadFactory made no thread for runtime " + id + ": it returned null");
        }
        if (thread.isVirtual()) {
            throw new IllegalStateException(
                    "threadFactory made a virtual thread for runtime "
                            + id
                            + ", which needs a platform thread: use Thread.ofPlatform().factory()");
        }
        if (thread.getState() != Thread.State.NEW) {
            throw new IllegalStateException(
                    "threadFactory made a thread for runtime "
                            + id
                            + " that was started already: it must only make it");
        }
        return thread;
    }
}
