package io.tardy;

import io.netty.buffer.ByteBufAllocator;
import io.netty.util.concurrent.Ticker;
import io.tardy.aio.AsyncType;
import io.tardy.spi.Transport;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.ThreadFactory;

/**
 * What a {@link Tardy} was built with; see {@link Tardy.Builder} for the defaults.
 *
 * @param async which transport; {@link AsyncType#CUSTOM} goes with {@code transport}
 * @param transport the custom transport, else null
 * @param threading how many runtimes
 * @param pooling what happens when {@code tasksInitial} tasks are in use
 * @param tasksInitial task slots of a runtime: the first size ({@code GROW}) or the size ({@code
 *     STATIC})
 * @param aioReapMax how many events one reap collects at most
 * @param threadName prefix of the threads' names, {@code -0}, {@code -1}… follow
 * @param threadFactory makes the runtimes' threads; null for the default
 * @param allocator where {@code recv()} takes buffers
 * @param uncaughtFrame hears of failed frames
 * @param stopTimeout how long a stopped runtime waits for its cancelled frames to finish, in real
 *     time
 * @param stallAfter after how long a loop that does not turn is told to {@code stalled}; zero for
 *     never
 * @param stalled hears of loops that stand still
 * @param offloadThreadsMax how many platform threads a runtime has at most for offloaded calls, and
 *     how many for file operations
 * @param clock the clock of timers and deadlines
 * @param frameOrder which runnable frame runs next
 */
public record TardyOptions(
        AsyncType async,
        Transport transport,
        Threading threading,
        Pooling pooling,
        int tasksInitial,
        int aioReapMax,
        String threadName,
        ThreadFactory threadFactory,
        ByteBufAllocator allocator,
        UncaughtFrameHandler uncaughtFrame,
        Duration stopTimeout,
        Duration stallAfter,
        StallHandler stalled,
        int offloadThreadsMax,
        Ticker clock,
        FrameOrder frameOrder) {

    public TardyOptions {
        Objects.requireNonNull(async, "async");
        Objects.requireNonNull(threading, "threading");
        Objects.requireNonNull(pooling, "pooling");
        Objects.requireNonNull(threadName, "threadName");
        Objects.requireNonNull(allocator, "allocator");
        Objects.requireNonNull(uncaughtFrame, "uncaughtFrame");
        Objects.requireNonNull(stopTimeout, "stopTimeout");
        Objects.requireNonNull(stallAfter, "stallAfter");
        Objects.requireNonNull(stalled, "stalled");
        Objects.requireNonNull(clock, "clock");
        Objects.requireNonNull(frameOrder, "frameOrder");
        requirePositive(tasksInitial, "tasksInitial");
        requirePositive(aioReapMax, "aioReapMax");
        requirePositive(offloadThreadsMax, "offloadThreadsMax");
        if ((async == AsyncType.CUSTOM) != (transport != null)) {
            throw new IllegalArgumentException(
                    "AsyncType.CUSTOM and a transport object go together: use async(Transport)");
        }
        requireNotNegative(stopTimeout, "stopTimeout");
        requireNotNegative(stallAfter, "stallAfter");
    }

    private static void requireNotNegative(Duration value, String name) {
        if (value.isNegative()) {
            throw new IllegalArgumentException(name + ": " + value + " is negative");
        }
    }

    private static void requirePositive(int value, String name) {
        if (value < 1) {
            throw new IllegalArgumentException(name + ": " + value + ", must be at least 1");
        }
    }
}
