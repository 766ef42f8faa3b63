package io.tardy;

import io.tardy.aio.CancelledException;
import io.tardy.aio.DeadlineExceededException;
import io.tardy.aio.TardyIOException;
import io.tardy.runtime.DeadlineBlock;
import io.tardy.runtime.ScopedBindings;
import io.tardy.runtime.Task;
import io.tardy.runtime.TaskScheduler;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Frames that end before the block that has forked them does.
 *
 * <pre>{@code
 * try (Scope scope = Scope.open(Duration.ofSeconds(2))) {
 *     Frame<User> user = scope.forkCall(() -> loadUser(id));
 *     Frame<List<Order>> orders = scope.forkCall(() -> loadOrders(id));
 *     scope.join();
 *     return answer(user.join(), orders.join());
 * }
 * }</pre>
 *
 * <p>A scope belongs to the frame that has opened it, its owner: only the owner forks, joins and
 * closes, anything else is an {@link IllegalStateException}. Its frames run on the owner's runtime.
 * They may open scopes of their own. Scopes are closed in the opposite order of opening, as
 * try-with-resources does; a scope that is never closed keeps no promise.
 *
 * <p>A forked frame has the deadline that counts for its owner at that moment: the scope's, or that
 * of a {@link Deadline} around it. It fails by itself then.
 */
public final class Scope implements AutoCloseable {

    private final Task owner;

    /** Null if none was asked for, or if a nearer one counts anyway. */
    private final DeadlineBlock deadline;

    // The runtime's thread, or the owner while it has it.
    private final Set<Frame<?>> running = new LinkedHashSet<>();

    /** When each failed frame ended, by the runtime's clock; in that order. */
    private final Map<Frame<?>, Long> failed = new LinkedHashMap<>();

    /** Cancelled because another has won, and still running. */
    private final Set<Frame<?>> losers = new HashSet<>();

    /** Whether the owner waits for the first of some that succeeds. */
    private boolean races;

    private BooleanSupplier awaited;
    private boolean closed;

    /** What kept a failure from being noted, or from cancelling the rest, on the carrier. */
    private OutOfMemoryError shortage;

    /** The frame whose failure could not be noted, or null; one is enough to fail. */
    private Frame<?> unnoted;

    private Scope(Task owner, DeadlineBlock deadline) {
        this.owner = owner;
        this.deadline = deadline;
    }

    /**
     * Opens a scope of the calling frame.
     *
     * @throws IllegalStateException outside of a frame
     */
    public static Scope open() {
        return new Scope(TaskScheduler.taskHere("Scope.open"), null);
    }

    /**
     * Opens a scope that is a {@link Deadline} block too, until it is closed: for the waits of its
     * owner, and of the frames that it forks.
     *
     * @param within from now; zero or less has passed already
     * @throws IllegalStateException outside of a frame
     */
    public static Scope open(Duration within) {
        Task owner = TaskScheduler.taskHere("Scope.open");
        return new Scope(owner, Deadline.begin(owner, within));
    }

    /** {@link #forkCall} without a value. */
    public Frame<@Nullable Void> fork(FrameBody body) {
        return forkCall(
                () -> {
                    body.run();
                    return null;
                });
    }

    /**
     * Starts a frame, in a later step of the loop. If it fails, the other frames of the scope are
     * cancelled at that moment, and so are those that are forked later. {@link #join} throws the
     * failure. If neither that is called nor the frame itself joined, the handler of uncaught
     * frames gets the failure when the scope is closed. While the owner is in {@link #joinFirst} no
     * failure cancels other frames.
     *
     * <p>The frame has the {@link ScopedValue}s that are bound here, as a fork of the JDK's {@code
     * StructuredTaskScope} has.
     *
     * @throws TaskPoolFullException if the pool is static and full
     */
    public <T extends @Nullable Object> Frame<T> forkCall(Callable<? extends T> body) {
        requireOwner("fork");
        TardyRuntime runtime = runtime();
        Frame<T> child =
                Frame.ofCall(
                        runtime,
                        runtime.core().nextFrameName(),
                        underDeadline(ScopedBindings.inheritAnew(body)));
        child.forkedBy(this);
        running.add(child); // first: it must not run unknown to us, even if memory is short here
        boolean isSpawned = false;
        try {
            FrameStart.started(child);
            isSpawned = true;
        } finally {
            if (!isSpawned) {
                running.remove(child);
            }
        }
        if (isFailing()) {
            child.cancel();
        }
        return child;
    }

