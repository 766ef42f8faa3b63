package io.tardy.runtime;

import io.netty.buffer.ByteBufAllocator;
import io.netty.util.concurrent.Ticker;
import io.tardy.spi.Transport;
import java.time.Duration;
import java.util.function.IntUnaryOperator;

/**
 * What a runtime is made with, in plain values.
 *
 * @param id its number in its entry or group
 * @param transport what carries its operations
 * @param tasksInitial how many task slots it begins with
 * @param tasksMax how many tasks it may have
 * @param aioReapMax how many events one reap collects at most
 * @param threadName prefix of the names of its threads and frames
 * @param allocator where receives take buffers
 * @param stopTimeout how long a stop waits for cancelled frames, in real time
 * @param stallAfter after how long without a turn the loop has stalled; zero for never
 * @param offloadThreadsMax how many platform threads it has at most for each kind of blocking work
 * @param clock the clock of timers and deadlines
 * @param frameOrder given the number of runnable tasks, chooses the next; null for first come,
 *     first served
 * @param simulation what runs it in place of the system, or null
 */
public record RuntimeSettings(
        int id,
        Transport transport,
        int tasksInitial,
        int tasksMax,
        int aioReapMax,
        String threadName,
        ByteBufAllocator allocator,
        Duration stopTimeout,
        Duration stallAfter,
        int offloadThreadsMax,
        Ticker clock,
        IntUnaryOperator frameOrder,
        Simulation simulation) {

    /**
     * The time that budgets, stops and quiet periods go by: real time, unless it is simulated. It
     * begins where Netty's own does, which its loops compare it with.
     */
    long realNanos() {
        return (simulation == null ? Ticker.systemTicker() : clock).nanoTime();
    }
}
