package io.tardy;

import io.tardy.aio.AsyncSubmission;
import io.tardy.aio.CancelledException;
import io.tardy.aio.DeadlineExceededException;
import io.tardy.aio.TardyIOException;
import io.tardy.runtime.NoFrame;
import io.tardy.runtime.OperationWait;
import io.tardy.runtime.RuntimeCore;
import io.tardy.runtime.RuntimeLog;
import io.tardy.runtime.Task;
import io.tardy.runtime.TaskScheduler;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import org.jspecify.annotations.Nullable;

/**
 * The body of a coroutine with its own stack, made by {@link TardyRuntime#spawn} or {@link
 * TardyRuntime#spawnCall}. It runs only on its runtime's thread and gives way only where it waits.
 *
 * <p>A frame is a virtual thread: thread dumps, debuggers and JFR show it by its name; thread
 * locals, {@code synchronized} and locks work as in any thread. A call that blocks natively (a
 * native method, a JDK wait in a class initializer) blocks the whole runtime. In a class
 * initializer or a callback from native code the JVM cannot suspend a frame. Tardy's waits then
 * throw an {@link IllegalStateException} that says where and what to do.
 *
 * @param <T> the type of its value
 */
public final class Frame<T extends @Nullable Object> {

    @SuppressWarnings("rawtypes") // as the class literal
    private static final AtomicReferenceFieldUpdater<Frame, Joiners> JOINERS =
            AtomicReferenceFieldUpdater.newUpdater(Frame.class, Joiners.class, "joiners");

    private final TardyRuntime runtime;
    private final String name;

    /** A {@link Callable} of the value, or a {@link FrameBody}. */
    private final Object body;

    // The runtime's thread, or the frame while it has it; read by all once the status tells an end.

    /** The value, or what the body has thrown. */
    private Object outcome;

    private boolean hasThrown;
    private boolean isEndTold;
    private Scope scope;

    private volatile Task task;
    private volatile boolean cancelRequested;
    private volatile boolean joined;

    /** Made for the first one. */
    private volatile Joiners joiners;

    private volatile FrameStatus status = FrameStatus.ALIVE;

    private Frame(TardyRuntime runtime, String name, Object body) {
        this.runtime = runtime;
        this.name = name;
        this.body = body;
    }

    static <T extends @Nullable Object> Frame<T> ofCall(
            TardyRuntime runtime, String name, Callable<? extends T> body) {
        return new Frame<>(runtime, name, body);
    }

    static Frame<@Nullable Void> of(TardyRuntime runtime, String name, FrameBody body) {
        // One that is callable too was not meant as such.
        return new Frame<>(runtime, name, body instanceof Callable ? (FrameBody) body::run : body);
    }

    /** Who waits for the end of a frame. */
    private static final class Joiners {

        /** Tasks of any runtime. */
        final Queue<Task> tasks = new ConcurrentLinkedQueue<>();

        /** For threads that are no frames. */
        final CountDownLatch ended = new CountDownLatch(1);
    }

    /** The scheduler's entry for a frame. */
    private static final class FrameTask extends Task {
        private final Frame<?> frame;

        FrameTask(Frame<?> frame) {
            super(frame.runtime.core().scheduler(), frame.name);
            this.frame = frame;
        }

        @Override
        public void run() {
            Object body = frame.body;
            try {
                Object value = null;
                if (body instanceof Callable<?> call) {
                    value = call.call();
                } else {
                    ((FrameBody) body).run();
                }
                frame.bodyEnded(value, false);
            } catch (Throwable t) {
                frame.bodyEnded(t, true);
            }
            bodyHasEnded();
        }

        @Override
        protected void started() {
            frame.task = this;
        }

        @Override
        protected boolean isCancelRequested() {
            return frame.cancelRequested;
        }

        @Override
        protected boolean ended() {
            frame.end(isCancelled());
            return !frame.hasFailed();
        }

        @Override
        protected void abandoned(Throwable reason) {
            frame.abandon(reason);
        }
    }

