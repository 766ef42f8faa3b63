package io.tardy;

import io.tardy.aio.AsyncSubmission;
import io.tardy.aio.CancelledException;
import io.tardy.aio.DeadlineExceededException;
import io.tardy.aio.TardyIOException;
import io.tardy.runtime.Draining;
import io.tardy.runtime.NoFrame;
import io.tardy.runtime.OperationWait;
import io.tardy.runtime.RuntimeCore;
import io.tardy.runtime.RuntimeLog;
import io.tardy.runtime.ScopedBindings;
import io.tardy.runtime.Shield;
import io.tardy.runtime.Task;
import io.tardy.runtime.TaskScheduler;
import io.tardy.runtime.WaitReason;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
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
    private static final AtomicReferenceFieldUpdater<Frame, FrameJoiners> JOINERS =
            AtomicReferenceFieldUpdater.newUpdater(Frame.class, FrameJoiners.class, "joiners");

    private final TardyRuntime runtime;
    private final String name;

    /** A {@link Callable} of the value, or a {@link FrameBody}. */
    final Object body;

    // The runtime's thread, or the frame while it has it; read by all once the status tells an end.

    /** The value, or what the body has thrown. */
    private Object outcome;

    private boolean hasThrown;
    private boolean isEndTold;
    private Scope scope;

    volatile Task task;
    volatile boolean cancelRequested;
    private volatile boolean joined;

    /** Made for the first one. */
    private volatile FrameJoiners joiners;

    private volatile FrameStatus status = FrameStatus.ALIVE;

    Frame(TardyRuntime runtime, String name, Object body) {
        this.runtime = runtime;
        this.name = name;
        this.body = body;
    }

    static <T extends @Nullable Object> Frame<T> ofCall(
            TardyRuntime runtime, String name, Callable<? extends T> body) {
        return new Frame<>(runtime, name, runtime.options().decorated(body));
    }

    static Frame<@Nullable Void> of(TardyRuntime runtime, String name, FrameBody body) {
        FrameBody decorated = runtime.options().decorated(body);
        // One that is callable too was not meant as such.
        boolean isMistaken = decorated instanceof Callable && !(decorated instanceof DecoratedBody);
        return new Frame<>(runtime, name, isMistaken ? (FrameBody) body::run : decorated);
    }

    /**
     * What the scheduler is to start; in the thread that wants the frame. What a daemon starts is a
     * daemon.
     */
    Task newTask() {
        return Task.current() instanceof FrameTask.Daemon ? newDaemonTask() : new FrameTask(this);
    }

    Task newDaemonTask() {
        return new FrameTask.Daemon(this);
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

    /**
     * The body, with the {@link ScopedValue}s that are bound here and now, wherever it runs: for
     * {@link TardyRuntime#spawn} of any runtime, which leaves them behind. {@link Scope#fork} needs
     * it not. Throws as {@code spawn} does where the JVM lacks the flag, or the JDK is unknown.
     */
    public static FrameBody inheriting(FrameBody body) {
        Callable<Object> call =
                ScopedBindings.inherit(
                        () -> {
                            body.run();
                            return null;
                        });
        return call::call;
    }

    /** {@link #inheriting} with a value: for {@code spawnCall}, {@code offload} and executors. */
    public static <T extends @Nullable Object> Callable<T> inheritingCall(Callable<T> call) {
        return ScopedBindings.inherit(call);
    }

    /**
     * Runs the body, here and now, and holds back a cancel of the frame until it is over: for what
     * a {@code finally} has to wait for, such as a goodbye to the peer, or a file that is to be
     * flushed. In the body waits work as if the frame had not been cancelled, and as if no {@link
     * Deadline} around the body had passed. Behind it the cancel, and the deadlines around it,
     * count again.
     *
     * <p>The body has this time, and is a {@link Deadline} block of it. Once that has passed the
     * cancel counts in the body too, be it in a wait of ours or of the JDK's.
     *
     * <p>A stop of the runtime waits for it, for {@code stopTimeout} and no longer. Frames that the
     * body starts are cancelled as others are: in a runtime that stops they are cancelled from the
     * start, so do it in this frame. An interrupt of the frame's thread by others than {@link
     * #cancel} is held back only if it came before.
     *
     * @param within from now; inside of another such block, at most what that has left
     * @throws CancelledException if the frame was cancelled and the time has passed
     * @throws DeadlineExceededException if only the time has passed
     * @throws IOException what the body throws, as by {@link Deadline#within}
     * @throws IllegalStateException outside of a frame
     */
    public static void uncancellable(Duration within, FrameBody body) throws IOException {
        callUncancellable(
                within,
                () -> {
                    body.run();
                    return null;
                });
    }

    /**
     * Waits as the body does, for something that nobody owes this frame: the next request of a
     * peer, the next connection. When a {@link TardyRuntime#drain drain} begins it waits 100 ms
     * longer, for what is under way already; then the wait is given up, as by a {@link Deadline},
     * and this returns {@code drained}. A body that begins during a drain has as long.
     *
     * <p>The first request of a connection is owed: its peer has just connected, and would see it
     * reset. Wait for that one within a {@code Deadline} instead.
     *
     * @param drained what the caller takes for the end: -1 for {@link io.tardy.net.Socket#recv}, or
     *     null for {@code recvNext} and {@code accept}
     * @return what the body returns
     * @throws IOException what the body throws, as by {@link Deadline#within}
     * @throws IllegalStateException outside of a frame
     */
    public static <T extends @Nullable Object> T idle(T drained, Callable<? extends T> body)
            throws IOException {
        Task task = TaskScheduler.taskHere("Frame.idle");
        Draining.Idle idle = task.scheduler().runtime().draining().beginIdle(task);
        try {
            return body.call();
        } catch (DeadlineExceededException | CancelledException e) {
            if (idle.isDrained() && !task.isCancelledOrInterrupted()) {
                return drained;
            }
            throw e;
        } catch (Exception e) {
            throw Frame.<IOException>rethrow(e);
        } finally {
            idle.end();
        }
    }

    /**
     * {@link #uncancellable} with a value.
     *
     * @return what the body returns
     */
    public static <T extends @Nullable Object> T callUncancellable(
            Duration within, Callable<? extends T> body) throws IOException {
        Task task = TaskScheduler.taskHere("Frame.uncancellable");
        Shield shield = Shield.begin(task, TimeUnit.NANOSECONDS.convert(within)); // saturates
        try {
            return Deadline.callWithin(within, body);
        } finally {
            shield.end();
        }
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
        return value();
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
        WaitReason reason = WaitReason.of(operation, frames.getFirst());
        try {
            while ((ended = firstEnded(frames)) == null) {
                joiner.scheduler().awaitTrigger(joiner, operation, reason);
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

    /**
     * The end of the frame for those who do not wait: a future that completes with the value, or
     * fails with what the body has thrown, as it is; from any thread. That is a {@link
     * CancelledException} or {@code InterruptedException} if the frame was cancelled, and a {@code
     * RejectedExecutionException} if its runtime ends before it does. The handler of uncaught
     * frames does not hear of a failure that completes a future.
     *
     * <p>It completes on the runtime's thread outside of any frame: what depends on it runs there
     * by default, and must not block; an {@code …Async} method takes it elsewhere. On a runtime's
     * thread outside of frames, its {@code get} and {@code join} throw an {@link
     * IllegalStateException} if they would wait. If the frame has ended, it is complete already.
     * Whoever completes it otherwise, by {@code cancel}, {@code orTimeout} or {@code complete}, has
     * the frame {@link #cancel cancelled}, for all others too; a stage that depends on it does not
     * pass that on.
     */
    public CompletableFuture<T> toCompletionStage() {
        return FrameStage.of(this);
    }

    FrameJoiners joiners() {
        if (joiners == null) {
            JOINERS.compareAndSet(this, null, new FrameJoiners()); // or somebody else has
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
        tellEnd(true);
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

    /** Tells those who wait for it; if nobody does, the handler may hear of a failure. */
    private void tellEnd(boolean mayBeUncaught) {
        FrameJoiners awaiting = joiners;
        boolean isHeard = awaiting != null && awaiting.tell();
        if (scope != null) {
            scope.childEnded(this);
            isHeard = true;
        }
        boolean isUncaught = mayBeUncaught && hasFailed() && !joined && !isHeard;
        if ((awaiting == null || !awaiting.tellStages(isUncaught)) && isUncaught) {
            uncaught();
        }
    }

    private static boolean isOfCancellation(Throwable failure) {
        return failure instanceof CancelledException || failure instanceof InterruptedException;
    }

    /** What the body has brought, unless its runtime has ended around it and told so. */
    synchronized void bodyEnded(Object value, boolean isThrown) {
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
    void abandon(Throwable reason) {
        task = null;
        if (!claimEnd()) {
            return;
        }
        outcome = reason;
        hasThrown = true;
        status = FrameStatus.FAILED;
        tellEnd(false);
    }

    /** Reports its end and its failure to this scope. In the owner's frame. */
    void forkedBy(Scope scope) {
        this.scope = scope;
    }

    /** Why it failed. */
    Throwable failure() {
        return hasThrown ? (Throwable) outcome : null;
    }

    /** Its failure will be thrown: nobody else need be told. */
    void willBeJoined() {
        joined = true;
    }

    /** The value of a frame that has ended, or throws what its body has thrown. */
    T outcome() throws IOException {
        if (hasThrown) {
            throw Frame.<IOException>rethrow(failure());
        }
        return value();
    }

    /** Throws it, whatever its type: frames let every exception of their bodies through. */
    @SuppressWarnings("unchecked")
    static <E extends Throwable> E rethrow(Throwable thrown) throws E {
        throw (E) thrown;
    }

    @SuppressWarnings("unchecked") // what the body of this type has returned
    T value() {
        return (T) outcome;
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
