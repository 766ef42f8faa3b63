package io.tardy.runtime;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;

/** The end of runtimes that end together, for a thread of none of them. */
public final class CommonEnd {

    /** How often a wait for it checks whether {@code System.exit} holds it up. */
    private static final long EXIT_LOOK_MILLIS = 100;

    /** For runtimes that do not give way. */
    private static final Duration DRAIN_SLACK = Duration.ofSeconds(1);

    private final List<RuntimeCore> runtimes;
    private final List<? extends Future<?>> ends;

    /**
     * @param ends that are done when all have ended
     */
    public CommonEnd(List<RuntimeCore> runtimes, List<? extends Future<?>> ends) {
        this.runtimes = List.copyOf(runtimes);
        this.ends = List.copyOf(ends);
    }

    /**
     * Waits for it, after a drain has begun; on a runtime's thread, which may be one of these, not.
     *
     * @return whether all have ended, and all of their frames before
     */
    public boolean awaitDrain(Duration within, Duration stopTimeout) {
        if (RuntimeCore.currentOrNull() != null) {
            return false;
        }
        long began = System.nanoTime();
        long most = nanos(within) + nanos(stopTimeout) + nanos(DRAIN_SLACK);
        await(() -> System.nanoTime() - began < most);
        return hasCome() && hasLeftNothing();
    }

    /** So few that three together do not overflow. */
    private static long nanos(Duration duration) {
        return Math.clamp(TimeUnit.NANOSECONDS.convert(duration), 0, Long.MAX_VALUE / 4);
    }

    /**
     * Waits for it, whatever has gone wrong, and through interrupts; not for a runtime that waits
     * for the JVM's end.
     */
    public void await(BooleanSupplier hasTime) {
        boolean interrupted = false;
        boolean goesOn = true;
        while (goesOn && !hasCome() && !isHeldByExit() && hasTime.getAsBoolean()) {
            try {
                for (Future<?> end : ends) {
                    end.get(EXIT_LOOK_MILLIS, TimeUnit.MILLISECONDS);
                }
            } catch (TimeoutException e) {
                goesOn = true; // to look again
            } catch (InterruptedException e) {
                interrupted = true;
            } catch (ExecutionException e) {
                goesOn = false; // it is the business of whoever awaits the entry
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Whether all have ended; any thread. */
    public boolean hasCome() {
        return ends.stream().allMatch(Future::isDone);
    }

    /** Whether all frames have ended before their runtimes did. */
    public boolean hasLeftNothing() {
        return runtimes.stream().noneMatch(RuntimeCore::hasLeft);
    }

    /** Whether each runtime that has not ended waits for the end of the JVM. */
    private boolean isHeldByExit() {
        boolean held = false;
        for (RuntimeCore runtime : runtimes) {
            if (!runtime.hasEnded()) {
                if (!runtime.scheduler().isLoopExiting()) {
                    return false;
                }
                held = true;
            }
        }
        return held;
    }
}
