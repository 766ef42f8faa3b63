package io.tardy;

import io.tardy.aio.AsyncSubmission;
import io.tardy.aio.CancelledException;
import io.tardy.aio.DeadlineExceededException;
import io.tardy.aio.TardyIOException;
import io.tardy.runtime.TaskScheduler;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** Waiting for a time. */
public final class Timer {

    private Timer() {}

    /**
     * Makes the frame wait; other frames run meanwhile. Never returns early, by the runtime's
     * monotonic clock; how late it returns is not promised. Zero or less waits for one turn of the
     * loop. More than 146 years is 146 years.
     *
     * @throws CancelledException if the frame is cancelled
     * @throws DeadlineExceededException if the frame's {@link Deadline} passes before
     * @throws IllegalStateException outside of a frame
     */
    public static void delay(Duration delay) throws TardyIOException {
        long nanos = TimeUnit.NANOSECONDS.convert(delay); // saturates
        TaskScheduler.valueAwait(new AsyncSubmission.Timer(nanos));
    }
}
