package io.tardy.transport.epoll;

import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.IoOps;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.util.concurrent.ThreadAwareExecutor;

/**
 * Netty's handler, which keeps what it has. Netty 4.2.18 takes a descriptor out of the epoll set
 * when nothing is of interest any more, and forgets that it did: the next interest fails with
 * ENOENT. That meets a channel whose peer has ended his direction, and whose answer is longer than
 * the socket's buffer. Here it stays in the set instead, edge-triggered, so that an error or the
 * end of the connection wakes once.
 */
final class KeepingIoHandler implements IoHandler {

    private final IoHandler netty;

    private KeepingIoHandler(IoHandler netty) {
        this.netty = netty;
    }

    static IoHandlerFactory factory(IoHandlerFactory netty) {
        return new IoHandlerFactory() {
            @Override
            public IoHandler newHandler(ThreadAwareExecutor executor) {
                return new KeepingIoHandler(netty.newHandler(executor));
            }

            @Override
            public boolean isChangingThreadSupported() {
                return netty.isChangingThreadSupported();
            }
        };
    }

    @Override
    public IoRegistration register(IoHandle handle) throws Exception {
        return new Kept(netty.register(handle));
    }

    private static final class Kept implements IoRegistration {

        private final IoRegistration netty;
        private volatile boolean isAdded;

        Kept(IoRegistration netty) {
            this.netty = netty;
        }

        @Override
        public long submit(IoOps ops) {
            boolean isNone = ops.equals(EpollIoOps.NONE);
            if (isNone && isAdded) {
                netty.submit(EpollIoOps.EPOLLET);
                return EpollIoOps.NONE.value();
            }
            long result = netty.submit(ops);
            isAdded |= !isNone;
            return result;
        }

        @Override
        public <T> T attachment() {
            return netty.attachment();
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

    @Override
    public void initialize() {
        netty.initialize();
    }

    @Override
    public int run(IoHandlerContext context) {
        return netty.run(context);
    }

    @Override
    public boolean isCompatible(Class<? extends IoHandle> handleType) {
        return netty.isCompatible(handleType);
    }

    @Override
    public void wakeup() {
        netty.wakeup();
    }

    @Override
    public void prepareToDestroy() {
        netty.prepareToDestroy();
    }

    @Override
    public void destroy() {
        netty.destroy();
    }
}