    /** What the scheduler is to start; in the thread that wants the frame. */
    Task newTask() {
        return new FrameTask(this);
    }

    /**
     * Lets every other runnable frame, and I/O, have its turn; call it in long computations. I/O
     * has none if it had one within the last 20 microseconds or so: yielding often costs little.
     *
     * @throws CancelledException if the frame is cancelled
     * @throws IllegalStateException outside of a frame, or where it cannot be suspended
     */
    public static void yield() throws CancelledException {
        TaskScheduler.current("Frame.yield").yieldFrame();
    }

    /**
     * Suspends the frame for this time; other frames run meanwhile. Never returns early by the
     * runtime's monotonic clock, but may return any time later. Zero or less waits for one turn of
     * the loop. More than 146 years counts as 146 years.
     *
     * @throws CancelledException if the frame is cancelled
     * @throws DeadlineExceededException if the frame's {@link Deadline} passes before
     * @throws IllegalStateException outside of a frame
     */
    public static void delay(Duration delay) throws TardyIOException {
        long nanos = TimeUnit.NANOSECONDS.convert(delay); // saturates
        OperationWait.value(new AsyncSubmission.Timer(nanos));
    }

    /** The name, as thread dumps show it. */
    public String name() {
        return name;
    }

    /** The frame's status; from any thread. */
    public FrameStatus status() {
        return status;
    }

    /**
     * Waits for the end of the frame: from another frame, which lets its runtime go on, or from any
     * other thread, which blocks.
     *
     * @return the value
     * @throws FrameFailedException if the frame ended with an exception
     * @throws CancelledException if the caller was cancelled or interrupted while it waited
     * @throws DeadlineExceededException if the caller had to wait beyond its {@link Deadline}
     * @throws IllegalStateException on a runtime's thread outside of a frame, where waiting would
     *     stop that runtime
     */
    public T join() throws TardyIOException {
        joined = true;
        Task joiner = Task.current();
        if (joiner != null) {
            awaitFirstEnded(joiner, List.of(this), "join");
        } else if (RuntimeCore.ofThread() != null) {
            throw NoFrame.refusal("Frame.join");
        } else {
            awaitEnd();
        }
        if (hasThrown) {
            throw new FrameFailedException(name, failure());
        }
        @SuppressWarnings("unchecked") // what the body of this type has returned
        T value = (T) outcome;
        return value;
    }

