package io.tardy.spi;

import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.IoRegistration;
import io.netty.util.concurrent.ThreadAwareExecutor;
import java.util.function.UnaryOperator;

/**
 * A handler of Netty's, passed on to as it is: the base of those that change a thing or two about
 * one. Each of Tardy's own says which fault of Netty's it is for.
 *
 * <p>Public for authors of transports that wrap one of Netty's handlers.
 */
public abstract class DelegatingIoHandler implements IoHandler {

    private final IoHandler netty;

    /**
     * @param netty what does the work
     */
    protected DelegatingIoHandler(IoHandler netty) {
        this.netty = netty;
    }

    /**
     * A factory of wrapped handlers.
     *
     * @param netty makes what is wrapped
     * @param wrapper wraps one
     */
    public static IoHandlerFactory factory(
            IoHandlerFactory netty, UnaryOperator<IoHandler> wrapper) {
        return new IoHandlerFactory() {
            @Override
            public IoHandler newHandler(ThreadAwareExecutor executor) {
                return wrapper.apply(netty.newHandler(executor));
            }

            @Override
            public boolean isChangingThreadSupported() {
                return netty.isChangingThreadSupported();
            }
        };
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
    public IoRegistration register(IoHandle handle) throws Exception {
        return netty.register(handle);
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
