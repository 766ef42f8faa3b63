package io.tardy;

import io.netty.buffer.ByteBufAllocator;
import io.netty.util.concurrent.Ticker;
import io.tardy.aio.AsyncType;
import io.tardy.runtime.RuntimeSettings;
import io.tardy.runtime.Simulation;
import io.tardy.runtime.TransportChoice;
import io.tardy.spi.Transport;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ThreadFactory;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link Tardy} was built with; see {@link Tardy.Builder}, which makes them, for the
 * defaults.
 */
public final class TardyOptions {

    private final AsyncType async;
    private final @Nullable Transport transport;
    private final Threading threading;
    private final Pooling pooling;
    private final int tasksInitial;
    private final int aioReapMax;
    private final String threadName;
    private final @Nullable ThreadFactory threadFactory;
    private final ByteBufAllocator allocator;
    private final UncaughtFrameHandler uncaughtFrame;
    private final @Nullable FrameDecorator frameDecorator;
    private final Duration stopTimeout;
    private final Duration stallAfter;
    private final StallHandler stalled;
    private final int offloadThreadsMax;
    private final Ticker clock;
    private final FrameOrder frameOrder;
    private final NameResolver nameResolver;
    private final @Nullable Simulation simulation;

    /**
     * @throws IllegalArgumentException if an option has no meaning; the message names it
     */
    TardyOptions(Tardy.Builder builder) {
        async = Objects.requireNonNull(builder.async, "async");
        transport = builder.transport;
        threading = Objects.requireNonNull(builder.threading, "threading");
        pooling = Objects.requireNonNull(builder.pooling, "pooling");
        tasksInitial = requirePositive(builder.tasksInitial, "tasksInitial");
        aioReapMax = requirePositive(builder.aioReapMax, "aioReapMax");
        threadName = Objects.requireNonNull(builder.threadName, "threadName");
        threadFactory = builder.threadFactory;
        allocator = Objects.requireNonNull(builder.allocator, "allocator");
        uncaughtFrame = Objects.requireNonNull(builder.uncaughtFrame, "uncaughtFrame");
        frameDecorator = builder.frameDecorator;
        stopTimeout = requireNotNegative(builder.stopTimeout, "stopTimeout");
        stallAfter = requireNotNegative(builder.stallAfter, "stallAfter");
        stalled = Objects.requireNonNull(builder.stalled, "stalled");
        offloadThreadsMax = requirePositive(builder.offloadThreadsMax, "offloadThreadsMax");
        clock = Objects.requireNonNull(builder.clock, "clock");
        frameOrder = Objects.requireNonNull(builder.frameOrder, "frameOrder");
        nameResolver = Objects.requireNonNull(builder.nameResolver, "nameResolver");
        simulation = builder.simulation;
        if ((async == AsyncType.CUSTOM) != (transport != null)) {
            throw new IllegalArgumentException(
                    "AsyncType.CUSTOM and a transport object go together: use async(Transport)");
        }
    }

    /** Which transport; {@link AsyncType#CUSTOM} goes with {@code transport}. */
    public AsyncType async() {
        return async;
    }

    /** The custom transport, else null. */
    public @Nullable Transport transport() {
        return transport;
    }

    /** How many runtimes. */
    public Threading threading() {
        return threading;
    }

    /** What happens when {@code tasksInitial} tasks are in use. */
    public Pooling pooling() {
        return pooling;
    }

    /** Task slots of a runtime: the first size ({@code GROW}) or the size ({@code STATIC}). */
    public int tasksInitial() {
        return tasksInitial;
    }

    /** How many events one reap collects at most. */
    public int aioReapMax() {
        return aioReapMax;
    }

    /** Prefix of the threads' names, {@code -0}, {@code -1}… follow. */
    public String threadName() {
        return threadName;
    }

    /** Makes the runtimes' threads; null for the default. */
    public @Nullable ThreadFactory threadFactory() {
        return threadFactory;
    }

    /** Where {@code recv()} takes buffers. */
    public ByteBufAllocator allocator() {
        return allocator;
    }

    /** Hears of failed frames. */
    public UncaughtFrameHandler uncaughtFrame() {
        return uncaughtFrame;
    }

    /** What runs in place of a call that is given here. */
    @SuppressWarnings("unchecked") // a decorator returns what the body returns
    <T extends @Nullable Object> Callable<? extends T> decorated(Callable<? extends T> call) {
        return frameDecorator == null
                ? call
                : (Callable<? extends T>) (Callable<?>) DecoratedBody.ofCall(frameDecorator, call);
    }

    /** What runs in place of a body that is given here. */
    FrameBody decorated(FrameBody body) {
        return frameDecorator == null ? body : DecoratedBody.of(frameDecorator, body);
    }

    /** {@link #decorated(FrameBody)}, or null if that changes nothing. */
    @Nullable UnaryOperator<FrameBody> decoration() {
        return frameDecorator == null ? null : this::decorated;
    }

    /** How long a stopped runtime waits for its cancelled frames to finish, in real time. */
    public Duration stopTimeout() {
        return stopTimeout;
    }

    /** After how long a loop that does not turn is told to {@code stalled}; zero for never. */
    public Duration stallAfter() {
        return stallAfter;
    }

    /** Hears of loops that stand still. */
    public StallHandler stalled() {
        return stalled;
    }

    /**
     * How many platform threads a runtime has at most for offloaded calls, and how many for file
     * operations.
     */
    public int offloadThreadsMax() {
        return offloadThreadsMax;
    }

    /** The clock of timers and deadlines. */
    public Ticker clock() {
        return clock;
    }

    /** Which runnable frame runs next. */
    public FrameOrder frameOrder() {
        return frameOrder;
    }

    /** Who finds the addresses of hosts. */
    public NameResolver nameResolver() {
        return nameResolver;
    }

    /** What runs the runtimes in place of the system, or null. */
    @Nullable Simulation simulation() {
        return simulation;
    }

    /** What the core of a runtime is to know of them. */
    RuntimeSettings settings(int id, TransportChoice choice) {
        boolean isBounded = pooling == Pooling.STATIC;
        return new RuntimeSettings(
                id,
                choice.transport(),
                tasksInitial,
                isBounded ? tasksInitial : Integer.MAX_VALUE,
                aioReapMax,
                threadName,
                allocator,
                stopTimeout,
                stallAfter,
                offloadThreadsMax,
                clock,
                frameOrder == FrameOrder.FIFO ? null : frameOrder::next,
                simulation);
    }

    /** The time of day by the clock, as {@link TardyRuntime#clock} promises it. */
    Clock timeOfDay() {
        if (clock == Ticker.systemTicker()) {
            return Clock.systemUTC();
        }
        InstantSource source =
                clock instanceof InstantSource known
                        ? known
                        : () -> Instant.ofEpochSecond(0, clock.nanoTime());
        return source.withZone(ZoneOffset.UTC);
    }

    private static Duration requireNotNegative(Duration value, String name) {
        Objects.requireNonNull(value, name);
        if (value.isNegative()) {
            throw new IllegalArgumentException(name + ": " + value + " is negative");
        }
        return value;
    }

    private static int requirePositive(int value, String name) {
        if (value < 1) {
            throw new IllegalArgumentException(name + ": " + value + ", must be at least 1");
        }
        return value;
    }
}
