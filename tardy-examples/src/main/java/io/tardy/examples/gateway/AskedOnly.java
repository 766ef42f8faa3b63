package io.tardy.examples.gateway;

import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;

/**
 * Closes a connection to the backend that has said something unasked: the next request would take
 * it for its answer.
 */
final class AskedOnly extends ChannelDuplexHandler {

    private boolean isAsked;
    private boolean isInterim;

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
        isAsked = true;
        context.write(message, promise);
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (!isAsked) {
            ReferenceCountUtil.release(message);
            context.close();
            return;
        }
        if (message instanceof HttpResponse head) {
            isInterim = head.status().codeClass() == HttpStatusClass.INFORMATIONAL;
        }
        if (message instanceof LastHttpContent) {
            isAsked = isInterim;
        }
        context.fireChannelRead(message);
    }
}
