package io.tardy.transport.iouring;

import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.ServerChannel;
import io.netty.channel.uring.IoUring;
import io.netty.channel.uring.IoUringDatagramChannel;
import io.netty.channel.uring.IoUringDomainSocketChannel;
import io.netty.channel.uring.IoUringIoHandler;
import io.netty.channel.uring.IoUringIoHandlerConfig;
import io.netty.channel.uring.IoUringServerDomainSocketChannel;
import io.netty.channel.uring.IoUringServerSocketChannel;
import io.netty.channel.uring.IoUringSocketChannel;
import io.netty.util.concurrent.ThreadAwareExecutor;
import io.tardy.aio.AsyncType;
import io.tardy.aio.OpenSocket;
import io.tardy.aio.SocketKind;
import io.tardy.aio.TardyIOException;
import io.tardy.aio.TransportUnavailableException;
import io.tardy.os.DescriptorSocket;
import io.tardy.os.FirstUse;
import io.tardy.spi.AsyncBackend;
import io.tardy.spi.BackendContext;
import io.tardy.spi.ChannelTypes;
import io.tardy.spi.Transport;
import java.util.Optional;

/**
 * Linux io_uring(7), through Netty's native transport. To choose the sizes of the rings, pass an
 * object of this class to {@code Tardy.Builder.async}.
 */
public final class IoUringTransport implements Transport {

    private static final int SUBMISSIONS = 512;
    private static final int COMPLETIONS = 4096;

    /**
     * Threads of the kernel's for a runtime, of either sort: for files on disk, and for the rest.
     * As many as there are in the pools of other transports.
     */
    private static final int WORKERS_MAX = 16;

    private static final FirstUse FIRST_USE = new FirstUse();

    private final int submissions;
    private final int completions;

    /** Rings of the default sizes: 512 submissions, 4096 completions. */
    public IoUringTransport() {
        this(SUBMISSIONS, COMPLETIONS);
    }

    /**
     * Rings of chosen sizes, for each runtime. When the submission queue is full it is handed over
     * early; when the completion queue is full the kernel keeps what has no room, at some cost.
     *
     * @param submissions entries of the submission queue, 1 to 32768; rounded up to a power of two
     * @param completions entries of the completion queue: a power of two, at least {@code
     *     submissions}, at most 65536
     */
    public IoUringTransport(int submissions, int completions) {
        if (submissions < 1 || submissions > 32_768) {
            throw new IllegalArgumentException(
                    "submissions: " + submissions + ", must be from 1 to 32768");
        }
        if (completions < submissions
                || completions > 65_536
                || Integer.bitCount(completions) != 1) {
            throw new IllegalArgumentException(
                    "completions: "
                            + completions
                            + ", must be a power of two from "
                            + submissions
                            + " to 65536");
        }
        this.submissions = submissions;
        this.completions = completions;
    }

    @Override
    public AsyncType type() {
        return AsyncType.IO_URING;
    }

    @Override
    public Optional<String> unavailableBecause() {
        Optional<String> missing = FIRST_USE.refusal();
        if (missing.isPresent()) {
            return missing;
        }
        if (!IoUring.isAvailable()) {
            return Optional.of(IoUringRefusal.explain(IoUring.unavailabilityCause()));
        }
        return RingProbe.refusal(netty(), RingProbe.NEWEST);
    }

    @Override
    public IoHandlerFactory ioHandlerFactory(int aioReapMax) {
        // A reap takes what the completion queue holds; Netty has no further bound for it.
        IoHandlerFactory netty = netty();
        return new IoHandlerFactory() {
            @Override
            public IoHandler newHandler(ThreadAwareExecutor executor) {
                DescriptorSocket.prepare();
                return new ClosingIoHandler(newRing(netty, executor));
            }

            @Override
            public boolean isChangingThreadSupported() {
                return netty.isChangingThreadSupported();
            }
        };
    }

    private IoHandlerFactory netty() {
        return IoUringIoHandler.newFactory(
                new IoUringIoHandlerConfig()
                        .setRingSize(submissions)
                        .setCqSize(completions)
                        .setMaxBoundedWorker(WORKERS_MAX)
                        .setMaxUnboundedWorker(WORKERS_MAX));
    }

    /** The first may be had and a later one not: each counts against the same limits. */
    private static IoHandler newRing(IoHandlerFactory netty, ThreadAwareExecutor executor) {
        try {
            return netty.newHandler(executor);
        } catch (RuntimeException e) {
            throw new TransportUnavailableException(
                    AsyncType.IO_URING, IoUringRefusal.explain(e), e);
        }
    }

    @Override
    public ChannelTypes channelTypes() {
        return new ChannelTypes(
                IoUringIoHandler.class,
                IoUringServerSocketChannel.class,
                IoUringSocketChannel.class,
                IoUringDatagramChannel.class,
                IoUringServerDomainSocketChannel.class,
                IoUringDomainSocketChannel.class);
    }

    @Override
    public AsyncBackend newBackend(BackendContext context) {
        return new IoUringBackend(context);
    }

    @Override
    public OpenSocket openSocket(SocketKind kind) throws TardyIOException {
        return DescriptorSocket.open(kind);
    }

    @Override
    public OpenSocket inheritListener(SocketKind kind, int descriptor) {
        return DescriptorSocket.inherit(kind, descriptor);
    }

    /** As of 4.2.18 Netty's channels for io_uring have no public constructor for it. */
    @Override
    public ServerChannel inheritServerChannel(SocketKind kind, int descriptor) {
        throw new UnsupportedOperationException(
                "Netty's channels for io_uring take no listener of another process: use epoll for"
                        + " this group, or accept from a Socket");
    }
}
