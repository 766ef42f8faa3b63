package io.tardy.transport.iouring;

import io.netty.channel.IoEvent;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.IoOps;
import io.netty.channel.IoRegistration;
import io.netty.channel.uring.IoUringIoHandle;
import io.netty.util.concurrent.Future;
import io.tardy.aio.AsyncType;
import io.tardy.aio.OpenSocket;
import io.tardy.aio.SocketKind;
import io.tardy.aio.TardyIOException;
import io.tardy.spi.AsyncBackend;
import io.tardy.spi.BackendContext;
import io.tardy.spi.ChannelTypes;
import io.tardy.spi.Transport;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Optional;

/** io_uring, with a test between our submissions and the kernel. */
final class WatchedTransport implements Transport {

    /** Tells a completion. */
    interface Completing {
        void complete(IoEvent event);
    }

    /** Makes what stands before the kernel. */
    interface Watch {
        IoRegistration of(IoRegistration kernel, Completing completing);
    }

    private final IoUringTransport transport = new IoUringTransport();
    private final Watch watch;

    WatchedTransport(Watch watch) {
        this.watch = watch;
    }

    /** Of a submission only its text is public. */
    static int fieldOf(IoOps ops, String name) {
        List<String> words = List.of(ops.toString().split("\\W+"));
        return Integer.parseInt(words.get(words.indexOf(name) + 1));
    }

    @Override
    public AsyncType type() {
        return AsyncType.CUSTOM;
    }

    @Override
    public Optional<String> unavailableBecause() {
        return transport.unavailableBecause();
    }

    @Override
    public IoHandlerFactory ioHandlerFactory(int aioReapMax) {
        return transport.ioHandlerFactory(aioReapMax);
    }

    @Override
    public ChannelTypes channelTypes() {
        return transport.channelTypes();
    }

    @Override
    public OpenSocket openSocket(SocketKind kind) throws TardyIOException {
        return transport.openSocket(kind);
    }

    @Override
    public AsyncBackend newBackend(BackendContext context) {
        IoEventLoop loop = context.loop();
        IoEventLoop watched =
                (IoEventLoop)
                        Proxy.newProxyInstance(
                                IoEventLoop.class.getClassLoader(),
                                new Class<?>[] {IoEventLoop.class},
                                (proxy, method, arguments) -> {
                                    try {
                                        Object result = method.invoke(loop, arguments);
                                        return method.getName().equals("register")
                                                ? watched(
                                                        loop,
                                                        (IoUringIoHandle) arguments[0],
                                                        (Future<?>) result)
                                                : result;
                                    } catch (InvocationTargetException e) {
                                        throw e.getCause();
                                    }
                                });
        return transport.newBackend(
                new BackendContext(watched, context.aioReapMax(), context.allocator()));
    }

    private Future<IoRegistration> watched(
            IoEventLoop loop, IoUringIoHandle handle, Future<?> registered) {
        IoRegistration kernel = (IoRegistration) registered.getNow();
        return loop.newSucceededFuture(
                watch.of(kernel, event -> loop.execute(() -> handle.handle(kernel, event))));
    }
}