    private TardyRuntime runtime() {
        return TardyRuntime.of(owner.scheduler().runtime());
    }

    private boolean isFailing() {
        return !failed.isEmpty();
    }

    private <T> Callable<? extends T> underDeadline(Callable<? extends T> body) {
        DeadlineBlock inherited = owner.deadline();
        if (inherited == null) {
            return body;
        }
        long deadlineNanos = inherited.deadlineNanos();
        return () -> {
            DeadlineBlock.beginAt(Task.current(), deadlineNanos); // ends with the frame
            return body.call();
        };
    }

    /**
     * Waits until all frames have ended. When one fails, the rest are cancelled. A frame that was
     * cancelled has not failed. When this returns or throws, no frame of the scope runs, and more
     * can be forked.
     *
     * <p>A frame that fails once the owner's deadline has passed does not count as failed: the
     * scope is late, whichever of the two sees the deadline first.
     *
     * @throws FrameFailedException if frames failed since the last join; the failures after the
     *     first are suppressed ones of its
     * @throws CancelledException if the owner was cancelled or interrupted while it waited: the
     *     frames were cancelled, and have ended
     * @throws DeadlineExceededException if the owner's deadline passed before all frames had
     *     succeeded or one had failed: the same; later failures are suppressed ones of its
     */
    public void join() throws TardyIOException {
        requireOwner("join");
        try {
            await(() -> running.isEmpty() || isFailing(), "join");
            if (isFailing()) {
                requireBeforeDeadline(failed.values().iterator().next(), "join");
            }
        } catch (DeadlineExceededException late) {
            endRest("join"); // whose failures are known then
            failed.keySet().forEach(child -> late.addSuppressed(child.failure()));
            failed.clear();
            throw late;
        } finally {
            endRest("join");
        }
        throwFailures();
    }

    /**
     * Waits for the first of these frames that succeeds, and cancels the others; {@link #close}
     * waits for their end. Earlier failures of others do not matter. If a cancelled frame fails,
     * the scope does not, neither here nor in {@link #join}. The handler of uncaught frames gets
     * that failure, unless the frame is joined.
     *
     * <p>To be called before the owner waits for anything else: a racer that fails earlier than
     * that cancels the others.
     *
     * @param racers frames that this scope has forked
     * @return the value of the first
     * @throws FrameFailedException if all have failed: the last failure, the others suppressed
     * @throws CancelledException if the owner was cancelled or interrupted while it waited
     * @throws DeadlineExceededException if the owner's deadline passed while it waited
     */
    public <T extends @Nullable Object> T joinFirst(Collection<? extends Frame<? extends T>> racers)
            throws TardyIOException {
        requireOwner("joinFirst");
        List<Frame<? extends T>> left = new ArrayList<>(racers);
        List<FrameFailedException> failures = new ArrayList<>();
        for (; ; ) {
            Frame<? extends T> ended = awaitAny(left);
            left.remove(ended);
            try {
                T value = ended.join();
                failed.keySet().removeAll(racers); // whose failures do not matter
                cancelLosers(left);
                return value;
            } catch (FrameFailedException e) {
                if (left.isEmpty()) {
                    Long failedNanos = failed.get(ended);
                    if (failedNanos != null) {
                        requireBeforeDeadline(failedNanos, "joinAny");
                    }
                    failures.forEach(e::addSuppressed);
                    failed.keySet().removeAll(racers);
                    throw e;
                }
                failures.add(e);
            }
        }
    }

