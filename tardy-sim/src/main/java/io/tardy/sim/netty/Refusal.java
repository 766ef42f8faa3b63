package io.tardy.sim.netty;

import java.nio.channels.spi.SelectorProvider;

/** What Netty's channels for sockets of the Unix domain get: they cannot be extended. */
final class Refusal {

    private Refusal() {}

    static SelectorProvider provider() {
        throw new UnsupportedOperationException(
                "Netty's channels for sockets of the Unix domain are not simulated: use"
                        + " io.tardy.net.Socket.unix, or TCP");
    }
}
