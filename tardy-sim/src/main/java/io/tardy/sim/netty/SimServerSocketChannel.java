package io.tardy.sim.netty;

import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.tardy.sim.net.CurrentNode;
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
    protected int doReadMessages(List<Object> messages) throws Exception {
        int count = super.doReadMessages(messages);
        for (Object accepted : messages) {
            ((NioSocketChannel) accepted).config().setAllocator(SimSocketChannel.HEAP);
        }
        return count;
    }
}