    private <F extends Frame<?>> F awaitAny(List<F> racers) throws TardyIOException {
        races = true;
        try {
            return Frame.joinAny(racers);
        } finally {
            races = false;
        }
    }

    private void cancelLosers(List<? extends Frame<?>> racers) {
        for (Frame<?> racer : racers) {
            if (running.contains(racer)) {
                losers.add(racer);
            }
            racer.cancel();
        }
    }

    /**
     * Cancels the frames that still run and waits for their end, even if the owner is cancelled or
     * late. A frame that ignores its cancellation keeps the owner here. Closing again does nothing.
     */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        requireOwner("close");
        try {
            endRest("close");
        } finally {
            closed = true;
            if (deadline != null) {
                deadline.end();
            }
        }
        reportUnjoined();
    }

    @Override
    public String toString() {
        return "scope of frame " + owner.name() + ", " + running.size() + " frames run";
    }

    /** One of our frames has ended; on the loop. */
    void childEnded(Frame<?> child) {
        running.remove(child);
        boolean hasLost = losers.remove(child);
        if (child.hasFailed() && !hasLost) {
            childFailed(child);
        } else if (child.hasFailed() && !child.isJoined()) {
            child.uncaught();
        }
        if (awaited != null && awaited.getAsBoolean()) {
            owner.trigger();
        }
    }

    /** Where memory is short, that is the owner's affair, and not that of all who live here. */
    private void childFailed(Frame<?> child) {
        unnoted = child;
        try {
            failed.put(child, owner.scheduler().clockNanos());
            unnoted = null;
            if (!races) {
                running.forEach(Frame::cancel);
            }
        } catch (OutOfMemoryError e) {
            shortage = e;
            owner.trigger();
        }
    }

    /** Throws in the owner's frame what was met where nobody could have it. */
    private void throwShortage() {
        OutOfMemoryError met = shortage;
        if (met != null) {
            if (unnoted != null) {
                failed.put(unnoted, owner.scheduler().clockNanos());
                unnoted = null;
            }
            shortage = null;
            throw met;
        }
    }

    private void await(BooleanSupplier condition, String operation) throws TardyIOException {
        awaited = condition;
        try {
            throwShortage();
            while (!condition.getAsBoolean()) {
                owner.scheduler().awaitTrigger(owner, operation, operation);
                throwShortage();
            }
        } finally {
            awaited = null;
        }
    }

    private void endRest(String operation) {
        running.forEach(Frame::cancel);
        awaited = running::isEmpty;
        try {
            owner.awaitTriggerUntil(awaited, operation, operation);
        } finally {
            awaited = null;
        }
    }

    /** Throws if a frame failed only when the owner's time was over. */
    private void requireBeforeDeadline(long failedNanos, String operation) throws TardyIOException {
        DeadlineBlock inForce = owner.deadline();
        if (inForce == null || !inForce.expireIfPassed(failedNanos)) {
            return;
        }
        try {
            owner.requireMayWait(operation);
        } catch (TardyIOException late) {
            failed.keySet().forEach(child -> late.addSuppressed(child.failure()));
            failed.clear();
            throw late;
        }
    }

    private void throwFailures() {
        if (failed.isEmpty()) {
            return;
        }
        List<Frame<?>> all = new ArrayList<>(failed.keySet());
        failed.clear();
        Frame<?> first = all.removeFirst();
        FrameFailedException failure = new FrameFailedException(first.name(), first.failure());
        all.forEach(later -> failure.addSuppressed(later.failure()));
        throw failure;
    }

    /** Reports the failures that neither a join of the scope nor one of the frame has thrown. */
    private void reportUnjoined() {
        for (Frame<?> child : failed.keySet()) {
            if (!child.isJoined()) {
                child.uncaught();
            }
        }
        failed.clear();
    }

    private void requireOwner(String operation) {
        if (Task.current() != owner) {
            throw new IllegalStateException(
                    operation
                            + ": this scope belongs to frame "
                            + owner.name()
                            + ", and to no other");
        }
        if (closed) {
            throw new IllegalStateException(operation + ": this scope is closed");
        }
    }
}
