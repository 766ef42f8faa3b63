package io.tardy.runtime;

import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.IoRegistration;
import io.netty.channel.local.LocalIoHandler;
import io.netty.util.concurrent.ThreadAwareExecutor;
import io.tardy.spi.DelegatingIoHandler;

/**
 * The transport's handler, and beside it Netty's for channels within the JVM.
 *
 * <p>The fault: as of 4.2.18 Netty's loops have one handler each, and no transport's takes local
 * channels. Those have no events of their own: tasks of the loops carry all they do.
 */
final class TransportIoHandler extends DelegatingIoHandler {

    private final IoHandler local;

    private TransportIoHandler(IoHandler transport, IoHandler local) {
        super(transport);
        this.local = local;
    }

    static IoHandlerFactory factory(IoHandlerFactory transport) {
        IoHandlerFactory local = LocalIoHandler.newFactory();
        return new IoHandlerFactory() {
            @Override
            public IoHandler newHandler(ThreadAwareExecutor executor) {
                return new TransportIoHandler(
                        transport.newHandler(executor), local.newHandler(executor));
            }

            @Override
            public boolean isChangingThreadSupported() {
                return transport.isChangingThreadSupported();
            }
        };
    }

    @Override
    public void initialize() {
        super.initialize();
        local.initialize();
    }

    @Override
    public IoRegistration register(IoHandle handle) throws Exception {
        return local.isCompatible(handle.getClass())
                ? local.register(handle)
                : super.register(handle);
    }

    @Override
    public boolean isCompatible(Class<? extends IoHandle> handleType) {
        return super.isCompatible(handleType) || local.isCompatible(handleType);
    }

    @Override
    public void prepareToDestroy() {
        local.prepareToDestroy();
        super.prepareToDestroy();
    }

    @Override
    public void destroy() {
        local.destroy();
        super.destroy();
    }
}
