package io.tardy.websocket;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.ssl.SslCloseCompletionEvent;

/**
 * Turns the end of the peer's direction into one event. A close_notify of TLS ends it like a FIN,
 * and usually a FIN follows.
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
