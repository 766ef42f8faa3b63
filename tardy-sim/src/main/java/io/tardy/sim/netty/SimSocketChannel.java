package io.tardy.sim.netty;

import io.netty.channel.socket.nio.NioSocketChannel;
import io.tardy.sim.net.CurrentNode;

/** Netty's channel for TCP, on the simulated host whose program makes it. */
public final class SimSocketChannel extends NioSocketChannel {

    /** On the host of the program that runs now. */
    public SimSocketChannel() {
        super(CurrentNode.provider());
    }
}
