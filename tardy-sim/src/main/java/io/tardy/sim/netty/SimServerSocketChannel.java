package io.tardy.sim.netty;

import io.netty.channel.ChannelId;
import io.netty.channel.DefaultChannelPipeline;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.tardy.sim.net.CurrentNode;
import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.util.List;

/**
 * Netty's channel for what listens for TCP, on the simulated host whose program makes it.
 *
 * <p>Public for Netty, which makes it.
 */
public final class SimServerSocketChannel extends NioServerSocketChannel {

    /** Netty's default is the limit of the machine, which is another on another machine. */
    private static final int BACKLOG = 4096;

    /** On the host of the program that runs now. */
    @SuppressWarnings("this-escape") // the configuration only keeps it
    public SimServerSocketChannel() {
        super(CurrentNode.provider());
        config().setBacklog(BACKLOG);
    }

    @Override
    protected ChannelId newId() {
        return SimChannelId.next();
    }

    @Override
    protected DefaultChannelPipeline newChannelPipeline() {
        return new SimPipeline(this);
    }

    @Override
    protected int doReadMessages(List<Object> messages) throws IOException {
        SocketChannel accepted = javaChannel().accept();
        if (accepted == null) {
            return 0;
        }
        messages.add(new SimSocketChannel(this, accepted));
        return 1;
    }
}
