package io.tardy.transport.poll;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.IoRegistration;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.tardy.Frame;
import io.tardy.FrameBody;
import io.tardy.Tardy;
import io.tardy.TardyRuntime;
import io.tardy.Threading;
import io.tardy.aio.AsyncType;
import io.tardy.aio.OpenSocket;
import io.tardy.aio.SocketKind;
import io.tardy.aio.TardyIOException;
import io.tardy.net.Socket;
import io.tardy.spi.AsyncBackend;
import io.tardy.spi.BackendContext;
import io.tardy.spi.DelegatingIoHandler;
import io.tardy.spi.Transport;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class PollIoHandlerTest {

    /** Stands in for Netty's handler; is woken from inside its wait. */
    private static final class Nio implements IoHandler {
        private final AtomicInteger wakes = new AtomicInteger();
        private long delayNanos;
        private PollIoHandler ours;

        @Override
        public int run(IoHandlerContext context) {
            delayNanos = context.delayNanos(0);
            ours.wakeup();
            return 0;
        }

        @Override
        public IoRegistration register(IoHandle handle) {
            throw new AssertionError();
        }

        @Override
        public void wakeup() {
            wakes.incrementAndGet();
        }

        @Override
        public boolean isCompatible(Class<? extends IoHandle> handleType) {
            return false;
        }
    }

    private record Delay(long nanos) implements IoHandlerContext {
        @Override
        public boolean canBlock() {
            return true;
        }

        @Override
        public long delayNanos(long currentTimeNanos) {
            return nanos;
        }

        @Override
        public long deadlineNanos() {
            return nanos;
        }
    }

    private final Nio nio = new Nio();
    private final PollIoHandler handler = new PollIoHandler(nio, 1);

    @Test
    void onlyAWakeThatMayFindItWaitingGoesOnToTheSelector() {
        nio.ours = handler;
        handler.wakeup();
        assertThat(nio.wakes).hasValue(0);
        handler.run(new Delay(0));
        assertThat(nio.wakes).hasValue(1);
        handler.wakeup();
        assertThat(nio.wakes).hasValue(1);
    }

    @Test
    void aWaitNeverEndsBeforeItsDeadline() {
        nio.ours = handler;
        long[][] asked = {
            {0, 0},
            {1, 1_000_000},
            {1_000_000, 1_000_000},
            {1_400_000, 2_000_000},
            {Long.MAX_VALUE, Long.MAX_VALUE}
        };
        for (long[] pair : asked) {
            handler.run(new Delay(pair[0]));
            assertThat(nio.delayNanos).isEqualTo(pair[1]);
        }
    }

    /** Counts the turns of the loops, and their wakes. */
    private static final class Counting implements Transport {
        private final PollTransport poll = new PollTransport();
        private final AtomicInteger turns = new AtomicInteger();

        @Override
        public AsyncType type() {
            return poll.type();
        }

        @Override
        public Optional<String> unavailableBecause() {
            return poll.unavailableBecause();
        }

        @Override
        public IoHandlerFactory ioHandlerFactory(int aioReapMax) {
            IoHandlerFactory factory = poll.ioHandlerFactory(aioReapMax);
            return executor ->
                    new DelegatingIoHandler(factory.newHandler(executor)) {
                        @Override
                        public int run(IoHandlerContext context) {
                            turns.incrementAndGet();
                            return super.run(context);
                        }
                    };
        }

        @Override
        public AsyncBackend newBackend(BackendContext context) {
            return poll.newBackend(context);
        }

        @Override
        public OpenSocket openSocket(SocketKind kind) throws TardyIOException {
            return poll.openSocket(kind);
        }
    }

    @Test
    void nettysChannelsWorkBesideOurSockets() throws IOException {
        AtomicReference<SocketAddress> bound = new AtomicReference<>();
        inFrame(
                new PollTransport(),
                () -> {
                    Channel channel =
                            new Bootstrap()
                                    .group(TardyRuntime.current().eventLoop())
                                    .channel(NioDatagramChannel.class)
                                    .handler(new ChannelInboundHandlerAdapter())
                                    .bind("127.0.0.1", 0)
                                    .sync()
                                    .channel();
                    bound.set(channel.localAddress());
                    channel.close().sync();
                });
        assertThat(bound.get()).isNotNull();
    }

    private static void inFrame(Transport transport, FrameBody body) throws IOException {
        AtomicReference<Throwable> failure = new AtomicReference<>();
        try (Tardy tardy =
                Tardy.builder()
                        .async(transport)
                        .threading(Threading.single())
                        .uncaughtFrame((frame, e) -> failure.set(e))
                        .build()) {
            tardy.entry(body, (rt, run) -> rt.spawn(run));
        }
        assertThat(failure.get()).isNull();
    }

    @Test
    void whatNobodyWaitsForDoesNotKeepTheLoopBusy() throws IOException {
        Counting counting = new Counting();
        AtomicInteger turns = new AtomicInteger();
        inFrame(counting, () -> turns.set(turnsOfAnIdleLoop(counting.turns)));
        // The frame's own delays, and one look for each of the two connections.
        assertThat(turns).hasValueBetween(1, 20);
    }

    /** Both ends have waited in both directions before; then each has unread data and room. */
    private static int turnsOfAnIdleLoop(AtomicInteger turns) throws Exception {
        try (Socket listener = Socket.tcp("127.0.0.1", 0).bind().listen(8);
                Socket client = connectTo(listener);
                Socket peer = listener.accept();
                Socket unaccepted = connectTo(listener)) {
            ByteBuffer one = ByteBuffer.allocateDirect(1);
            peer.send(one.clear());
            client.recv(one.clear());
            client.send(one.clear());
            peer.recv(one.clear());
            ByteBuffer much = ByteBuffer.allocate(8 * 1024 * 1024);
            Frame<Void> sending = TardyRuntime.current().spawn(() -> client.sendAll(much));
            peer.recvAll(ByteBuffer.allocate(much.capacity()));
            sending.join();
            peer.send(one.clear());
            client.send(one.clear());
            int before = turns.get();
            for (int i = 0; i < 5; i++) {
                Frame.delay(Duration.ofMillis(10));
            }
            return turns.get() - before;
        }
    }

    private static Socket connectTo(Socket listener) throws Exception {
        int port = ((InetSocketAddress) listener.localAddress()).getPort();
        return Socket.tcp("127.0.0.1", port).connect();
    }
}
