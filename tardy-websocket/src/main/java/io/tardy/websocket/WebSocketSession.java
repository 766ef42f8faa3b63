package io.tardy.websocket;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.CodecException;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.TooLongFrameException;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CorruptedWebSocketFrameException;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.handler.timeout.IdleStateEvent;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import io.tardy.netty.PipelineException;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.zip.DataFormatException;

/**
 * The loop's half of a connection: answers pings, closes, watches for idleness and writes what was
 * posted. Data frames go on to the frame's half, {@link WebSocketConnection}.
 *
 * <p>How a session ends, and only forwards:
 *
 * <pre>
 * open -> ending    the peer has closed, has broken the protocol or has ended its direction without
 *                   a close frame: the frame receives what came before, and then has its close
 *                   frame sent (in the last case none); after closeTimeout it is sent anyhow
 * open -> closing   we have sent a close frame first: nothing is received or sent any more
 * ending -> closing the frame has received all, or has found a violation in what it has received
 * closing -> closed the peer has answered, or closeTimeout is over
 * </pre>
 *
 * <p>All methods but {@link #execute} and those of the volatile fields are for the loop's thread.
 */
final class WebSocketSession extends ChannelDuplexHandler {

    /** In the place of a frame: after it nothing comes. */
    static final Object END = new Object();

    private final Settings settings;
    private final boolean isServer;
    private final OutboundQueue outbound;
    private final Drain drain = new Drain(this::execute, this::writePosted);
    private final ChannelFutureListener written = this::written;

    private final Channel channel;
    private ChannelHandlerContext context;
    private Future<?> timer;
    private ByteBuf pongOwed;

    /** Whether the transport was asked for more; in the handshake it was. */
    private boolean reading = true;

    /** Data frames that went on to the frame's half and were not received yet. */
    private int unreceived;

    private boolean receives;

    /** Whether we have closed first, or the frame has found a violation. */
    private boolean stopped;

    private boolean ending;
    private boolean isViolated;
    private boolean peerClosed;
    private boolean inputEnded;

    /** The close frame is behind what frames have sent, and goes out a task later. */
    private boolean closeSent;

    /** Its write; null as long as it has not begun, and if the connection was gone before. */
    private ChannelFuture closeWrite;

    private volatile boolean closing;
    private volatile CloseStatus status;

    WebSocketSession(Channel channel, Settings settings, boolean isServer) {
        this.channel = channel;
        this.settings = settings;
        this.isServer = isServer;
        this.outbound = new OutboundQueue(settings.outboundBytesMax(), settings.overflow());
    }

    // Any thread.

    OutboundQueue outbound() {
        return outbound;
    }

    /** Null while the connection is open. */
    CloseStatus status() {
        return status;
    }

    /** Whether our close frame is on its way, or the connection is gone: sends come too late. */
    boolean isClosing() {
        return closing;
    }

    /** Runs on the loop, soon; not at all once the loop has ended, which closes the channel. */
    void execute(Runnable action) {
        try {
            channel.eventLoop().execute(action);
        } catch (RejectedExecutionException e) {
            outbound.end();
        }
    }

    /** Something was added to the queue. */
    void scheduleDrain() {
        drain.schedule();
    }

    // The frame's half, on the same thread.

    void receives() {
        receives = true;
    }

    void received() {
        unreceived--;
    }

    /** Whether what was not received never will be. */
    boolean isStopped() {
        return stopped;
    }

    /**
     * What was received breaks the protocol: nothing behind it is, not even what has come already.
     * The status is set before the frame is told of the end; where the loop has found another
     * violation, behind this one, that one's stays.
     */
    void stopAt(CloseStatus violation) {
        stopped = true;
        if (closing) {
            execute(() -> violate(violation.code(), violation.reason()));
            return;
        }
        if (!isViolated) {
            status = violation;
        }
        ending = true;
        isViolated = true;
        execute(this::answer); // behind the task that writes what sends have taken
    }

    // Closing.

    /** Sends a close frame, behind what was posted, and waits for the peer's. */
    void close(CloseStatus with) {
        if (closing) {
            return;
        }
        if (ending) {
            answer();
            return;
        }
        status = with;
        stopped = true;
        context.fireChannelRead(END);
        beginClose();
        execute(() -> writeClose(with)); // behind the task that writes what sends have taken
        closeAfter(settings.closeTimeout().toNanos());
        readOn();
    }

