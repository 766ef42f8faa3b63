package io.tardy.spi;

import io.netty.channel.IoHandlerContext;

/**
 * What a loop tells a handler of Netty's, passed on as it is; see {@link DelegatingIoHandler}.
 *
 * <p>Public for authors of transports that wrap one of Netty's handlers.
 */
public abstract class DelegatingIoHandlerContext implements IoHandlerContext {

    /** Of a turn that waits for nothing. */
    public static final IoHandlerContext NOT_WAITING =
            new IoHandlerContext() {
                @Override
                public boolean canBlock() {
                    return false;
                }

                @Override
                public long delayNanos(long currentTimeNanos) {
                    return 0;
                }

                @Override
                public long deadlineNanos() {
                    return -1;
                }
            };

    /** Passes on. */
    protected DelegatingIoHandlerContext() {}

    /** The loop's own. */
    protected abstract IoHandlerContext loop();

    @Override
    public boolean canBlock() {
        return loop().canBlock();
    }

    @Override
    public long delayNanos(long currentTimeNanos) {
        return loop().delayNanos(currentTimeNanos);
    }

    @Override
    public long deadlineNanos() {
        return loop().deadlineNanos();
    }

    @Override
    public void reportActiveIoTime(long activeNanos) {
        loop().reportActiveIoTime(activeNanos);
    }

    @Override
    public boolean shouldReportActiveIoTime() {
        return loop().shouldReportActiveIoTime();
    }
}
