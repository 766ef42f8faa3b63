package io.tardy.websocket;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * Closes a connection so that the peer can still read what was written last. Closing a socket with
 * unread input resets it, and the peer may lose data it has not read. So this closes only our
 * direction, and drops input until the peer closes its own or a timeout passes.
 */
final class LingeringClose extends ChannelInboundHandlerAdapter {

    private final long lingerNanos;
    private Future<?> timer;

    private LingeringClose(Duration linger) {
        this.lingerNanos = TimeUnit.NANOSECONDS.convert(linger);
    }

    /** Call it on the loop, after the last write is out. With TLS, a close_notify goes first. */
    static void begin(Channel channel, Duration linger) {
        SslHandler tls = channel.pipeline().get(SslHandler.class);
        if (tls == null) {
            endOutput(channel, linger);
        } else {
            tls.closeOutbound().addListener(sent -> endOutput(channel, linger));
        }
    }

    private static void endOutput(Channel channel, Duration linger) {
        if (channel instanceof DuplexChannel duplex
                && channel.isActive()
                && !duplex.isInputShutdown()) {
            duplex.shutdownOutput();
            channel.pipeline().addFirst(new LingeringClose(linger));
        } else {
            channel.close();
        }
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        timer =
                context.executor()
                        .schedule(() -> context.close(), lingerNanos, TimeUnit.NANOSECONDS);
        context.read();
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        ReferenceCountUtil.release(message);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        context.read();
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event instanceof ChannelInputShutdownEvent) {
            context.close();
        } else {
            context.fireUserEventTriggered(event);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        timer.cancel(false);
        context.fireChannelInactive();
    }
}