    /**
     * The queue is full and the policy is to give the peer up; it will not read the rest either.
     */
    void overflow() {
        outbound.end();
        close(new CloseStatus(CloseStatus.TRY_AGAIN_LATER, "too slow"));
    }

    /** The frame has received all that came before the end, or it is late. */
    void answer() {
        if (closing || !ending) {
            return;
        }
        beginClose();
        writeClose(status);
    }

    /** From now on sends throw. What they have taken before may still wait to be written. */
    private void beginClose() {
        closing = true;
        cancelTimer();
        releasePong();
    }

    private void writeClose(CloseStatus with) {
        writeAllPosted();
        outbound.end();
        closeSent = true;
        closeWrite =
                context.writeAndFlush(
                                with.code() == CloseStatus.ABNORMAL
                                        ? Unpooled.EMPTY_BUFFER
                                        : with.toFrame())
                        .addListener(written);
        if (isViolated || inputEnded) {
            lingerAfterClose();
        } else if (peerClosed) {
            closeAfterPeer();
        }
    }

    /** Not before the close frame is out: to end our direction drops what waits to be written. */
    private void lingerAfterClose() {
        if (closeWrite != null) {
            closeAfter(settings.closeTimeout().toNanos()); // the peer may not take it
            closeWrite.addListener(sent -> linger());
        }
    }

    private void linger() {
        cancelTimer();
        LingeringClose.begin(channel, settings.closeTimeout());
    }

    /**
     * The server ends the connection first, so that it is the client's port that stays taken for a
     * while; what a peer has sent behind its close frame must not make a reset of that (RFC 6455,
     * 7.1.1).
     */
    private void closeAfterPeer() {
        if (isServer) {
            lingerAfterClose();
        } else {
            closeAfter(settings.closeTimeout().toNanos());
            readOn();
        }
    }

    private void closeAfter(long nanos) {
        cancelTimer();
        timer = context.executor().schedule(() -> context.close(), nanos, TimeUnit.NANOSECONDS);
    }

    private void cancelTimer() {
        if (timer != null) {
            timer.cancel(false);
            timer = null;
        }
    }

    private void peerCloses(CloseWebSocketFrame frame) {
        try {
            CloseStatus with = CloseStatus.of(frame);
            peerClosed = true;
            if (closeSent) {
                closeAfterPeer();
            } else if (!closing) {
                end(with);
            }
        } catch (CloseStatus.Violation e) {
            violate(e.code(), e.getMessage());
        } finally {
            frame.release();
        }
    }

    /** The peer sends no more, and if it has sent no close frame it never will. */
    private void inputEnds() {
        inputEnded = true;
        if (closeSent) {
            lingerAfterClose();
        } else if (!closing) {
            end(new CloseStatus(CloseStatus.ABNORMAL, ""));
        }
    }

    /** Found by the loop; or by a late frame, in what the peer has sent before its close frame. */
    private void violate(int code, String reason) {
        if (closeSent) {
            lingerAfterClose();
            return;
        }
        if (closing) {
            isViolated = true;
            return;
        }
        CloseStatus with = new CloseStatus(code, reason);
        if (ending && !isViolated) {
            status = with;
        }
        isViolated = true;
        end(with);
    }

    /** The peer's side is over. Whoever receives finds out in order; else he is not waited for. */
    private void end(CloseStatus with) {
        if (ending) {
            return;
        }
        ending = true;
        status = with;
        context.fireChannelRead(END);
        if (unreceived == 0 && !receives) {
            answer();
        } else {
            timer =
                    context.executor()
                            .schedule(
                                    this::answer,
                                    settings.closeTimeout().toNanos(),
                                    TimeUnit.NANOSECONDS);
        }
    }

    // Posted messages and pongs go out while the channel is writable.

    private void writePosted() {
        boolean isWritten = false;
        for (Object message; channel.isWritable() && (message = outbound.poll()) != null; ) {
            context.write(message).addListener(written);
            isWritten = true;
        }
        if (isWritten) {
            context.flush();
        }
    }

    private void writeAllPosted() {
        for (Object message; (message = outbound.poll()) != null; ) {
            context.write(message).addListener(written);
        }
    }

