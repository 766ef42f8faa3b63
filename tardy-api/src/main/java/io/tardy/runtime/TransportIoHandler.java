package io.tardy.runtime;

import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.IoRegistration;
import io.netty.channel.local.LocalIoHandler;
import io.netty.util.concurrent.ThreadAwareExecutor;

/**
 * The transport's handler, and beside it Netty's for channels within the JVM, which the transports'
 * do not take. Those have no events of their own: tasks of the loops carry all they do.
 */
final class TransportIoHandler implements IoHandler {

    private final IoHandler transport;
    private final IoHandler local;

    private TransportIoHandler(IoHandler transport, IoHandler local) {
        this.transport = transport;
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
        transport.initialize();
        local.initialize();
    }

    @Override
    public int run(IoHandlerContext context) {
        return transport.run(context);
    }

    @Override
    public IoRegistration register(IoHandle handle) throws Exception {
        return (local.isCompatible(handle.getClass()) ? local : transport).register(handle);
    }

    @Override
    public boolean isCompatible(Class<? extends IoHandle> handleType) {
        return transport.isCompatible(handleType) || local.isCompatible(handleType);
    }

    @Override
    public void wakeup() {
        transport.wakeup();
    }

    @Override
    public void prepareToDestroy() {
        local.prepareToDestroy();
        transport.prepareToDestroy();
    }

    @Override
    public void destroy() {
        local.destroy();
        transport.destroy();
    }
}
