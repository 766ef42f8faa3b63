package io.tardy.sim.netty;

import io.netty.channel.socket.nio.NioSocketChannel;

/**
 * In place of a channel for a stream of the Unix domain: says that there is none.
 *
 * <p>Public for Netty, which tries to make it.
 */
public final class RefusedUnixChannel extends NioSocketChannel {

    /**
     * Refuses.
     *
     * @throws UnsupportedOperationException always
     */
    public RefusedUnixChannel() {
        super(Refusal.provider());
    }
}
