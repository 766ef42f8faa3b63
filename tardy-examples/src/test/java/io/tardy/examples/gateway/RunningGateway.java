package io.tardy.examples.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.ChannelHandler;
import io.tardy.Tardy;
import io.tardy.TardyEntry;
import io.tardy.Threading;
import io.tardy.aio.AsyncType;
import io.tardy.examples.GroupServer;
import io.tardy.net.Socket;
import io.tardy.netty.TardyEventLoopGroup;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;

/** A gateway of one of the shapes, on one runtime. */
final class RunningGateway implements AutoCloseable {

    private static final long PATIENCE_SECONDS = 20;

    /** What the gateway is made of. */
    enum Shape {
        SOCKETS,
        FRAMES,
        CALLBACKS
    }

    /** How it ends. */
    private interface Ending {
        void end() throws Exception;
    }

    private final int port;
    private final Ending ending;

    RunningGateway(Shape shape, AsyncType transport, InetSocketAddress backend, Limits limits)
            throws Exception {
        if (shape == Shape.SOCKETS) {
            Tardy tardy = Tardy.builder().async(transport).threading(Threading.single()).build();
            Socket listener = Socket.tcp(tardy, "127.0.0.1", 0).bind().listen(128);
            TardyEntry entry =
                    tardy.entryInNewThread(listener, new Gateway(backend, limits)::start);
            port = ((InetSocketAddress) listener.localAddress()).getPort();
            ending =
                    () -> {
                        entry.stop();
                        entry.await();
                        listener.close();
                        tardy.close();
                    };
        } else {
            TardyEventLoopGroup group = new TardyEventLoopGroup(1, transport);
            ChannelHandler connection =
                    shape == Shape.FRAMES
                            ? new FrameGateway(backend, limits)
                            : new NettyGateway(backend, limits);
            port = GroupServer.bind(group, connection);
            ending =
                    () -> {
                        group.shutdownGracefully(0, 5, TimeUnit.SECONDS);
                        assertThat(group.awaitTermination(PATIENCE_SECONDS, TimeUnit.SECONDS))
                                .isTrue();
                    };
        }
    }

    RawClient client() throws Exception {
        return new RawClient(port);
    }

    @Override
    public void close() throws Exception {
        ending.end();
    }
}
