package io.tardy;

import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoEventLoopGroup;
import io.netty.util.concurrent.Ticker;
import io.tardy.aio.AsyncType;
import io.tardy.aio.TransportUnavailableException;
import io.tardy.runtime.FrameFactory;
import io.tardy.runtime.NettyVersion;
import io.tardy.runtime.RuntimeCore;
import io.tardy.runtime.Simulation;
import io.tardy.runtime.TardyAccess;
import io.tardy.runtime.TransportChoice;
import io.tardy.runtime.WaitList;
import io.tardy.spi.ChannelTypes;
import io.tardy.spi.Transport;
import java.io.IOException;
import java.time.Duration;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Runs runtimes, one on each of its threads.
 *
 * <pre>{@code
 * try (Tardy tardy = Tardy.builder().threading(Threading.auto()).build()) {
 *     tardy.entry(rt -> rt.spawn(() -> System.out.println("hello")));
 * }
 * }</pre>
 *
 * <p>May be used from any thread. One entry runs at a time.
 */
public final class Tardy implements AutoCloseable {

    private final TardyOptions options;
    private final TransportChoice choice;

    /** Guarded by this. */
    private TardyEntry running;

    /** Guarded by this. */
    private boolean closed;

    static {
        TardyAccess.set(
                new TardyAccess() {
                    @Override
                    public Transport transport(Object tardy) {
                        return ((Tardy) tardy).choice.transport();
                    }

                    @Override
                    public IoEventLoop newEventLoop(
                            Object tardy, IoEventLoopGroup group, Executor executor, int id) {
                        Tardy of = (Tardy) tardy;
                        return new TardyRuntime(id, of.options, of.choice, group, executor)
                                .eventLoop();
                    }

                    @Override
                    public void simulate(Object builder, Simulation simulation) {
                        ((Builder) builder).simulation = simulation;
                    }

                    @Override
                    public UnaryOperator<?> decoration(Object runtime) {
                        return ((TardyRuntime) runtime).options().decoration();
                    }

                    @Override
                    public RuntimeCore core(Object runtime) {
                        return ((TardyRuntime) runtime).core();
                    }

                    @Override
                    public WaitList joiners(Object frame) {
                        return ((Frame<?>) frame).joiners().places;
                    }
                });
    }

    private Tardy(TardyOptions options) {
        this.options = options;
        this.choice = TransportChoice.of(options.async(), options.transport());
        // Later there may be no thread left for the JDK's pollers, and no descriptor to read the
        // time zones with. The JDK's log needs these for its first line, which would report that.
        FrameFactory.isUsable();
        ZoneId.systemDefault();
    }

    /**
     * A builder with the defaults.
     *
     * @throws IllegalStateException if Netty is too old; the message names its version and the way
     *     out
     */
    public static Builder builder() {
        NettyVersion.require();
        return new Builder();
    }

    /** What this was built with. */
    public TardyOptions options() {
        return options;
    }

    /** Which transport runs, and why each better one does not. */
    public Backend backend() {
        return Backend.of(choice);
    }

    /**
     * The Netty channel classes that the transport supports.
     *
     * @throws UnsupportedOperationException if a custom transport supports none
     */
    public ChannelTypes channelTypes() {
        return choice.transport().channelTypes();
    }

    /**
     * Starts the runtimes, calls the function once on each of them, on its thread, and blocks until
     * all have ended. A runtime ends when no task is left, or when it is stopped. A function that
     * throws stops its runtime; the others go on.
     *
     * <p>If this thread is interrupted the runtimes are stopped, their end is awaited, and the
     * interrupt status is set again.
     *
     * <p>Either all runtimes start or none does. If one thread cannot be started, the function is
     * called on none, and this throws what starting that thread threw: an {@code OutOfMemoryError}
     * if the system refuses it.
     *
     * <p>A runtime that meets a fault in Tardy or in its transport stops: its frames are cancelled,
     * its sockets are closed, and the other runtimes stop too. The fault is logged at once and
     * thrown here.
     *
     * @throws IOException what a function threw, first by the runtimes' ids, the others suppressed;
     *     an {@code Error} is logged at once if there are other runtimes
     * @throws FrameFailedException if a frame failed and {@link UncaughtFrameHandler#endingEntry}
     *     is set
     * @throws IllegalStateException if closed, if another entry runs, on a runtime's thread, or if
     *     the thread factory makes no platform thread
     */
    public <P extends @Nullable Object> void entry(P params, EntryFunction<P> function)
            throws IOException {
        requireOutside("entry blocks: call it outside of any runtime");
        await(entryInNewThread(params, function));
    }

