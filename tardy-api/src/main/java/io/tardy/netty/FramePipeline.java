package io.tardy.netty;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.MessageSizeEstimator;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.ReferenceCountUtil;
import io.tardy.FrameBody;
import io.tardy.TardyRuntime;
import io.tardy.aio.AsyncType;
import io.tardy.runtime.RuntimeCore;
import io.tardy.runtime.TardyAccess;
import io.tardy.runtime.TaskScheduler;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.util.ArrayDeque;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.UnaryOperator;

/**
 * The end of a pipeline that faces frames. The channel's loop calls the handler's methods, and
 * frames of the same runtime call the others. All run on one thread, so nothing is guarded.
 *
 * <p>Frames never enter the pipeline: if a frame were suspended in a handler, the loop could enter
 * that handler again. So writes of frames are queued, and one task of the loop writes them all, in
 * the turn in which the frame gives way.
 */
final class FramePipeline extends ChannelInboundHandlerAdapter {

    /** How much may wait for a reader before reading ahead stops. */
    private static final int UNREAD_MAX = 64;

    private static final int UNREAD_BYTES_MAX = 64 * 1024;

    /** How much may wait for the loop before the writer has to wait. */
    private static final int UNSENT_MAX = 64;

    private final TardyRuntime runtime;
    private final TaskScheduler tasks;
    private final Channel channel;
    private final boolean readsAreSubmissions;
    private final boolean splicesRegions;

    /** Null if frames are not decorated. */
    private final UnaryOperator<FrameBody> decoration;

    private final MessageSizeEstimator.Handle sizes;
    private final ChannelFutureListener written = this::written;
    private final Runnable send = this::send;

    private final Waiting reader;
    private final Waiting writer;

    private final ArrayDeque<Object> unread = new ArrayDeque<>();
    private final ArrayDeque<Object> unsent = new ArrayDeque<>();
    private long unreadBytes;
    private ChannelHandlerContext context;
    private Throwable writeFailure;
    private Throwable missed;
    private boolean inputEnded;
    private boolean readRequested;
    private boolean readWanted;
    private boolean sendScheduled;
    private int writesPending;
    private boolean finished;
    private boolean isCut;

    FramePipeline(TardyRuntime runtime, Channel channel) {
        this.runtime = runtime;
        this.tasks = RuntimeCore.of(runtime.eventLoop()).scheduler();
        this.channel = channel;
        boolean isOnIoUring = runtime.backend().type() == AsyncType.IO_URING;
        this.readsAreSubmissions = isOnIoUring;
        this.splicesRegions = isOnIoUring;
        this.decoration = decoration(runtime);
        this.sizes = channel.config().getMessageSizeEstimator().newHandle();
        this.reader = new Waiting("reads from");
        this.writer = new Waiting("writes to");
    }

    @SuppressWarnings("unchecked") // of bodies
    private static UnaryOperator<FrameBody> decoration(TardyRuntime runtime) {
        return (UnaryOperator<FrameBody>) TardyAccess.get().decoration(runtime);
    }

    Channel channel() {
        return channel;
    }

    // What frames call.

    Object read() throws IOException {
        tasks.currentTask("read"); // there must be one
        if (unread.isEmpty()) {
            awaitMessage();
        }
        Object message = unread.poll();
        if (message instanceof Failure failed) {
            throw new PipelineException(channel, failed.cause());
        }
        if (message != null) {
            unreadBytes -= sizes.size(message);
            readAhead();
        }
        return message;
    }

    private void awaitMessage() throws IOException {
        while (unread.isEmpty()) {
            throwWriteFailure();
            if (inputEnded || finished) {
                return;
            }
            readAhead();
            reader.await("read");
        }
    }

    /** Waits until something may be written. */
    void awaitWritable() throws IOException {
        tasks.currentTask("write"); // there must be one
        for (; ; ) {
            throwWriteFailure();
            if (finished || !channel.isOpen()) {
                throw new ClosedChannelException();
            }
            if (unsent.size() < UNSENT_MAX && (channel.isWritable() || !channel.isActive())) {
                return;
            }
            writer.await("write");
        }
    }

