package io.tardy.spi;

import io.netty.channel.IoOps;
import io.netty.channel.IoRegistration;

/**
 * A registration with a handler of Netty's, passed on to as it is; see {@link DelegatingIoHandler}.
 *
 * <p>Public for authors of transports that wrap one of Netty's handlers.
 */
public abstract class DelegatingIoRegistration implements IoRegistration {

    private final IoRegistration netty;

    /**
     * Passes on.
     *
     * @param netty what does the work
     */
    protected DelegatingIoRegistration(IoRegistration netty) {
        this.netty = netty;
    }

    /** What does the work. */
    protected final IoRegistration netty() {
        return netty;
    }

    @Override
    public <T> T attachment() {
        return netty.attachment();
    }

    @Override
    public long submit(IoOps ops) {
        return netty.submit(ops);
    }

    @Override
    public boolean isValid() {
        return netty.isValid();
    }

    @Override
    public boolean cancel() {
        return netty.cancel();
    }
}
