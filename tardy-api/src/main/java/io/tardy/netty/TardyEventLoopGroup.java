package io.tardy.netty;

import io.netty.channel.Channel;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.DuplexChannel;
import io.netty.channel.socket.ServerSocketChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.util.concurrent.DefaultEventExecutorChooserFactory;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.EventExecutorChooserFactory;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.ThreadPerTaskExecutor;
import io.tardy.Backend;
import io.tardy.DrainEvent;
import io.tardy.Tardy;
import io.tardy.TardyRuntime;
import io.tardy.aio.AsyncType;
import io.tardy.runtime.CommonEnd;
import io.tardy.runtime.RuntimeCore;
import io.tardy.runtime.RuntimeThread;
import io.tardy.runtime.SimulatedEnd;
import io.tardy.runtime.TardyAccess;
import io.tardy.runtime.TransportChoice;
import io.tardy.spi.Transport;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A Netty group whose event loops are runtimes: a drop-in replacement for {@code
 * MultiThreadIoEventLoopGroup} and its predecessors.
 *
 * <pre>{@code
 * var group = new TardyEventLoopGroup();
 * new ServerBootstrap().group(group).channel(group.serverSocketChannel())...
 * }</pre>
 *
 * <p>Handlers, options, futures and the shutdown are Netty's, unchanged. What is new: every channel
 * has a runtime ({@link TardyRuntime#of}) that can spawn frames, and {@link FrameChannel} lets a
 * frame read and write a pipeline. A group whose runtimes never spawn a frame needs no JVM flag.
 *
 * <p>{@code shutdownGracefully} closes the channels, waits for the quiet period as Netty does,
 * cancels the remaining frames, and gives them {@code stopTimeout} to end. {@link #drain} has them
 * end first.
 */
public final class TardyEventLoopGroup extends MultiThreadIoEventLoopGroup {

    /** Netty's default: {@code io.netty.eventLoopThreads}, or twice the processors. */
    private static final int DEFAULT_THREADS = 0;

    /** Each runtime has its handler made by its transport; Netty's constructor wants one too. */
    private static final IoHandlerFactory OF_THE_RUNTIME =
            executor -> {
                throw new UnsupportedOperationException("the runtime's transport makes it");
            };

    private final Tardy tardy;
    private final @Nullable SimulatedEnd simulatedEnd;

    /** Netty's default number of threads, on the best transport that works here. */
    public TardyEventLoopGroup() {
        this(DEFAULT_THREADS);
    }

    /**
     * @param threads how many loops; 0 for Netty's default
     */
    public TardyEventLoopGroup(int threads) {
        this(threads, AsyncType.AUTO);
    }

    /**
     * Netty's default number of threads.
     *
     * @throws io.tardy.aio.TransportUnavailableException if the transport cannot be used here; the
     *     message says why
     */
    public TardyEventLoopGroup(AsyncType async) {
        this(DEFAULT_THREADS, async);
    }

    /**
     * @param threads how many loops; 0 for Netty's default
     * @throws io.tardy.aio.TransportUnavailableException if the transport cannot be used here; the
     *     message says why
     */
    public TardyEventLoopGroup(int threads, AsyncType async) {
        this(builder().threads(threads).async(async));
    }

    /**
     * @param threads how many loops; 0 for Netty's default
     * @param threadFactory makes the loops' threads
     */
    public TardyEventLoopGroup(int threads, @Nullable ThreadFactory threadFactory) {
        this(builder().threads(threads).threadFactory(threadFactory));
    }

    /**
     * @param threads how many loops; 0 for Netty's default
     * @param executor runs the loops, each in a thread of its own for as long as it lives
     */
    public TardyEventLoopGroup(int threads, @Nullable Executor executor) {
        this(builder().threads(threads).executor(executor));
    }

    /**
     * @param threads how many loops; 0 for Netty's default
     * @param executor runs the loops, each in a thread of its own for as long as it lives
     * @param chooser says which loop gets the next channel
     */
    public TardyEventLoopGroup(
            int threads, @Nullable Executor executor, EventExecutorChooserFactory chooser) {
        this(builder().threads(threads).executor(executor).chooser(chooser));
    }

    private TardyEventLoopGroup(Builder builder) {
        this(builder, builder.tardy());
    }

    private TardyEventLoopGroup(Builder builder, Tardy tardy) {
        super(
                builder.threads,
                builder.executor,
                OF_THE_RUNTIME,
                builder.chooser,
                new Child(tardy, new AtomicInteger()));
        this.tardy = tardy;
        this.simulatedEnd = simulatedEnd();
    }

    /** When all loops have ended; null if they are not simulated. */
    private @Nullable SimulatedEnd simulatedEnd() {
        if (RuntimeCore.of(firstLoop()).settings().simulation() == null) {
            return null;
        }
        SimulatedEnd end = new SimulatedEnd();
        AtomicInteger left = new AtomicInteger(executorCount());
        for (EventExecutor loop : this) {
            loop.terminationFuture()
                    .addListener(
                            over -> {
                                if (left.decrementAndGet() == 0) {
                                    end.setSuccess(null);
                                }
                            });
        }
        return end;
    }

    @Override
    public Future<?> terminationFuture() {
        return simulatedEnd != null ? simulatedEnd : super.terminationFuture();
    }

    /** A builder with the defaults. */
    public static Builder builder() {
        return new Builder();
    }

    /** Which transport runs, and why each better one does not. */
    public Backend backend() {
        return tardy.backend();
    }

    /**
     * Ends the group in order, and waits for its end; on the thread of a runtime, which cannot wait
     * for itself, only begins: {@link #terminationFuture} tells of the end. Any thread may call it.
     *
     * <ol>
     *   <li>Each listener on a loop takes the connections that the system has accepted for it, and
     *       closes. Handshakes that are under way have 100 ms.
     *   <li>Frames in {@link io.tardy.Frame#idle} end after 100 ms, as in every drain. {@link
     *       TardyRuntime#isDraining} tells frames and handlers that what they send next is the last
     *       for their peers. Handlers of accepted channels see a {@link DrainEvent}.
     *   <li>When no accepted channel is open and no frame is left but daemons, the loops are shut
     *       down, all together. Channels that clients have connected are closed only then.
     *   <li>When {@code within} is over, all frames are cancelled. Their channels are still open,
     *       so that they can say goodbye. When they have ended, or after {@code stopTimeout}, the
     *       loops are shut down, and with them all that is open.
     * </ol>
     *
     * <p>It returns after {@code within} and {@code stopTimeout} at the latest, and a second for
     * loops that do not give way.
     *
     * @param within by the runtimes' clock; of several calls, the one whose time is over first
     *     counts
     * @return true if the group and all of its frames have ended; false if some were left behind,
     *     or on the thread of a runtime
     */
    public boolean drain(Duration within) {
        List<RuntimeCore> runtimes = new ArrayList<>(executorCount());
        List<Future<?>> ends = new ArrayList<>(executorCount());
        for (EventExecutor loop : this) {
            runtimes.add(RuntimeCore.of((IoEventLoop) loop));
            ends.add(loop.terminationFuture()); // ours would need a thread of Netty's more
        }
        long nanos = TimeUnit.NANOSECONDS.convert(within); // saturates
        runtimes.forEach(each -> beginDrain(each, nanos));
        new GroupDrain(runtimes, () -> shutdownGracefully(0, 0, TimeUnit.NANOSECONDS)).begin();
        return new CommonEnd(runtimes, ends).awaitDrain(within, tardy.options().stopTimeout());
    }

    /**
     * A loop whose thread the system refuses has nothing to drain: it ends, and the others go on.
     */
    private static void beginDrain(RuntimeCore runtime, long nanos) {
        try {
            runtime.draining().begin(nanos, DrainEvent.INSTANCE);
        } catch (OutOfMemoryError e) {
            if (!RuntimeThread.isRefused(e)) {
                throw e;
            }
            runtime.stop();
        }
    }

    /** For {@code ServerBootstrap.channel}: TCP. */
    public Class<? extends ServerSocketChannel> serverSocketChannel() {
        return tardy.channelTypes().serverSocket();
    }

    /** For {@code Bootstrap.channel}: TCP. */
    public Class<? extends SocketChannel> socketChannel() {
        return tardy.channelTypes().socket();
    }

    /** For {@code Bootstrap.channel}: UDP. */
    public Class<? extends DatagramChannel> datagramChannel() {
        return tardy.channelTypes().datagram();
    }

    /**
     * For {@code ServerBootstrap.channel}: Unix stream sockets. Their addresses are Netty's {@code
     * DomainSocketAddress}, on {@code poll} the JDK's {@code UnixDomainSocketAddress}.
     */
    public Class<? extends ServerChannel> serverDomainSocketChannel() {
        return tardy.channelTypes().serverDomainSocket();
    }

    /** For {@code Bootstrap.channel}: Unix stream sockets; addresses as for the server's. */
    public Class<? extends DuplexChannel> domainSocketChannel() {
        return tardy.channelTypes().domainSocket();
    }

    /**
     * As Netty's, but it takes no turn. A library that asks this for each connection, as
     * reactor-netty does, would else have its connections on some of the loops only.
     */
    @Override
    public boolean isIoType(Class<? extends IoHandler> handler) {
        return firstLoop().isIoType(handler);
    }

    /** Takes no turn, as {@link #isIoType}. */
    @Override
    public boolean isCompatible(Class<? extends IoHandle> handle) {
        return firstLoop().isCompatible(handle);
    }

    private IoEventLoop firstLoop() {
        return (IoEventLoop) iterator().next();
    }

    /** Called by Netty's constructor, before this one's fields are set. */
    @Override
    protected IoEventLoop newChild(
            Executor executor, IoHandlerFactory ioHandlerFactory, Object... args) {
        Child child = (Child) args[0];
        return TardyAccess.get()
                .newEventLoop(child.tardy(), this, executor, child.nextId().getAndIncrement());
    }

    /** What {@link #newChild} is given. */
    private record Child(Tardy tardy, AtomicInteger nextId) {}

    /** Collects options. Every one has a default. */
    public static final class Builder {

        private int threads = DEFAULT_THREADS;
        private Executor executor;
        private EventExecutorChooserFactory chooser = DefaultEventExecutorChooserFactory.INSTANCE;
        private final Tardy.Builder options = Tardy.builder();
        private Tardy tardy;

        private Builder() {}

        /** How many loops; 0, the default, for Netty's default. */
        public Builder threads(int threads) {
            this.threads = threads;
            return this;
        }

        /** Makes the loops' threads; default Netty's, named after the group. */
        public Builder threadFactory(@Nullable ThreadFactory threadFactory) {
            this.executor = threadFactory == null ? null : new ThreadPerTaskExecutor(threadFactory);
            return this;
        }

        /** Runs the loops, each in a thread of its own for as long as it lives. */
        public Builder executor(@Nullable Executor executor) {
            this.executor = executor;
            return this;
        }

        /** Says which loop gets the next channel; default one after the other. */
        public Builder chooser(EventExecutorChooserFactory chooser) {
            this.chooser = Objects.requireNonNull(chooser, "chooser");
            return this;
        }

        /** Which transport; default {@link AsyncType#AUTO}. One that is named is never replaced. */
        public Builder async(AsyncType async) {
            options.async(async);
            return this;
        }

        /**
         * In place of {@code async}, for a library that chooses the class of its channels by
         * itself: the best transport that works here and carries one of these classes. It counts as
         * one that is named.
         *
         * <pre>{@code
         * builder().carrying(Epoll.isAvailable() ? EpollSocketChannel.class : NioSocketChannel.class)
         * }</pre>
         *
         * @param channels what the library makes: a class that a group of some transport returns,
         *     such as {@code NioSocketChannel}, or one that extends it. Several if it makes what
         *     fits the group
         * @throws io.tardy.aio.TransportUnavailableException if there is no such transport; the
         *     message says why of each
         * @throws IllegalArgumentException if there is no class
         */
        @SafeVarargs
        public final Builder carrying(Class<? extends Channel>... channels) {
            if (channels.length == 0) {
                throw new IllegalArgumentException("carrying: name a class of Netty's channels");
            }
            List<Class<?>> classes = new ArrayList<>(channels.length);
            for (Class<? extends Channel> channel : channels) {
                classes.add(channel);
            }
            return async(TransportChoice.carrying(classes).transport().type());
        }

        /** A transport of your own. */
        public Builder async(Transport transport) {
            options.async(transport);
            return this;
        }

        /**
         * Transport and options of the runtimes, in place of {@code async}: pooling, stop timeout,
         * the handler of uncaught failures and so on. The number and the names of threads are
         * ignored.
         */
        public Builder tardy(Tardy tardy) {
            this.tardy = tardy;
            return this;
        }

        /**
         * Makes the group; a loop's thread starts with its first task or channel.
         *
         * @throws io.tardy.aio.TransportUnavailableException if the transport cannot be used here;
         *     the message says why
         * @throws IllegalStateException if a loop cannot be made, for want of descriptors
         */
        public TardyEventLoopGroup build() {
            try {
                return new TardyEventLoopGroup(this);
            } catch (IllegalStateException e) {
                // Netty says no more than that a loop could not be made; the cause says why.
                if (e.getCause() instanceof IllegalStateException why) {
                    throw why;
                }
                throw e;
            }
        }

        private Tardy tardy() {
            return tardy != null ? tardy : options.build();
        }
    }
}
