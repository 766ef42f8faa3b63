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
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.handler.timeout.IdleStateEvent;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import io.tardy.DrainEvent;
import io.tardy.netty.PipelineException;
import io.tardy.websocket.SessionState.PeerEnd;
import io.tardy.websocket.SessionState.Phase;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

/**
 * The loop's half of a connection: answers pings, closes, watches for idleness and writes what was
 * posted. Data frames go on to the frame's half, {@link WebSocketConnection}. {@link SessionState}
 * says how a session ends.
 *
 * <p>Every thread may call {@link #execute}, {@link #scheduleDrain} and the methods that only
 * report something; all others are for the loop's thread.
 */
final class WebSocketSession extends ChannelDuplexHandler {

    /** Goes on in place of a data frame: no more follow. */
    static final Object END = new Object();

    private final Settings settings;
    private final boolean isServer;
    private final SessionState state = new SessionState();
    private final OutboundQueue outbound;
    private final Drain drain = new Drain(this::execute, this::writePosted);
    private final ChannelFutureListener written = this::written;

    private final Channel channel;
    private ChannelHandlerContext context;
    private Future<?> timer;
    private ByteBuf pongOwed;

    /** The transport was asked for more; the handshake has already done so. */
    private boolean isReading = true;

    /** The write of the close frame; null until it begins. */
    private ChannelFuture closeWrite;

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
        return state.status();
    }

    /** Sends come too late. */
    boolean isClosing() {
        return state.isClosing();
    }

    /** Runs the action on the loop, soon. A loop that has ended has closed the channel: no-op. */
    void execute(Runnable action) {
        try {
            channel.eventLoop().execute(action);
        } catch (RejectedExecutionException e) {
            outbound.end();
        }
    }

    /** Call this after adding to the queue. */
    void scheduleDrain() {
        drain.schedule();
    }

    // The frame's half, on the same thread.

    void receiverStarted() {
        state.receiverStarted();
    }

    void received() {
        state.received();
    }

    /** Data that is still queued is never received. */
    boolean isReceiverStopped() {
        return state.isReceiverStopped();
    }

    /**
     * Closes because of a violation in what was received. Nothing behind it is received, not even
     * what is here already. The status is set before the frame learns of the end. If the loop has
     * found another violation, behind this one, the status of that one stays.
     */
    void stopReceiver(CloseStatus violation) {
        if (state.stopReceiver(violation)) {
            execute(this::answerPeer); // behind the task that writes what frames have sent
        } else {
            execute(() -> violate(violation));
        }
    }

    // Closing.

    /** Sends a close frame, behind what was posted, and waits for the peer's. */
    void close(CloseStatus with) {
        if (!state.close(with)) {
            answerPeer();
            return;
        }
        beginClose();
        context.fireChannelRead(END);
        execute(() -> writeClose(with)); // behind the task that writes what frames have sent
        closeAfterTimeout();
        readOn();
    }

    /** {@link #close} because the server ends. */
    void goAway() {
        close(new CloseStatus(CloseStatus.GOING_AWAY, "server shutdown"));
    }

    /** Closes because the queue is full; the peer would not read the rest either. */
    void closeForOverflow() {
        outbound.end();
        close(new CloseStatus(CloseStatus.TRY_AGAIN_LATER, "too slow"));
    }

    /**
     * Answers the end of the peer's direction, once the frame has received everything or is late.
     */
    void answerPeer() {
        if (state.answerPeer()) {
            beginClose();
            writeClose(state.status());
        }
    }

    private void beginClose() {
        cancelTimer();
        releasePong();
    }

    private void writeClose(CloseStatus with) {
        if (state.phase() != Phase.CLOSING) {
            return; // the connection is gone
        }
        writeAllPosted();
        outbound.end();
        closeWrite =
                context.writeAndFlush(
                                with.code() == CloseStatus.ABNORMAL
                                        ? Unpooled.EMPTY_BUFFER
                                        : with.toFrame())
                        .addListener(written);
        if (state.closeSent()) {
            closeChannel(state.peerEnd());
        }
    }

    /** Closes the channel, once the close frame is out and the peer has ended its direction. */
    private void closeChannel(PeerEnd peerEnd) {
        switch (peerEnd) {
            case NONE -> {} // the peer's close frame is still to come
            case CLOSE_FRAME -> closeAfterHandshake();
            case END_OF_INPUT, VIOLATION -> lingerAfterClose();
        }
    }

    /**
     * The server closes the connection first, so that the client's port is the one that stays in
     * TIME_WAIT. It lingers: data behind the peer's close frame must not cause a reset (RFC 6455,
     * section 7.1.1).
     */
    private void closeAfterHandshake() {
        if (isServer) {
            lingerAfterClose();
        } else {
            closeAfterTimeout();
            readOn();
        }
    }

    /** Waits for the close frame to go out: ending our direction drops pending writes. */
    private void lingerAfterClose() {
        closeAfterTimeout(); // the peer may not take it
        closeWrite.addListener(sent -> linger());
    }

    private void linger() {
        cancelTimer();
        LingeringClose.begin(channel, settings.closeTimeout());
    }

    private void closeAfterTimeout() {
        afterCloseTimeout(context::close);
    }

    private void afterCloseTimeout(Runnable action) {
        cancelTimer();
        timer =
                context.executor()
                        .schedule(action, settings.closeTimeout().toNanos(), TimeUnit.NANOSECONDS);
    }

    private void cancelTimer() {
        if (timer != null) {
            timer.cancel(false);
            timer = null;
        }
    }

    // The peer's end.

    private void peerCloses(CloseWebSocketFrame frame) {
        try {
            endPeer(PeerEnd.CLOSE_FRAME, CloseStatus.of(frame));
        } catch (CloseStatus.Violation e) {
            violate(new CloseStatus(e.code(), e.getMessage()));
        } finally {
            frame.release();
        }
    }

    /** The loop or a late frame has found a violation. */
    private void violate(CloseStatus with) {
        endPeer(PeerEnd.VIOLATION, with);
    }

    /**
     * A frame that receives learns of the end in order; without one, the answer goes out at once.
     */
    private void endPeer(PeerEnd how, CloseStatus with) {
        if (state.endPeer(how, with)) {
            context.fireChannelRead(END);
            if (state.isReceiverDue()) {
                afterCloseTimeout(this::answerPeer);
            } else {
                answerPeer();
            }
        } else if (state.phase() == Phase.CLOSE_SENT) {
            closeChannel(how);
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

    /** No frame waits for posted messages or close frames, so the receiver gets their failures. */
    private void written(ChannelFuture write) {
        if (!write.isSuccess()
                && channel.isActive()
                && !PipelineException.meansPeerGone(write.cause())) {
            context.fireExceptionCaught(write.cause());
            close(new CloseStatus(CloseStatus.INTERNAL_ERROR, "internal error"));
        }
    }

    /** Keeps the newest ping to answer; a peer that does not read gets one pong, not many. */
    private void deferPong(ByteBuf content) {
        releasePong();
        if (state.isClosing()) {
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
        if (state.isCloseSent()) {
            ReferenceCountUtil.release(message);
            promise.setFailure(new ClosedChannelException());
        } else {
            from.write(message, promise);
        }
    }

    // Input.

    @Override
    public void channelRead(ChannelHandlerContext from, Object message) {
        if (message instanceof CloseWebSocketFrame close) {
            peerCloses(close);
        } else if (message instanceof PingWebSocketFrame ping) {
            deferPong(ping.content());
            writePong();
        } else if (message instanceof PongWebSocketFrame
                || !(message instanceof WebSocketFrame)
                || !state.isOpen()) {
            ReferenceCountUtil.release(message);
        } else {
            state.passedOn();
            from.fireChannelRead(message);
        }
    }

    @Override
    public void read(ChannelHandlerContext from) {
        isReading = true;
        from.read();
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext from) {
        isReading = false;
        from.fireChannelReadComplete();
        if (state.isClosing()) {
            readOn();
        }
    }

    /** Reads on for the peer's close frame when the frame's half no longer does. */
    private void readOn() {
        if (!isReading && channel.isActive()) {
            read(context);
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext from, Object event) {
        if (event instanceof IdleStateEvent idle) {
            idle(idle);
            return;
        }
        if (event instanceof ChannelInputShutdownEvent) {
            endPeer(PeerEnd.END_OF_INPUT, new CloseStatus(CloseStatus.ABNORMAL, ""));
        } else if (event == DrainEvent.INSTANCE) {
            goAway();
        }
        from.fireUserEventTriggered(event);
    }

    /** The silence does not count while we do not read, or once either side has closed. */
    private void idle(IdleStateEvent event) {
        if (!isReading || !state.isOpen()) {
            return;
        }
        if (event.isFirst()) {
            context.writeAndFlush(new PingWebSocketFrame());
        } else {
            close(new CloseStatus(CloseStatus.GOING_AWAY, "idle"));
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext from, Throwable cause) {
        CloseStatus violation = CloseStatus.ofViolation(cause);
        boolean isPeerGone = PipelineException.meansPeerGone(cause);
        if (!channel.isActive()) {
            if (violation == null && !isPeerGone) {
                from.fireExceptionCaught(cause);
            }
            return; // a handler reports what it was still doing
        }
        if (violation != null) {
            violate(violation);
        } else if (isPeerGone) {
            from.close();
        } else if (cause instanceof IOException || cause.getCause() instanceof IOException) {
            from.fireExceptionCaught(cause); // TLS has failed, and the frame must learn of it
            from.close();
        } else {
            from.fireExceptionCaught(cause);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext from) {
        state.disconnect();
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
