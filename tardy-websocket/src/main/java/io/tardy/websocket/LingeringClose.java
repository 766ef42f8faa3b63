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
 * Closes a connection so that the peer sees what was written last. To close a socket that has
 * unread bytes resets it, and the peer may lose what it had not read; so only our direction is
 * closed, and what comes is dropped until the peer closes his, or for a while.
 */
final class LingeringClose extends ChannelInboundHandlerAdapter {

    private final long lingerNanos;
    private Future<?> timer;

    private LingeringClose(Duration linger) {
        this.lingerNanos = TimeUnit.NANOSECONDS.convert(linger);
    }

    /** On the loop, once the last write has gone out; TLS says the end in its own way first. */
    static void begin(Channel channel, Duration linger) {
        SslHandler tls = channel.pipeline().get(SslHandler.class);
        if (tls == null) {
            endOutput(channel, linger);
        } else {
            tls.closeOutbound().addListener(said -> endOutput(channel, linger));
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
