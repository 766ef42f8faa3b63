package io.tardy.sim.netty;

import io.netty.channel.socket.nio.NioDomainSocketChannel;
import io.tardy.sim.net.CurrentNode;

/** Netty's channel for a stream of the Unix domain, on the simulated host whose program makes it. */
public final class SimUnixChannel extends NioDomainSocketChannel {

    /** On the host of the program that runs now. */
    public SimUnixChannel() {
        super(CurrentNode.provider());
    }
}