    /** Takes the message over, unless it throws. */
    void write(Object message) {
        scheduleSend(); // first: where memory is short it fails, and a send of nothing does no harm
        Object sent = splicesRegions ? FarFileRegion.inPlaceOf(message) : message;
        unsent.add(decoration == null ? sent : new ContextWrite(sent));
        writesPending++;
        if (!sendScheduled) {
            dropUnsent(); // the loop has ended
        }
    }

    void flush() throws IOException {
        tasks.currentTask("flush"); // there must be one
        while (writesPending > 0) {
            throwWriteFailure();
            writer.await("flush");
        }
        throwWriteFailure();
    }

    /** What was to be written was not: the end must not look like one that was meant. */
    void cut() {
        isCut = !finished;
    }

    /** The channel is closed: no frame reads or writes any more. */
    void finish() {
        if (finished) {
            return;
        }
        finished = true;
        missed = failureMissed();
        releaseUnread();
        reader.wake();
        writer.wake();
        scheduleSend();
    }

    /** The first failure that no frame has been told of. A peer that has left is none. */
    private Throwable failureMissed() {
        if (writeFailure != null && !PeerDisconnect.isCauseOf(writeFailure)) {
            return writeFailure;
        }
        for (Object message : unread) {
            if (message instanceof Failure failed && !PeerDisconnect.isCauseOf(failed.cause())) {
                return failed.cause();
            }
        }
        return null;
    }

    private void readAhead() {
        if (!readRequested && !inputEnded && hasRoom()) {
            scheduleSend();
            readRequested = true;
            readWanted = true;
        }
    }

    private boolean hasRoom() {
        return unread.size() < UNREAD_MAX && unreadBytes < UNREAD_BYTES_MAX;
    }

    private void scheduleSend() {
        if (sendScheduled) {
            return;
        }
        try {
            channel.eventLoop().execute(send);
            sendScheduled = true;
        } catch (RejectedExecutionException e) {
            dropUnsent(); // the loop has ended, and has closed the channel
        }
    }

    private void throwWriteFailure() throws PipelineException {
        if (writeFailure != null) {
            Throwable cause = writeFailure;
            writeFailure = null;
            throw new PipelineException(channel, cause);
        }
    }

    // What the loop calls.

    private void send() {
        sendScheduled = false;
        if (context == null) {
            closedBeforeAdded();
            return;
        }
        if (!unsent.isEmpty()) {
            for (Object message; (message = unsent.poll()) != null; ) {
                if (message instanceof ContextWrite write) {
                    write.begin();
                } else {
                    context.write(message).addListener(written);
                }
            }
            context.flush();
            writer.wake();
        }
        if (readWanted) {
            readWanted = false;
            context.read();
        }
        if (finished) {
            try {
                if (isCut && TlsEnd.isKnown()) {
                    TlsEnd.leaveOut(context.pipeline());
                }
                forwardMissed(); // to handlers that may close it
            } finally {
                context.close();
            }
        }
    }

    /** Netty logs it at the end of the pipeline, unless a handler takes it first. */
    private void forwardMissed() {
        if (missed != null) {
            Throwable cause = missed;
            missed = null;
            context.fireExceptionCaught(cause);
        }
    }

    /** The channel ended before this was added to its pipeline, so no event of it comes here. */
    private void closedBeforeAdded() {
        dropUnsent();
        endInput();
        writer.wake();
    }

    private void written(ChannelFuture write) {
        writesPending--;
        if (!write.isSuccess()) {
            writeFailed(write.cause());
        } else if (writesPending == 0) {
            writer.wake();
        }
    }

    private void writeFailed(Throwable cause) {
        if (finished) {
            isCut = true;
            reportUnlessClosed(cause);
        } else if (writeFailure == null) {
            writeFailure = cause; // those that follow only say that it is closed
        }
        reader.wake();
        writer.wake();
    }

    /** Goes through the pipeline in the context of the frame that has written it. */
    private final class ContextWrite implements FrameBody, AutoCloseable {

        private final Object message;
        private final FrameBody inContext;

        ContextWrite(Object message) {
            this.message = message;
            this.inContext = decoration.apply(this);
        }

        void begin() {
            try {
                inContext.run();
            } catch (Throwable t) { // the decorator's
                writeFailed(t);
            }
        }

