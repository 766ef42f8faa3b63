package io.tardy;

import io.tardy.aio.CancelledException;
import io.tardy.aio.DeadlineExceededException;
import io.tardy.aio.TardyIOException;
import io.tardy.runtime.DeadlineBlock;
import io.tardy.runtime.Task;
import io.tardy.runtime.TaskScheduler;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A time by which a block of calls must be done waiting.
 *
 * <pre>{@code
 * String line = Deadline.callWithin(Duration.ofSeconds(5), () -> {
 *     socket.sendAll(question);
 *     return readLine(socket);
 * });
 * }</pre>
 *
 * <p>Once the deadline has passed, every wait of the frame inside the block throws {@link
 * DeadlineExceededException}: the one that it is in, and every later one until the block ends.
 * Waits are all operations of sockets and files, {@link Frame#delay}, {@link
 * Scheduler#triggerAwait}, {@link Frame#join}, {@link Scope#join}, {@link TardyRuntime#spawnAwait},
 * {@link TardyRuntime#offload}, {@link TardyRuntime#call}, the two ends of a channel and the locks
 * of {@code io.tardy.sync}.
 *
 * <ul>
 *   <li>The operation that was given up is over when the exception is thrown. If its own result
 *       came first, that is returned and nothing is lost: after a {@code recv} that was given up
 *       the next one receives the next byte. What a call of several operations ({@code sendAll},
 *       {@code recvAll}) did before, its buffer's position tells.
 *   <li>Operations of sockets and files are refused once the deadline has passed, even where they
 *       could be done without a wait, so that a peer which always has data cannot hold the block.
 *       What does not wait and is no operation goes on to succeed: joining a frame that has ended,
 *       a channel that has a message or room, a lock that is free, a receive into a full buffer.
 *   <li>Closing still works.
 *   <li>A block inside of another cannot extend it: the nearer deadline counts, and after the inner
 *       block the outer one again. Nor can it keep the outer one to itself: where the outer
 *       deadline has passed, the inner block throws {@link CancelledException}, and only the block
 *       whose deadline it was throws {@link DeadlineExceededException}.
 *   <li>A duration of zero or less has passed when the block begins. More than 146 years is 146
 *       years.
 *   <li>A frame that is cancelled gets {@code CancelledException}, deadline or not.
 *   <li>An offloaded call that has begun is interrupted, and its end is awaited. If it returns all
 *       the same, that is the result; what it throws is the cause of the exception. A call on
 *       another runtime is cancelled there, and its end is awaited in the same way.
 *   <li>Frames spawned inside the block have no deadline; those that a {@link Scope} forks have
 *       its.
 * </ul>
 *
 * <p>Time is that of the runtime's clock. No wait is given up early; how late is not promised, for
 * it takes a turn of the loop. Waits of the JDK ({@code Thread.sleep}, locks, queues) know nothing
 * of it, and computing and {@link Frame#yield} are no waits: the deadline meets the next one.
 */
public final class Deadline {

    private Deadline() {}

    /**
     * Runs the body, here and now, under a deadline. Its waits throw {@link
     * DeadlineExceededException} once that has passed, and so does this, if the body lets it.
     *
     * <p>What the body throws comes out as it is. All that a wait on the network or on a file
     * throws is an {@code IOException}, so no more is declared, although a body may throw any
     * exception: one of another checked kind is for the body itself to catch, or for a {@code
     * catch} of {@code Exception}.
     *
     * @param duration from now
     * @throws IOException what the body throws
     * @throws IllegalStateException outside of a frame
     */
    public static void within(Duration duration, FrameBody body) throws IOException {
        callWithin(
                duration,
                () -> {
                    body.run();
                    return null;
                });
    }

    /**
     * {@link #within} with a value.
     *
     * @return what the body returns, also if that was late
     */
    public static <T extends @Nullable Object> T callWithin(
            Duration duration, Callable<? extends T> body) throws IOException {
        Task task = TaskScheduler.taskHere("Deadline.within");
        DeadlineBlock outer = task.deadline();
        DeadlineBlock block = begin(task, duration);
        try {
            return body.call();
        } catch (Exception e) {
            throw Deadline.<IOException>asDeclared(ofItsBlock(e, task, outer, block));
        } finally {
            block.end();
        }
    }

    /**
     * A loop that catches what an inner block throws must not go on for ever inside of an outer
     * one: so each block tells of its own deadline, and of the outer ones' as a cancellation.
     */
    private static Exception ofItsBlock(
            Exception thrown, Task task, DeadlineBlock outer, DeadlineBlock block) {
        boolean isLate = thrown instanceof DeadlineExceededException;
        if (!isLate && !(thrown instanceof CancelledException) || task.isCancelledOrInterrupted()) {
            return thrown;
        }
        TardyIOException ofWait = (TardyIOException) thrown;
        DeadlineBlock passed = outer == null ? null : outer.outermostExpired();
        if (passed != null) {
            return isLate || thrown.getCause() == null
                    ? new CancelledException(ofWait.operation(), passed.given(), thrown)
                    : thrown;
        }
        return block.isExpired() ? new DeadlineExceededException(block.given(), ofWait) : thrown;
    }

    /** Throws it, whatever its type: frames let every exception of their bodies through. */
    @SuppressWarnings("unchecked")
    static <E extends Exception> E asDeclared(Exception thrown) throws E {
        throw (E) thrown;
    }

    static DeadlineBlock begin(Task task, Duration duration) {
        return DeadlineBlock.begin(task, TimeUnit.NANOSECONDS.convert(duration)); // saturates
    }
}
