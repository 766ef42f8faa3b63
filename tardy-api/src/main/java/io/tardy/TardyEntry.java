package io.tardy;

import io.tardy.runtime.CommonEnd;
import io.tardy.runtime.RuntimeCore;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * An entry that runs on its own threads; see {@link Tardy#entryInNewThread}. All methods may be
 * called from any thread.
 *
 * <p>Public for programs that have more to do than to wait in {@code entry}.
 */
public final class TardyEntry {

    private final List<TardyRuntime> runtimes;
    private final Future<?> ended;
    private final CommonEnd end;

    TardyEntry(List<TardyRuntime> runtimes, Future<?> ended) {
        this.runtimes = List.copyOf(runtimes);
        this.ended = ended;
        this.end =
                new CommonEnd(runtimes.stream().map(TardyRuntime::core).toList(), List.of(ended));
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

    /** That of all runtimes. */
    CommonEnd end() {
        return end;
    }

    boolean hasEnded() {
        return end.hasCome();
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
