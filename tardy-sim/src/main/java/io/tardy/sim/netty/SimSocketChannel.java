package io.tardy.sim.netty;

import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelId;
import io.netty.channel.DefaultChannelPipeline;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.tardy.sim.net.CurrentNode;
import java.nio.channels.SocketChannel;

/**
 * Netty's channel for TCP, on the simulated host whose program makes it.
 *
 * <p>Public for Netty, which makes it.
 */
public final class SimSocketChannel extends NioSocketChannel {

    /** What a killed program has not released the collector finds. */
    static final ByteBufAllocator HEAP = new UnpooledByteBufAllocator(false, true);

    /** On the host of the program that runs now. */
    @SuppressWarnings("this-escape") // the configuration only keeps it
    public SimSocketChannel() {
        super(CurrentNode.provider());
        config().setAllocator(HEAP);
    }

    /** One that was accepted. */
    @SuppressWarnings("this-escape") // as above
    SimSocketChannel(Channel parent, SocketChannel accepted) {
        super(parent, accepted);
        config().setAllocator(HEAP);
    }

    @Override
    protected ChannelId newId() {
        return SimChannelId.next();
    }

    @Override
    protected DefaultChannelPipeline newChannelPipeline() {
        return new SimPipeline(this);
    }
}