        @Override
        public void run() {
            context.write(message).addListener(written);
        }

        /** It never goes. */
        @Override
        public void close() {
            writesPending--;
            ReferenceCountUtil.release(message);
        }
    }

    private void endInput() {
        inputEnded = true;
        reader.wake();
    }

    private void releaseUnread() {
        for (Object message; (message = unread.poll()) != null; ) {
            ReferenceCountUtil.release(message);
        }
        unreadBytes = 0;
    }

    private void dropUnsent() {
        for (Object message; (message = unsent.poll()) != null; ) {
            if (message instanceof ContextWrite write) {
                write.close();
            } else {
                writesPending--;
                ReferenceCountUtil.release(message);
            }
        }
        writer.wake();
    }

    @Override
    public void handlerAdded(ChannelHandlerContext added) {
        context = added;
        channel.config().setAutoRead(false);
        channel.config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
        if (!channel.isOpen() || isHalfClosed()) {
            endInput(); // no other event says so
        }
        if (channel.isActive() && !readRequested) {
            readRequested = true;
            added.read();
        }
    }

    private boolean isHalfClosed() {
        return channel.isActive()
                && channel instanceof DuplexChannel duplex
                && duplex.isInputShutdown();
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext removed) {
        endInput();
        writer.wake();
    }

    @Override
    public void channelActive(ChannelHandlerContext active) {
        if (!readRequested) {
            readRequested = true;
            active.read();
        }
        active.fireChannelActive();
    }

    @Override
    public void channelRead(ChannelHandlerContext from, Object message) {
        if (finished) {
            ReferenceCountUtil.release(message);
            return;
        }
        unread.add(message);
        unreadBytes += sizes.size(message);
        reader.wake();
    }

    /**
     * An interest is renewed at once, while that costs nothing. A submission waits for the writes
     * of the frame: alone it would make Netty enter the kernel before the reap is over.
     */
    @Override
    public void channelReadComplete(ChannelHandlerContext from) {
        readRequested = false;
        if (finished) {
            return;
        }
        if (readsAreSubmissions) {
            readAhead();
        } else if (!inputEnded && hasRoom()) {
            readRequested = true;
            from.read();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext inactive) {
        endInput();
        writer.wake();
        inactive.fireChannelInactive();
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext from, Object event) {
        if (event instanceof ChannelInputShutdownEvent
                || TlsEnd.isKnown() && TlsEnd.isCloseNotify(event)) {
            inputShutDown(from);
        }
        from.fireUserEventTriggered(event);
    }

    /** The frame may still write, except where TLS has not even begun. */
    private void inputShutDown(ChannelHandlerContext from) {
        TlsEnd.Truncation truncation =
                inputEnded || !TlsEnd.isKnown() ? null : TlsEnd.truncationOf(from.pipeline());
        if (truncation != null) {
            exceptionCaught(from, truncation);
        }
        endInput();
        if (truncation != null && truncation.isInHandshake()) {
            from.close();
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext from) {
        writer.wake();
        from.fireChannelWritabilityChanged();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext from, Throwable cause) {
        if (!finished) {
            unread.add(new Failure(cause)); // in its place among the messages
            reader.wake();
        } else {
            reportUnlessClosed(cause);
        }
    }

    /** No frame is there to throw it to. A failure of a closed channel is not worth a report. */
    private void reportUnlessClosed(Throwable cause) {
        if (!PeerDisconnect.isCauseOf(cause)) {
            context.fireExceptionCaught(cause);
        }
    }

    /** A failure of the pipeline, between two messages. */
    private record Failure(Throwable cause) {}

    /** The only frame that waits in a direction. */
    private final class Waiting {

        private static final long NONE = -1;

        private final String verb;
        private long task = NONE;

        Waiting(String verb) {
            this.verb = verb;
        }

        void await(String operation) throws IOException {
            if (task != NONE) {
                throw new IllegalStateException("another frame " + verb + " " + channel);
            }
            task = tasks.currentTask(operation);
            try {
                tasks.triggerAwait(operation);
            } finally {
                task = NONE;
            }
        }

        void wake() {
            if (task != NONE) {
                runtime.trigger(task);
            }
        }
    }
}
