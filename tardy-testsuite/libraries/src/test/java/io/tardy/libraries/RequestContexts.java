package io.tardy.libraries;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.HttpRequest;
import io.opentelemetry.context.Context;
import java.util.ArrayDeque;
import java.util.Queue;

/** Keeps the context of each request of a connection until the frame has read the request. */
final class RequestContexts extends ChannelInboundHandlerAdapter {

    private final Queue<Context> unread = new ArrayDeque<>();

    @Override
    public void channelRead(ChannelHandlerContext handler, Object message) {
        if (message instanceof HttpRequest) {
            unread.add(Context.current()); // which has the span of the request
        }
        handler.fireChannelRead(message);
    }

    /** That of the request which the frame has read last; once for each. */
    Context next() {
        return unread.remove();
    }
}
