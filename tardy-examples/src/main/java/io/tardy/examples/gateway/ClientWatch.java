package io.tardy.examples.gateway;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * Sees a client leave while the backend works: what is done for it is given up at once if its
 * connection is gone, and after a while if it has only ended its direction.
 */
final class ClientWatch extends ChannelInboundHandlerAdapter {

    private final Duration patience;
    private final Runnable giveUp;
    private Future<?> ending;

    ClientWatch(Duration patience, Runnable giveUp) {
        this.patience = patience;
        this.giveUp = giveUp;
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event == ChannelInputShutdownEvent.INSTANCE) {
            long nanos = patience.toNanos();
            ending = context.executor().schedule(giveUp, nanos, TimeUnit.NANOSECONDS);
        }
        context.fireUserEventTriggered(event);
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        if (ending != null) {
            ending.cancel(false);
        }
        giveUp.run();
        context.fireChannelInactive();
    }
}
