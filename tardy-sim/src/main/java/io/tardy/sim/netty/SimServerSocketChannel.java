package io.tardy.sim.netty;

import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.tardy.sim.net.CurrentNode;

/** Netty's channel for what listens for TCP, on the simulated host whose program makes it. */
public final class SimServerSocketChannel extends NioServerSocketChannel {

    /** On the host of the program that runs now. */
    public SimServerSocketChannel() {
        super(CurrentNode.provider());
    }
}
