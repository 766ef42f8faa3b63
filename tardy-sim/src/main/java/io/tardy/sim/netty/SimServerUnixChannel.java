package io.tardy.sim.netty;

import io.netty.channel.socket.nio.NioServerDomainSocketChannel;
import io.tardy.sim.net.CurrentNode;

/** Netty's channel for what listens at a path, on the simulated host whose program makes it. */
public final class SimServerUnixChannel extends NioServerDomainSocketChannel {

    /** On the host of the program that runs now. */
    public SimServerUnixChannel() {
        super(CurrentNode.provider());
    }
}
