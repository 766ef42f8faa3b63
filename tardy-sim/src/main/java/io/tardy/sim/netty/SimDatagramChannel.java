package io.tardy.sim.netty;

import io.netty.channel.socket.nio.NioDatagramChannel;
import io.tardy.sim.net.CurrentNode;

/** Netty's channel for UDP, on the simulated host whose program makes it. */
public final class SimDatagramChannel extends NioDatagramChannel {

    /** On the host of the program that runs now. */
    public SimDatagramChannel() {
        super(CurrentNode.provider());
    }
}
