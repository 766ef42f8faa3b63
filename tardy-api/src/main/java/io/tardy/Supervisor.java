package io.tardy;

import io.tardy.runtime.RuntimeLog;
import io.tardy.runtime.Task;
import io.tardy.runtime.TaskScheduler;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.concurrent.Callable;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Runs a body again when it has failed, after a pause, and no more often than it says.
 *
 * <pre>{@code
 * Supervisor.restarting(5, Duration.ofMinutes(1)).run(() -> follow(feed));
 * }</pre>
 *
 * <p>The body runs in the calling frame. It is not started again when
 *
 * <ul>
 *   <li>it returns, or throws an {@code Error}, which no restart mends
 *   <li>it has failed once more than it may be started again in that time: its failure is thrown
 *   <li>the frame was cancelled or interrupted, or a {@link Deadline} around this has passed: that
 *       is thrown, with the failure suppressed
 *   <li>the runtime {@linkplain TardyRuntime#drain drains}: its failure is thrown, without a pause
 * </ul>
 *
 * <p>The pause is 100 ms, and twice as long with each failure in that time, up to 10 seconds; a
 * random part, at most the half, is left out, so that many do not come back at once. Each restart
 * is logged as a warning. An object may be used by many frames.
 */
public final class Supervisor {

    private final int times;
    private final Duration within;
    private final Duration first;
    private final Duration longest;

    private Supervisor(int times, Duration within, Duration first, Duration longest) {
        this.times = times;
        this.within = within;
        this.first = first;
        this.longest = longest;
    }

    /**
     * One that starts a body again so often.
     *
     * @param times how many restarts there may be at most within that time, by the runtime's clock
     * @throws IllegalArgumentException if one of them is negative
     */
    public static Supervisor restarting(int times, Duration within) {
        if (times < 0 || within.isNegative()) {
            throw new IllegalArgumentException(
                    "restarts and their time must not be negative: " + times + " in " + within);
        }
        return new Supervisor(times, within, Duration.ofMillis(100), Duration.ofSeconds(10));
    }

    /**
     * The same with these pauses.
     *
     * @throws IllegalArgumentException if the first is negative, or longer than the longest
     */
    public Supervisor pausing(Duration first, Duration longest) {
        if (first.isNegative() || longest.compareTo(first) < 0) {
            throw new IllegalArgumentException(
                    "a first pause must be from zero to the longest: " + first + " to " + longest);
        }
        return new Supervisor(times, within, first, longest);
    }

    /** {@link #runCall} without a value. */
    public void run(FrameBody body) throws IOException {
        runCall(
                () -> {
                    body.run();
                    return null;
                });
    }

    /**
     * Runs the body until it returns, or is not to be started again.
     *
     * @return what the body returns
     * @throws IOException what the body throws, as by {@link Deadline#within}
     * @throws IllegalStateException outside of a frame
     */
    public <T extends @Nullable Object> T runCall(Callable<? extends T> body) throws IOException {
        Task task = TaskScheduler.taskHere("Supervisor.run");
        ArrayDeque<Long> failures = new ArrayDeque<>();
        for (; ; ) {
            try {
                return body.call();
            } catch (Exception e) {
                if (!isToRestart(task, failures, e)) {
                    throw Deadline.<IOException>asDeclared(e);
                }
            }
        }
    }

    private boolean isToRestart(Task task, ArrayDeque<Long> failures, Exception failure)
            throws IOException {
        try {
            if (failure instanceof InterruptedException) {
                Thread.currentThread().interrupt(); // which it has taken for itself
            }
            task.requireMayWait("restart");
            long now = task.scheduler().clockNanos();
            failures.addLast(now);
            failures.removeIf(at -> now - at > nanos(within));
            if (failures.size() > times || TardyRuntime.current().isDraining()) {
                return false;
            }
            double grown = nanos(first) * Math.pow(2, failures.size() - 1);
            double part = 1 - ThreadLocalRandom.current().nextDouble() / 2;
            Duration pause = Duration.ofNanos((long) (part * Math.min(grown, nanos(longest))));
            RuntimeLog.log(
                    Level.WARNING, "frame " + task.name() + " goes on after " + pause, failure);
            return Frame.idle(false, () -> isOver(pause));
        } catch (IOException e) {
            e.addSuppressed(failure);
            throw e;
        }
    }

    /** As many as there can be, of a pause that is longer. */
    private static long nanos(Duration duration) {
        return TimeUnit.NANOSECONDS.convert(duration);
    }

    private static boolean isOver(Duration pause) throws IOException {
        Frame.delay(pause);
        return true;
    }
}