    private void awaitEnd() throws CancelledException {
        try {
            CountDownLatch ended = joiners().ended;
            if (!hasEnded()) { // who ends later sees the latch
                ended.await();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CancelledException("join");
        }
    }

    /**
     * Waits in a frame until one of several frames, of any runtimes, has ended, whether it
     * succeeded or failed: {@link #join} tells. If several have ended, returns the first in the
     * order of the collection.
     *
     * @throws CancelledException if the caller was cancelled or interrupted while it waited
     * @throws DeadlineExceededException if the caller had to wait beyond its {@link Deadline}
     * @throws IllegalArgumentException if there is none to wait for
     * @throws IllegalStateException outside of a frame
     */
    public static <F extends Frame<?>> F joinAny(Collection<? extends F> frames)
            throws TardyIOException {
        Task joiner = TaskScheduler.taskHere("Frame.joinAny");
        List<F> awaited = List.copyOf(frames);
        if (awaited.isEmpty()) {
            throw new IllegalArgumentException("no frame to wait for");
        }
        return awaitFirstEnded(joiner, awaited, "joinAny");
    }

    /** Announces the wait, then checks again, and only then waits: so no end is missed. */
    private static <F extends Frame<?>> F awaitFirstEnded(
            Task joiner, List<F> frames, String operation) throws TardyIOException {
        F ended = firstEnded(frames);
        if (ended != null) {
            return ended;
        }
        for (Frame<?> frame : frames) {
            frame.joiners().tasks.add(joiner);
        }
        try {
            while ((ended = firstEnded(frames)) == null) {
                joiner.scheduler().awaitTrigger(joiner, operation);
            }
            return ended;
        } finally {
            for (Frame<?> frame : frames) {
                frame.joiners().tasks.remove(joiner);
            }
        }
    }

    private static <F extends Frame<?>> F firstEnded(List<F> frames) {
        for (F frame : frames) {
            if (frame.hasEnded()) {
                return frame;
            }
        }
        return null;
    }

    private Joiners joiners() {
        if (joiners == null) {
            JOINERS.compareAndSet(this, null, new Joiners()); // or somebody else has
        }
        return joiners;
    }

    /**
     * Asks the frame to end: its current wait and every later one throw {@link CancelledException},
     * and its thread is interrupted for the JDK's waits. Closing and other calls that do not wait
     * still work, so that {@code finally} can clean up. Returns at once, from any thread. Does
     * nothing to a frame that has ended.
     */
    public void cancel() {
        cancelRequested = true;
        runtime.core()
                .scheduler()
                .onLoop(
                        () -> {
                            Task started = task;
                            if (started != null) {
                                started.cancel();
                            }
                        });
    }

    @Override
    public String toString() {
        return "frame " + name + " " + status;
    }

    TardyRuntime runtime() {
        return runtime;
    }

    /** The task has ended: wakes the joiners, or calls the handler. On the runtime's thread. */
    void end(boolean wasCancelled) {
        task = null;
        if (!claimEnd()) {
            return; // its runtime has told its end long ago
        }
        if (!hasThrown) {
            status = FrameStatus.SUCCEEDED;
        } else if (wasCancelled && isOfCancellation(failure())) {
            status = FrameStatus.CANCELLED;
        } else {
            status = FrameStatus.FAILED;
        }
        boolean isAwaited = tellEnd();
        if (hasFailed() && !joined && !isAwaited) {
            uncaught();
        }
    }

    /** This failure has not been reported. Calls the handler with it, outside of any frame. */
    void uncaught() {
        runtime.core().scheduler().tell(this::tellHandler);
    }

    private void tellHandler() {
        try {
            runtime.options().uncaughtFrame().uncaught(this, failure());
        } catch (Throwable t) {
            RuntimeLog.log(
                    Level.ERROR, "the handler of uncaught frames failed, for frame " + name, t);
        }
    }

    /** True if a frame was waiting for it. */
    private boolean tellEnd() {
        Joiners awaiting = joiners;
        boolean isAwaited = awaiting != null && !awaiting.tasks.isEmpty();
        if (awaiting != null) {
            awaiting.ended.countDown();
            awaiting.tasks.forEach(joiner -> joiner.scheduler().trigger(joiner));
        }
        if (scope != null) {
            scope.childEnded(this);
        }
        return isAwaited || scope != null;
    }

    private static boolean isOfCancellation(Throwable failure) {
        return failure instanceof CancelledException || failure instanceof InterruptedException;
    }

    /** What the body has brought, unless its runtime has ended around it and told so. */
    private synchronized void bodyEnded(Object value, boolean isThrown) {
        if (!isEndTold) {
            outcome = value;
            hasThrown = isThrown;
        }
    }

    /** Whoever has it tells how the frame has ended: the frame itself, or its runtime's end. */
    private synchronized boolean claimEnd() {
        boolean isFirst = !isEndTold;
        isEndTold = true;
        return isFirst;
    }

    /** The frame will never run again: its runtime has ended around it. */
    private void abandon(Throwable reason) {
        task = null;
        if (!claimEnd()) {
            return;
        }
        outcome = reason;
        hasThrown = true;
        status = FrameStatus.FAILED;
        tellEnd();
    }

    /** Reports its end and its failure to this scope. In the owner's frame. */
    void forkedBy(Scope scope) {
        this.scope = scope;
    }

    /** Why it failed. */
    Throwable failure() {
        return hasThrown ? (Throwable) outcome : null;
    }

    boolean isJoined() {
        return joined;
    }

    boolean hasEnded() {
        return status != FrameStatus.ALIVE;
    }

    boolean hasFailed() {
        return status == FrameStatus.FAILED;
    }
}
