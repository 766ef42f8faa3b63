package io.tardy.websocket;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.ssl.SslCloseCompletionEvent;

/**
 * The end of the peer's direction as one event, once: the close_notify of TLS is an end as the FIN
 * is, and mostly comes before one.
 */
final class InputEnd extends ChannelInboundHandlerAdapter {

    private boolean hasEnded;

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event == SslCloseCompletionEvent.SUCCESS
                || event instanceof ChannelInputShutdownEvent) {
            if (!hasEnded) {
                hasEnded = true;
                context.fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
            }
        } else {
            context.fireUserEventTriggered(event);
        }
    }
}
