package io.tardy.net;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.util.concurrent.Future;
import java.net.SocketAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Takes the header off what a channel of Netty's receives, and leaves the pipeline. */
final class ProxyHandler extends ByteToMessageDecoder {

    private final TrustedProxies proxies;
    private final ProxyServing.Once once;
    private @Nullable Future<?> deadline;
    private boolean isRead;
    private boolean isRefused;

    ProxyHandler(TrustedProxies proxies, ProxyServing.Once once) {
        this.proxies = proxies;
        this.once = once;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        deadline =
                context.executor()
                        .schedule(
                                () -> refuse(context, proxies.late()),
                                proxies.withinNanos(),
                                NANOSECONDS);
        if (context.channel().isActive()) {
            requireTrusted(context);
        }
    }

    @Override
    public void channelActive(ChannelHandlerContext context) throws Exception {
        if (requireTrusted(context)) {
            super.channelActive(context);
        }
    }

    private boolean requireTrusted(ChannelHandlerContext context) {
        try {
            proxies.requireTrusted(
                    context.channel().remoteAddress(), context.channel().localAddress());
            return true;
        } catch (ProxyException e) {
            refuse(context, e);
            return false;
        }
    }

    @Override
    protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) {
        if (isRefused) {
            in.skipBytes(in.readableBytes());
        } else if (isRead) {
            out.add(in.readRetainedSlice(in.readableBytes()));
        } else {
            try {
                read(context, in);
            } catch (ProxyException e) {
                refuse(context, e);
                in.skipBytes(in.readableBytes());
            }
        }
    }

    private void read(ChannelHandlerContext context, ByteBuf in) throws ProxyException {
        int needed = ProxyBytes.needed(in, TrustedProxies.HEADER_BYTES_MAX);
        if (in.readableBytes() >= needed) {
            SocketAddress remote = context.channel().remoteAddress();
            SocketAddress local = context.channel().localAddress();
            ProxyDecoder.decode(in, needed, remote, local).attachTo(context.channel());
            isRead = true;
            endDeadline();
        }
    }

    private void refuse(ChannelHandlerContext context, ProxyException why) {
        if (!isRefused && !isRead) {
            isRefused = true;
            once.log(why.from(context.channel().remoteAddress()));
            context.close();
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) throws Exception {
        super.channelReadComplete(
                context); // reads on, unless somebody behind this has got something
        if (isRead && !context.isRemoved()) {
            context.pipeline().remove(this);
        }
    }

    /** A channel may stay open when its peer says no more; but no header comes then. */
    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) throws Exception {
        if (event instanceof ChannelInputShutdownEvent) {
            refuse(context, TrustedProxies.ended(actualReadableBytes() > 0));
        }
        super.userEventTriggered(context, event);
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) throws Exception {
        endDeadline();
        refuse(context, TrustedProxies.ended(actualReadableBytes() > 0));
        super.channelInactive(context);
    }

    @Override
    protected void handlerRemoved0(ChannelHandlerContext context) {
        endDeadline();
    }

    private void endDeadline() {
        if (deadline != null) {
            deadline.cancel(false);
            deadline = null;
        }
    }
}
