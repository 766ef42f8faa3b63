package io.tardy.runtime;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongUnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What the frames of one runtime are doing. It is taken in one go on the runtime's thread; if that
 * does not come to it in time, {@link Held} says what it is in instead.
 *
 * @param omitted how many more frames there were
 * @param turn in which turn of the loop it was taken
 * @param held null if it was taken
 */
public record RuntimeLook(List<FrameLook> frames, int omitted, long turn, @Nullable Held held) {

    /** How many frames it has at most. */
    public static final int FRAMES_MAX = 100_000;

    private static final long WITHIN_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    /**
     * What keeps a runtime from its next turn.
     *
     * @param forNanos at least for how long; 0 if it turns, and has not come to us yet
     * @param lock what the holder waits for, or null
     * @param lockOwner the platform thread that has it, or null if nobody knows
     */
    public record Held(
            long forNanos,
            Thread holder,
            List<StackTraceElement> stack,
            @Nullable Object lock,
            @Nullable String lockOwner) {

        private static Held of(Thread holder, long forNanos) {
            Object lock = LockSupport.getBlocker(holder);
            return new Held(
                    forNanos, holder, List.of(holder.getStackTrace()), lock, LockOwner.of(lock));
        }
    }

    private static final RuntimeLook NOTHING = new RuntimeLook(List.of(), 0, 0, null);

    /** Looks; any thread, which waits for half a second at most. */
    public static RuntimeLook at(RuntimeCore runtime) {
        TaskScheduler scheduler = runtime.scheduler();
        if (scheduler.loopThread() == null || runtime.hasEnded() || scheduler.live() == 0) {
            return NOTHING;
        }
        if (scheduler.isRuntimeThread()) {
            return taken(scheduler);
        }
        CompletableFuture<RuntimeLook> look = new CompletableFuture<>();
        long turn = scheduler.counts().turns();
        long began = System.nanoTime();
        try {
            runtime.loop().execute(() -> take(scheduler, look));
            return await(look, runtime.settings().simulation() != null);
        } catch (ExecutionException e) {
            throw new IllegalStateException("no look at the frames of " + runtime, e.getCause());
        } catch (RejectedExecutionException | TimeoutException e) {
            boolean hasTurned = scheduler.counts().turns() != turn; // much waits for the loop
            return held(runtime, hasTurned ? 0 : System.nanoTime() - began);
        } finally {
            look.cancel(false); // a loop that comes to it later has nothing to do
        }
    }

    /** Whoever is interrupted, as a cancelled frame is, wants an answer all the same. */
    private static RuntimeLook await(CompletableFuture<RuntimeLook> look, boolean isSimulated)
            throws ExecutionException, TimeoutException {
        long began = System.nanoTime();
        boolean wasInterrupted = false;
        try {
            for (; ; ) {
                try {
                    return isSimulated
                            ? look.get() // there is no real time, and no loop that stands still
                            : look.get(
                                    WITHIN_NANOS - (System.nanoTime() - began),
                                    TimeUnit.NANOSECONDS);
                } catch (InterruptedException e) {
                    wasInterrupted = true;
                }
            }
        } finally {
            if (wasInterrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /**
     * About how long frames of this runtime wait that wait since a turn, in nanoseconds; -1 if
     * nobody looks at the time there. Any thread.
     */
    public static LongUnaryOperator waitingNanos(RuntimeCore runtime) {
        TurnTimes.Looks looks = runtime.turnTimes().looks();
        boolean isSimulated = runtime.settings().simulation() != null;
        long now = isSimulated ? runtime.scheduler().clockNanos() : System.nanoTime();
        return since -> looks.isKnown() ? looks.nanosSince(since, now) : -1;
    }

    private static RuntimeLook held(RuntimeCore runtime, long forNanos) {
        Thread holder = Watchdog.holder(runtime);
        return holder == null || runtime.hasEnded() // perhaps meanwhile
                ? NOTHING
                : new RuntimeLook(
                        List.of(),
                        runtime.scheduler().live(),
                        runtime.scheduler().counts().turns(),
                        Held.of(holder, forNanos));
    }

    private static void take(TaskScheduler scheduler, CompletableFuture<RuntimeLook> look) {
        if (look.isDone()) {
            return;
        }
        try {
            look.complete(taken(scheduler));
        } catch (RuntimeException | Error e) {
            look.completeExceptionally(e);
        }
    }

    private static RuntimeLook taken(TaskScheduler scheduler) {
        List<FrameLook> frames = new ArrayList<>(Math.min(scheduler.live(), FRAMES_MAX));
        scheduler
                .pool()
                .forEach(
                        task -> {
                            if (frames.size() < FRAMES_MAX) {
                                frames.add(FrameLook.at(task));
                            }
                        });
        return new RuntimeLook(
                frames,
                Math.max(scheduler.live() - frames.size(), 0),
                scheduler.counts().turns(),
                null);
    }
}
