package io.tardy.bench.micro;

import io.netty.channel.EventLoop;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.uring.IoUringIoHandler;
import io.netty.util.concurrent.Promise;
import io.tardy.Tardy;
import io.tardy.aio.AsyncType;
import io.tardy.spi.ChannelTypes;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** Two loops of Netty's own, on the mechanism that {@link Runtimes} have, and the way onto them. */
@State(Scope.Benchmark)
public class Loops {

    /** As of {@link Runtimes}. */
    @Param("auto")
    public String transport;

    private MultiThreadIoEventLoopGroup group;
    private ChannelTypes channelTypes;
    private EventLoop first;
    private EventLoop second;

    @Setup
    public void start() {
        try (Tardy tardy = Tardy.builder().async(AsyncType.ofLabel(transport)).build()) {
            channelTypes = tardy.channelTypes();
            group = new MultiThreadIoEventLoopGroup(2, handlers(tardy.backend().type()));
        }
        first = group.next();
        second = group.next();
    }

    private static IoHandlerFactory handlers(AsyncType type) {
        return switch (type) {
            case EPOLL -> EpollIoHandler.newFactory();
            case IO_URING -> IoUringIoHandler.newFactory();
            case POLL -> NioIoHandler.newFactory();
            default -> throw new IllegalArgumentException("Netty's loops on " + type.label());
        };
    }

    @TearDown
    public void stop() throws Exception {
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS).sync();
    }

    EventLoop first() {
        return first;
    }

    EventLoop second() {
        return second;
    }

    ChannelTypes channelTypes() {
        return channelTypes;
    }

    /** Begins on the first, and waits until the promise is kept. */
    void run(Consumer<Promise<Void>> body) throws Exception {
        Promise<Void> end = first.newPromise();
        first.execute(
                () -> {
                    try {
                        body.accept(end);
                    } catch (RuntimeException e) {
                        end.tryFailure(e);
                    }
                });
        end.sync();
    }
}