    /** {@link #entry(Object, EntryFunction)} of a function that takes the runtime alone. */
    public void entry(EntryBody body) throws IOException {
        requireOutside("entry blocks: call it outside of any runtime");
        await(entryInNewThread(body));
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
     * Runs the body in a frame, and blocks until it has ended: for tools and for tests. This starts
     * one runtime, however many {@link Builder#threading} says, and stops it with the body's end:
     * frames that are left are cancelled then, as by {@link TardyRuntime#stop}, and their end is
     * awaited.
     *
     * <p>If this thread is interrupted the body is cancelled, its end is awaited, and the interrupt
     * status is set again.
     *
     * @return what the body returns
     * @throws IOException what the body throws, as it is. All that a wait on the network or on a
     *     file throws is an {@code IOException}, so no more is declared, although a body may throw
     *     any exception. The handler of uncaught frames does not hear of it
     * @throws IllegalStateException if closed, if an entry runs, on a runtime's thread, or if the
     *     thread factory makes no platform thread
     * @throws java.util.concurrent.RejectedExecutionException if the body was cancelled and had not
     *     ended after {@link Builder#stopTimeout}
     */
    public <T extends @Nullable Object> T runCall(Callable<? extends T> body) throws IOException {
        requireOutside("run blocks: call it outside of any runtime");
        AtomicReference<Frame<T>> made = new AtomicReference<>();
        Callable<? extends T> decorated = options.decorated(body);
        await(start(null, (rt, nothing) -> made.set(rt.spawnOnly(decorated)), 1));
        return made.get().outcome();
    }

    private static void requireOutside(String refusal) {
        if (RuntimeCore.currentOrNull() != null) {
            throw new IllegalStateException(refusal);
        }
    }

    private static void await(TardyEntry entry) throws IOException {
        boolean interrupted = false;
        try {
            for (; ; ) {
                try {
                    entry.await();
                    return;
                } catch (InterruptedException e) {
                    interrupted = true;
                    entry.stop();
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /**
     * Like {@link #entry}, but returns once the runtimes have started, with a handle to await and
     * stop it.
     *
     * @throws IllegalStateException if closed, if another entry runs, or if the thread factory
     *     makes no platform thread
     */
    public <P extends @Nullable Object> TardyEntry entryInNewThread(
            P params, EntryFunction<P> function) {
        return start(params, function, options.threading().runtimes());
    }

    /** The same for a function that takes the runtime alone. */
    public TardyEntry entryInNewThread(EntryBody body) {
        return entryInNewThread(null, (rt, nothing) -> body.enter(rt));
    }

    /**
     * Starts one runtime for a program that has a life of its own: it goes on without frames, until
     * it is closed. Until then it is the entry of this Tardy.
     *
     * @throws IllegalStateException as by {@link #entryInNewThread}
     */
    public EmbeddedRuntime embed() {
        return new EmbeddedRuntime(start(null, (rt, nothing) -> EmbeddedRuntime.keep(rt), 1));
    }

    private synchronized <P extends @Nullable Object> TardyEntry start(
            P params, EntryFunction<P> function, int runtimes) {
        if (closed) {
            throw new IllegalStateException("this Tardy is closed");
        }
        if (running != null && !running.hasEnded()) {
            throw new IllegalStateException("an entry of this Tardy runs already");
        }
        List<StartedRuntime> started = StartedRuntime.startAll(options, choice, runtimes);
        List<CompletableFuture<Void>> ends = new ArrayList<>(started.size());
        for (StartedRuntime each : started) {
            ends.add(each.enter(params, function));
        }
        TardyEntry entry =
                new TardyEntry(
                        started.stream().map(StartedRuntime::runtime).toList(),
                        StartedRuntime.join(ends));
        for (StartedRuntime each : started) {
            each.runtime().core().whenFailed(entry::stop);
        }
        running = entry;
        return entry;
    }

    /**
     * Stops what runs and waits for its end; on a runtime's thread, which cannot wait for itself,
     * only stops it. Afterwards no entry can be started.
     *
     * <p>May be called in a shutdown hook. It does not wait for the frame or the runtime's loop
     * that has called {@code System.exit}, because that waits for the hooks.
     */
    @Override
    public void close() {
        TardyEntry entry = closing();
        if (entry != null && !entry.hasEnded()) {
            entry.stop();
            if (RuntimeCore.currentOrNull() == null) {
                entry.end().await(() -> true);
            }
        }
    }

    /**
     * Ends what runs in order, as {@link TardyRuntime#drain} says, and waits for its end; on a
     * runtime's thread, which cannot wait for itself, only begins. Afterwards no entry can be
     * started. For a shutdown hook, or the frame that has waited for a {@link Signals signal}. Like
     * {@link #close} it does not wait for who has called {@code System.exit}.
     *
     * <p>It returns after {@code within} and {@link Builder#stopTimeout} at the latest, and a
     * second for runtimes that do not give way.
     *
     * @return true if every frame has ended; false if some were left behind, or on a runtime's
     *     thread
     */
    public boolean drain(Duration within) {
        TardyEntry entry = closing();
        if (entry == null || entry.hasEnded()) {
            return entry == null || entry.end().hasLeftNothing();
        }
        entry.drain(within);
        return entry.end().awaitDrain(within, options.stopTimeout());
    }

    private synchronized TardyEntry closing() {
        closed = true;
        return running;
    }

    /** Collects options. Every one has a default. */
    public static final class Builder {

        // TardyOptions reads them.
        AsyncType async = AsyncType.AUTO;
        @Nullable Transport transport;
        Threading threading = Threading.auto();
        Pooling pooling = Pooling.GROW;
        int tasksInitial = 1024;
        int aioReapMax = 1024;
        String threadName = "tardy";
        @Nullable ThreadFactory threadFactory;
        // Not Netty's default, the adaptive one: there, a buffer that the loop's thread has taken
        // and a frame releases does not find its way back to that thread's chunk.
        ByteBufAllocator allocator = PooledByteBufAllocator.DEFAULT;
        UncaughtFrameHandler uncaughtFrame = UncaughtFrameHandler.oncePerKind();
        @Nullable FrameDecorator frameDecorator;
        Duration stopTimeout = Duration.ofSeconds(10);
        Duration stallAfter = Duration.ofSeconds(2);
        StallHandler stalled = StallHandler.logged();
        int offloadThreadsMax = 16;
        Ticker clock = Ticker.systemTicker();
        FrameOrder frameOrder = FrameOrder.FIFO;
        NameResolver nameResolver = NameResolver.system();
        @Nullable Simulation simulation;

        private Builder() {}

        /** Which transport; default {@link AsyncType#AUTO}. One that is named is never replaced. */
        public Builder async(AsyncType async) {
            this.async = async;
            this.transport = null;
            return this;
        }

        /** A transport of your own. */
        public Builder async(Transport transport) {
            this.async = AsyncType.CUSTOM;
            this.transport = transport;
            return this;
        }

        /** How many runtimes; default {@link Threading#auto()}. */
        public Builder threading(Threading threading) {
            this.threading = threading;
            return this;
        }

        /** Whether a runtime makes more tasks than {@code tasksInitial}; default {@code GROW}. */
        public Builder pooling(Pooling pooling) {
            this.pooling = pooling;
            return this;
        }

        /** Task slots of a runtime; default 1024. */
        public Builder tasksInitial(int tasksInitial) {
            this.tasksInitial = tasksInitial;
            return this;
        }

        /** How many events one reap collects at most; default 1024. */
        public Builder aioReapMax(int aioReapMax) {
            this.aioReapMax = aioReapMax;
            return this;
        }

        /** Prefix of the threads' names; default {@code tardy}. */
        public Builder threadName(String threadName) {
            this.threadName = threadName;
            return this;
        }

        /**
         * Makes the runtimes' threads, which must be platform threads; default: Netty's factory. If
         * the factory throws, or makes another kind of thread, the entry starts no runtime and
         * throws.
         */
        public Builder threadFactory(ThreadFactory threadFactory) {
            this.threadFactory = threadFactory;
            return this;
        }

        /**
         * Allocates the buffers of {@code recv()}; default {@link PooledByteBufAllocator#DEFAULT}.
         */
        public Builder allocator(ByteBufAllocator allocator) {
            this.allocator = allocator;
            return this;
        }

        /** Receives the failures of frames; default {@link UncaughtFrameHandler#oncePerKind()}. */
        public Builder uncaughtFrame(UncaughtFrameHandler uncaughtFrame) {
            this.uncaughtFrame = uncaughtFrame;
            return this;
        }

        /** Wraps each frame's body and each offloaded call; none by default. */
        public Builder frameDecorator(FrameDecorator frameDecorator) {
            this.frameDecorator = frameDecorator;
            return this;
        }

        /**
         * How long a stopped runtime waits for its cancelled frames, in real time; default 10
         * seconds.
         */
        public Builder stopTimeout(Duration stopTimeout) {
            this.stopTimeout = stopTimeout;
            return this;
        }

        /**
         * When a loop has not turned for this long, in real time, the handler is called, once per
         * stall: a frame does not give way, a handler blocks, or a lock is not released. Default 2
         * seconds; zero for never. One thread watches all runtimes of the process. The cost for a
         * loop that turns is too small to measure. A pause of the whole machine (a garbage
         * collection, a suspended laptop) is not a stall.
         */
        public Builder stallAfter(Duration stallAfter) {
            this.stallAfter = stallAfter;
            return this;
        }

        /** Receives the stalls of loops; default {@link StallHandler#logged()}. */
        public Builder stalled(StallHandler stalled) {
            this.stalled = stalled;
            return this;
        }

        /**
         * How many platform threads a runtime has at most for {@link TardyRuntime#offload}; default
         * 16. File operations without native support have as many threads of their own, so they
         * never wait for offloaded calls. Threads start when needed and end when idle.
         */
        public Builder offloadThreadsMax(int offloadThreadsMax) {
            this.offloadThreadsMax = offloadThreadsMax;
            return this;
        }

        /**
         * The clock of timers, deadlines and tasks scheduled on the loops; default the system's.
         * For tests and simulation: it may stand still, jump or go back. While a timer runs, the
         * runtimes look at the clock every few milliseconds of real time. The budget of a turn, the
         * shutdown and {@code stopTimeout} are in real time.
         */
        public Builder clock(Ticker clock) {
            this.clock = clock;
            return this;
        }

        /** Which runnable frame runs next; default FIFO. For tests and simulation. */
        public Builder frameOrder(FrameOrder frameOrder) {
            this.frameOrder = frameOrder;
            return this;
        }

        /** Who finds the addresses of hosts; default {@link NameResolver#system()}. */
        public Builder nameResolver(NameResolver nameResolver) {
            this.nameResolver = nameResolver;
            return this;
        }

        /**
         * Builds the Tardy. Starts nothing yet.
         *
         * @throws TransportUnavailableException if the transport cannot be used here; the message
         *     says why
         * @throws IllegalArgumentException if an option is invalid; the message names it
         */
        public Tardy build() {
            return new Tardy(new TardyOptions(this));
        }
    }
}
