package io.tardy.sim.netty;

import io.netty.channel.socket.nio.NioServerSocketChannel;

/**
 * In place of a channel that listens at a path: says that there is none.
 *
 * <p>Public for Netty, which tries to make it.
 */
public final class RefusedServerUnixChannel extends NioServerSocketChannel {

    /**
     * Refuses.
     *
     * @throws UnsupportedOperationException always
     */
    public RefusedServerUnixChannel() {
        super(Refusal.provider());
    }
}
