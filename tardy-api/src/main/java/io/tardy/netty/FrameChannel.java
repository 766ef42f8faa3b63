package io.tardy.netty;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.ReferenceCountUtil;
import io.tardy.Frame;
import io.tardy.FrameBody;
import io.tardy.TardyRuntime;
import io.tardy.host.AddressRace;
import io.tardy.host.HostAddresses;
import io.tardy.runtime.TaskScheduler;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.channels.ClosedChannelException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A Netty channel in direct style: frames read what comes out of its pipeline and write what goes
 * into it, and wait.
 *
 * <pre>{@code
 * FrameChannel.spawn(channel, frame -> {
 *     for (Object message; (message = frame.read()) != null; ) {
 *         frame.write(answer(message));
 *     }
 * });
 * }</pre>
 *
 * <p><b>Back-pressure.</b> The channel's {@code autoRead} is off. A bounded number of messages is
 * read ahead: 64, or 64 KiB by the channel's message size estimator, and what one read of the
 * transport yields beyond that. {@link #write} waits while the channel is not writable.
 *
 * <p><b>Writes</b> are gathered while the frame runs, and flushed when it waits or gives way: there
 * is no flush to forget.
 *
 * <p><b>The peer's end.</b> A peer that ends its direction, by a FIN or by the close_notify of TLS,
 * has said all it had to say: {@link #read} returns what came before, and then null every time.
 * {@link #write} still works as long as the peer takes it. The channel stays open until the frame
 * closes it, or something else does: a {@code ReadTimeoutHandler} goes on counting. A peer that is
 * gone altogether shows only when something is written to it, as a {@link PipelineException}. For
 * all this, the option {@code ALLOW_HALF_CLOSURE} is set here, which is off by Netty's default. If
 * a program turns it off on {@link #channel}, the answers that are due when the peer ends are lost.
 * Netty 4.2.18 does not support it on Unix sockets of io_uring and poll.
 *
 * <p><b>TLS.</b> A connection that ends without close_notify may have been cut by an attacker:
 * {@link #read} throws a {@link PipelineException} with an {@code SSLException} at that place, and
 * then returns null. Only TLS 1.3 has a half-close: in TLS 1.2 a close_notify is answered at once,
 * and nothing can be written any more. Our own close_notify is sent before the channel is closed.
 * Of TLS in TLS, as through a proxy, the innermost counts. An end that closes the channel at once
 * cannot be told apart: {@link #read} then returns null, as after a reset right behind the
 * handshake, and on the Unix sockets of io_uring and poll.
 *
 * <p><b>References.</b> The caller of {@link #read} releases what it returns. {@link #write}
 * releases its message, also if it throws. At its end the channel releases what was never read.
 *
 * <p><b>Failures</b> of the pipeline are thrown as {@link PipelineException}, once each. The {@link
 * #read} that comes to it throws an exception that no handler took, between the messages before and
 * after; the next call throws the failure of a write. {@link PipelineException#isPeerGone} tells
 * whether the peer has merely left. Other failures that no frame is left to receive go on through
 * the pipeline, at whose end Netty logs them.
 *
 * <p>For frames of the channel's runtime: one may read while another writes. Only {@link #channel}
 * and {@link #toString} may be called from elsewhere.
 */
public final class FrameChannel implements AutoCloseable {

    private final TardyRuntime runtime;
    private final FramePipeline pipeline;

    private FrameChannel(TardyRuntime runtime, Channel channel) {
        this.runtime = runtime;
        this.pipeline = new FramePipeline(runtime, channel);
        channel.pipeline().addLast(pipeline);
    }

    /**
     * Starts a frame on the channel's runtime that reads what comes to the end of the pipeline as
     * it is now; typically called in {@code initChannel}. When the body returns, what it has
     * written goes out and the channel is closed. When it fails, the channel is closed at once, and
     * without the close_notify of TLS: the peer must not take what it has got for all of it. What
     * was not flushed may be lost then. A body that has closed the channel itself has said goodbye.
     *
     * @throws IllegalStateException if the channel lives on no runtime, or if the JVM lacks the
     *     flag that frames need; the message names it
     */
    public static Frame<@Nullable Void> spawn(Channel channel, FrameChannelBody body) {
        Objects.requireNonNull(body, "body");
        FrameChannel frameChannel = attach(channel);
        try {
            return frameChannel.runtime.spawn(new Serving(frameChannel, body));
        } catch (Throwable e) {
            frameChannel.fail();
            throw e;
        }
    }

    /**
     * Gives the pipeline an end that the caller's frames read and write. The caller closes it.
     *
     * <p>An {@code EmbeddedChannel}, which has no runtime, is used from the thread of one: from the
     * frames that read and write and from the test's frame alike; its tasks run in {@code
     * runPendingTasks}.
     *
     * @throws IllegalStateException if the channel lives on no runtime
     */
    public static FrameChannel attach(Channel channel) {
        TardyRuntime runtime =
                channel instanceof EmbeddedChannel
                        ? TardyRuntime.current()
                        : TardyRuntime.of(channel);
        return new FrameChannel(runtime, channel);
    }

    /**
     * Connects, and waits until that is done. The bootstrap's group must be the calling frame's:
     * {@code bootstrap.group(rt.eventLoop())}.
     *
     * @throws IOException if it cannot be connected; if the frame was cancelled or its deadline
     *     passed, after the channel was closed
     * @throws IllegalStateException outside of a frame of the channel's runtime
     */
    public static FrameChannel connect(Bootstrap bootstrap, SocketAddress remote)
            throws IOException {
        TardyRuntime runtime = TardyRuntime.current();
        Attaching attaching = new Attaching(bootstrap.config().handler(), runtime);
        ChannelFuture connecting = bootstrap.clone().handler(attaching).connect(remote);
        try {
            runtime.await(connecting);
            return attaching.attached;
        } catch (ClosedChannelException e) {
            if (attaching.refusal != null) {
                throw attaching.refusal;
            }
            throw e;
        } catch (ChannelException e) {
            throw new IOException("no channel for " + remote + ": " + e.getMessage(), e);
        } catch (IOException | RuntimeException | Error e) {
            if (connecting.cause() == null) { // cancelled, or late; perhaps as it succeeds
                attaching.giveUp(connecting.channel());
            }
            throw e;
        } catch (Exception e) {
            connecting.channel().close();
            throw new IOException(e);
        }
    }

    /**
     * {@link #connect(Bootstrap, SocketAddress)} to a host. The frame waits for the lookup of a
     * name. If the name has several addresses, each is tried: the next one when an attempt fails or
     * has not been answered for 250 ms. IPv4 and IPv6 take turns. The first that connects wins, and
     * the others are closed. So the bootstrap's handler may go into several pipelines, as a {@code
     * ChannelInitializer} can, and should not send anything before this returns.
     *
     * @param host a name or a literal address
     * @throws IOException if the name is unknown; if no address can be connected: the failure of
     *     the first one, the others suppressed; else as of the other form
     * @throws IllegalArgumentException if there is no such port
     * @throws IllegalStateException outside of a frame of the channel's runtime
     */
    public static FrameChannel connect(Bootstrap bootstrap, String host, int port)
            throws IOException {
        TaskScheduler.taskHere("connect"); // before the lookup
        return AddressRace.run(
                HostAddresses.of(host, port),
                new AddressRace.Attempt<>() {
                    @Override
                    public FrameChannel connect(InetSocketAddress address) throws IOException {
                        return FrameChannel.connect(bootstrap, address);
                    }

                    @Override
                    public void close(FrameChannel connected) {
                        connected.close();
                    }
                });
    }

    /**
     * Gives the pipeline its end before it is connected, so that nothing comes too early for it.
     */
    private static final class Attaching extends ChannelInitializer<Channel> {

        private final ChannelHandler before;
        private final TardyRuntime runtime;
        private FrameChannel attached;
        private IllegalStateException refusal;

        Attaching(ChannelHandler before, TardyRuntime runtime) {
            this.before = before;
            this.runtime = runtime;
        }

        @Override
        protected void initChannel(Channel channel) {
            if (TardyRuntime.of(channel) != runtime) {
                refusal =
                        new IllegalStateException(
                                channel
                                        + " lives on "
                                        + TardyRuntime.of(channel)
                                        + ", its frame on "
                                        + runtime
                                        + ": use bootstrap.group(rt.eventLoop())");
                channel.close();
                return;
            }
            if (before != null) {
                channel.pipeline().addLast(before);
            }
            attached = attach(channel);
        }

        /** No frame takes it, nor what it has received. */
        void giveUp(Channel channel) {
            if (attached == null) {
                channel.close();
            } else {
                attached.close();
            }
        }
    }

    /** The channel, for its attributes, addresses and options. */
    public Channel channel() {
        return pipeline.channel();
    }

    /**
     * The next message; waits for it.
     *
     * @return a message, which the caller releases, or null at the end: the peer has ended its
     *     direction, or the channel is closed
     * @throws PipelineException if the pipeline has failed, or TLS has ended without close_notify
     * @throws io.tardy.aio.CancelledException if the frame was cancelled; no message is lost
     * @throws io.tardy.aio.DeadlineExceededException if it had to wait beyond its deadline; no
     *     message is lost
     * @throws IllegalStateException outside of a frame of this runtime, or if another frame reads
     */
    public @Nullable Object read() throws IOException {
        return pipeline.read();
    }

    /**
     * The next message, which must be of this type.
     *
     * @return as {@link #read()}
     * @throws ClassCastException if it is of another type; that message is released
     */
    public <T> @Nullable T read(Class<T> type) throws IOException {
        Object message = read();
        if (message == null || type.isInstance(message)) {
            return type.cast(message);
        }
        ReferenceCountUtil.release(message);
        throw new ClassCastException(
                "read a "
                        + message.getClass().getName()
                        + ", not a "
                        + type.getName()
                        + ": is the handler that makes them in the pipeline?");
    }

    /**
     * Writes a message; waits while the channel is not writable. It goes out when the frame waits
     * or gives way; a failure is thrown by the next call.
     *
     * @param message released by the pipeline, or here if this throws
     * @throws ClosedChannelException if the channel is closed
     * @throws PipelineException if the pipeline has failed
     * @throws io.tardy.aio.CancelledException if the frame was cancelled
     * @throws io.tardy.aio.DeadlineExceededException if it had to wait beyond its deadline
     * @throws IllegalStateException outside of a frame of this runtime, or if another frame waits
     *     to write
     */
    public void write(Object message) throws IOException {
        Objects.requireNonNull(message, "message");
        boolean taken = false;
        try {
            pipeline.awaitWritable();
            pipeline.write(message);
            taken = true;
        } finally {
            if (!taken) {
                ReferenceCountUtil.release(message);
            }
        }
    }

    /** {@link #write}, then {@link #flush}. */
    public void writeAndFlush(Object message) throws IOException {
        write(message);
        flush();
    }

    /**
     * Waits until all that was written has been given to the system.
     *
     * @throws PipelineException if a write has failed
     * @throws io.tardy.aio.CancelledException if the frame was cancelled; what was written still
     *     goes out
     * @throws io.tardy.aio.DeadlineExceededException if it had to wait beyond its deadline; what
     *     was written still goes out
     */
    public void flush() throws IOException {
        pipeline.flush();
    }

    /**
     * Closes the channel and releases what was not read; does not wait. What was written and has
     * not gone out is lost: {@link #flush} first. Closing again does nothing.
     */
    @Override
    public void close() {
        pipeline.finish();
    }

    /** {@link #close}, of which TLS does not say goodbye. */
    private void fail() {
        pipeline.cut();
        pipeline.finish();
    }

    @Override
    public String toString() {
        return "frame of " + channel();
    }

    /** What its frame does. */
    private record Serving(FrameChannel channel, FrameChannelBody body)
            implements FrameBody, AutoCloseable {

        @Override
        public void run() throws Exception {
            boolean isDone = false;
            try {
                body.run(channel);
                isDone = true; // a flush that is given up leaves it on its way, before the goodbye
                if (channel.channel().isActive()) {
                    channel.flush();
                }
            } catch (PipelineException e) {
                isDone = false;
                throw e;
            } finally {
                if (!isDone) {
                    channel.pipeline.cut();
                }
                channel.close();
            }
        }

        /** The decorator of frames has failed. */
        @Override
        public void close() {
            channel.fail();
        }
    }
}