    /** Nobody waits for what was posted, or for a close frame: whoever receives hears of it. */
    private void written(ChannelFuture write) {
        if (!write.isSuccess()
                && channel.isActive()
                && !PipelineException.meansPeerGone(write.cause())) {
            context.fireExceptionCaught(write.cause());
            close(new CloseStatus(CloseStatus.INTERNAL_ERROR, "internal error"));
        }
    }

    /** The newest ping is answered; a peer who does not read gets no more than that. */
    private void owePong(ByteBuf content) {
        releasePong();
        if (closing) {
            content.release();
        } else {
            pongOwed = content;
        }
    }

    private void writePong() {
        if (pongOwed != null && channel.isWritable()) {
            context.writeAndFlush(new PongWebSocketFrame(pongOwed));
            pongOwed = null;
        }
    }

    private void releasePong() {
        if (pongOwed != null) {
            pongOwed.release();
            pongOwed = null;
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext from) {
        if (channel.isWritable()) {
            writePong();
            writePosted();
        }
        from.fireChannelWritabilityChanged();
    }

    @Override
    public void write(ChannelHandlerContext from, Object message, ChannelPromise promise) {
        if (closeSent) {
            ReferenceCountUtil.release(message);
            promise.setFailure(new ClosedChannelException());
        } else {
            from.write(message, promise);
        }
    }

    // What comes.

    @Override
    public void channelRead(ChannelHandlerContext from, Object message) {
        if (message instanceof CloseWebSocketFrame close) {
            peerCloses(close);
        } else if (message instanceof PingWebSocketFrame ping) {
            owePong(ping.content());
            writePong();
        } else if (message instanceof PongWebSocketFrame
                || !(message instanceof WebSocketFrame)
                || ending
                || closing) {
            ReferenceCountUtil.release(message);
        } else {
            unreceived++;
            from.fireChannelRead(message);
        }
    }

    @Override
    public void read(ChannelHandlerContext from) {
        reading = true;
        from.read();
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext from) {
        reading = false;
        from.fireChannelReadComplete();
        if (closing) {
            readOn();
        }
    }

    /** The frame's half reads no more, and the peer's close frame is still to come. */
    private void readOn() {
        if (!reading && channel.isActive()) {
            read(context);
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext from, Object event) {
        if (event instanceof ChannelInputShutdownEvent) {
            inputEnds();
            from.fireUserEventTriggered(event);
        } else if (!(event instanceof IdleStateEvent idle)) {
            from.fireUserEventTriggered(event);
        } else if (reading && !closing && !ending) {
            if (idle.isFirst()) {
                from.writeAndFlush(new PingWebSocketFrame());
            } else {
                close(new CloseStatus(CloseStatus.GOING_AWAY, "idle"));
            }
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext from, Throwable cause) {
        boolean isGone = PipelineException.meansPeerGone(cause);
        if (!channel.isActive()) {
            if (!isGone && !isViolation(cause)) {
                from.fireExceptionCaught(cause);
            }
            return; // handlers tell what they had begun with; it is over
        }
        if (cause instanceof CorruptedWebSocketFrameException corrupted) {
            violate(corrupted.closeStatus().code(), corrupted.getMessage());
        } else if (cause instanceof TooLongFrameException) {
            violate(CloseStatus.TOO_BIG, "the message is too long");
        } else if (isGone) {
            from.close();
        } else if (cause instanceof IOException || cause.getCause() instanceof IOException) {
            from.fireExceptionCaught(cause); // TLS: the frame hears of it
            from.close();
        } else if (isViolation(cause)) {
            violate(CloseStatus.INVALID_DATA, "the message cannot be decoded");
        } else {
            from.fireExceptionCaught(cause);
        }
    }

    /** A decoder that fails for another reason has a fault, and that is not the peer's. */
    private static boolean isViolation(Throwable cause) {
        return cause instanceof DecoderException
                && (cause.getCause() == null
                        || cause.getCause() instanceof CodecException
                        || cause.getCause() instanceof DataFormatException);
    }

    @Override
    public void channelInactive(ChannelHandlerContext from) {
        closing = true;
        closeSent = true;
        if (status == null) {
            status = new CloseStatus(CloseStatus.ABNORMAL, "");
        }
        cancelTimer();
        releasePong();
        outbound.end();
        from.fireChannelInactive();
    }

    @Override
    public void handlerAdded(ChannelHandlerContext added) {
        context = added;
    }
}
