package io.tardy;

import io.tardy.runtime.RuntimeCore;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;

/**
 * An entry that runs on its own threads; see {@link Tardy#entryInNewThread}. All methods may be
 * called from any thread.
 *
 * <p>Public for programs that have more to do than to wait in {@code entry}.
 */
public final class TardyEntry {

    /** How often a wait for an end checks whether {@code System.exit} holds it up. */
    private static final Duration EXIT_LOOK = Duration.ofMillis(100);

    private final List<TardyRuntime> runtimes;
    private final Future<?> ended;

    TardyEntry(List<TardyRuntime> runtimes, Future<?> ended) {
        this.runtimes = List.copyOf(runtimes);
        this.ended = ended;
    }

    /** The runtimes, by their ids. */
    public List<TardyRuntime> runtimes() {
        return runtimes;
    }

    /** Stops every runtime; does not wait. */
    public void stop() {
        runtimes.forEach(TardyRuntime::stop);
    }

    /** {@link TardyRuntime#drain Drains} every runtime; does not wait. */
    public void drain(Duration within) {
        runtimes.forEach(runtime -> runtime.drain(within));
    }

    /**
     * Waits until all runtimes have ended.
     *
     * @throws IOException what an entry function threw, those of other runtimes suppressed
     * @throws InterruptedException if this thread was interrupted; the runtimes go on
     * @throws IllegalStateException on a thread of a runtime, in a frame too
     */
    public void await() throws IOException, InterruptedException {
        requireOutside();
        try {
            ended.get();
        } catch (ExecutionException e) {
            throw TardyEntry.<IOException>rethrow(e.getCause());
        }
    }

    /**
     * Waits until all runtimes have ended, but not longer than this.
     *
     * @return whether they have ended
     * @throws IOException what an entry function threw, those of other runtimes suppressed
     * @throws InterruptedException if this thread was interrupted; the runtimes go on
     * @throws IllegalStateException on a thread of a runtime, in a frame too
     */
    public boolean await(Duration timeout) throws IOException, InterruptedException {
        requireOutside();
        try {
            ended.get(TimeUnit.NANOSECONDS.convert(timeout), TimeUnit.NANOSECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (ExecutionException e) {
            throw TardyEntry.<IOException>rethrow(e.getCause());
        }
    }

    /**
     * Whatever has gone wrong, and through interrupts; not for one that waits for the JVM's end.
     */
    void awaitEnd(BooleanSupplier hasTime) {
        boolean interrupted = false;
        while (!hasEnded() && !isHeldByExit() && hasTime.getAsBoolean()) {
            try {
                await(EXIT_LOOK);
            } catch (InterruptedException e) {
                interrupted = true;
            } catch (Exception e) {
                // It is the business of whoever awaits the entry, and was handed to them.
                break;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    boolean hasEnded() {
        return ended.isDone();
    }

    /** Whether all frames have ended before their runtimes did. */
    boolean hasLeftNothing() {
        return runtimes.stream().noneMatch(runtime -> runtime.core().hasLeft());
    }

    /** Whether each runtime that has not ended waits for the end of the JVM. */
    boolean isHeldByExit() {
        boolean held = false;
        for (TardyRuntime runtime : runtimes) {
            if (!runtime.core().hasEnded()) {
                if (!runtime.core().scheduler().isLoopExiting()) {
                    return false;
                }
                held = true;
            }
        }
        return held;
    }

    private static void requireOutside() {
        if (RuntimeCore.currentOrNull() != null) {
            throw new IllegalStateException(
                    "a runtime cannot wait for its own end: await on another thread");
        }
    }

    /** Throws it, whatever its type: a function in Kotlin may throw what is checked in Java. */
    @SuppressWarnings("unchecked")
    private static <E extends Throwable> E rethrow(Throwable cause) throws E {
        throw (E) cause;
    }
}
