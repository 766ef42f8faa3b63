package io.tardy.testsuite;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.tardy.Deadline;
import io.tardy.Frame;
import io.tardy.FrameStatus;
import io.tardy.TardyRuntime;
import io.tardy.aio.AsyncType;
import io.tardy.aio.DeadlineExceededException;
import io.tardy.net.Socket;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** A socket that lingers keeps whoever closes it waiting, and nobody else. */
@NotSimulated(NotSimulated.LINGER)
interface LingerContract extends GroupFixture {

    int LINGER_SECONDS = 60;

    /** A socket with more to send than its peer will ever take. */
    @FunctionalInterface
    interface Lingering {
        void use(TardyRuntime rt, Socket socket, CountDownLatch wentOn) throws Exception;
    }

    /**
     * The peer, a thread of its own, ends the connection once the runtime has gone on, or after a
     * while: then no close lingers any more.
     */
    private void whenLingering(boolean hasWaited, Lingering body) throws Exception {
        CountDownLatch wentOn = new CountDownLatch(1);
        AtomicBoolean inTime = new AtomicBoolean();
        inFrame(
                rt -> {
                    try (Socket listener = TransportFixture.listenAnywhere()) {
                        listener.setOption(StandardSocketOptions.SO_LINGER, LINGER_SECONDS);
                        java.net.Socket peer =
                                new java.net.Socket("127.0.0.1", TransportFixture.port(listener));
                        Thread ending = new Thread(() -> end(peer, wentOn, inTime, patience()));
                        ending.start();
                        Socket socket = listener.accept();
                        fill(socket, hasWaited);
                        body.use(rt, socket, wentOn);
                        rt.offload(
                                () -> {
                                    ending.join();
                                    return null;
                                });
                        socket.close();
                    }
                });
        assertThat(inTime).as("went on while the socket lingered").isTrue();
    }

    private static void end(
            java.net.Socket peer, CountDownLatch wentOn, AtomicBoolean inTime, Duration patience) {
        try (peer) {
            inTime.set(wentOn.await(patience.toMillis() / 2, TimeUnit.MILLISECONDS));
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static void fill(Socket socket, boolean waits) throws IOException {
        ByteBuffer much = ByteBuffer.allocateDirect(32 << 20);
        if (!waits) {
            socket.send(much);
            return;
        }
        try {
            Deadline.within(Duration.ofMillis(50), () -> socket.sendAll(much));
        } catch (DeadlineExceededException e) {
            return;
        }
        throw new AssertionError("the peer takes everything");
    }

    /** A frame that closes the socket, and has begun to. */
    private static Frame<Void> closing(TardyRuntime rt, Socket socket) throws IOException {
        Frame<Void> closing = rt.spawn(socket::close);
        while (!socket.isClosed()) {
            Frame.yield();
        }
        return closing;
    }

    @Test
    default void framesGoOnWhileASocketLingers() throws Exception {
        for (boolean hasWaited : new boolean[] {false, true}) {
            whenLingering(
                    hasWaited,
                    (rt, socket, wentOn) -> {
                        Frame<Void> closing = closing(rt, socket);
                        Frame.delay(Duration.ofMillis(1));
                        if (transport() == AsyncType.EPOLL || transport() == AsyncType.IO_URING) {
                            // The JDK may turn it off; the BSDs do not linger without blocking.
                            assertThat(closing.status()).isEqualTo(FrameStatus.ALIVE);
                        }
                        wentOn.countDown();
                        closing.join();
                    });
        }
    }

    @Test
    default void framesGoOnWhileASocketLingersThatAnotherThreadCloses() throws Exception {
        whenLingering(
                true,
                (rt, socket, wentOn) -> {
                    rt.offload(
                            () -> {
                                socket.close();
                                return null;
                            });
                    Frame.delay(Duration.ofMillis(1));
                    wentOn.countDown();
                });
    }

    @Test
    default void whoeverIsCancelledOrLateNoLongerWaitsForASocketThatLingers() throws Exception {
        whenLingering(
                true,
                (rt, socket, wentOn) -> {
                    Frame<Void> closing = closing(rt, socket);
                    closing.cancel();
                    closing.join();
                    wentOn.countDown();
                });
        whenLingering(
                true,
                (rt, socket, wentOn) -> {
                    Deadline.within(Duration.ofMillis(10), socket::close);
                    wentOn.countDown();
                });
    }

    /** A channel of Netty's that is closed with more to send than its peer will ever take. */
    @Test
    default void aLoopGoesOnWhileAChannelLingers() throws Exception {
        CountDownLatch wentOn = new CountDownLatch(1);
        AtomicBoolean inTime = new AtomicBoolean();
        BlockingQueue<Channel> accepted = new LinkedBlockingQueue<>();
        withGroup(
                1,
                group -> {
                    Channel server =
                            GroupFixture.bindAnywhere(
                                    GroupFixture.server(group, new Filler(accepted))
                                            .childOption(ChannelOption.SO_LINGER, LINGER_SECONDS));
                    int port = ((InetSocketAddress) server.localAddress()).getPort();
                    java.net.Socket peer = new java.net.Socket("127.0.0.1", port);
                    Thread ending = new Thread(() -> end(peer, wentOn, inTime, patience()));
                    ending.start();
                    assertThat(peer.getInputStream().read()).isZero();
                    Channel channel = accepted.take();
                    ChannelFuture closing = channel.close();
                    while (channel.isOpen() && ending.isAlive()) {
                        Thread.onSpinWait();
                    }
                    for (int turn = 0; turn < 3; turn++) {
                        group.next().submit(() -> {}).sync();
                    }
                    wentOn.countDown();
                    ending.join();
                    closing.sync();
                });
        assertThat(inTime).as("went on while the channel lingered").isTrue();
    }

    /** Sends more than the system takes in for its peer. */
    @ChannelHandler.Sharable
    final class Filler extends ChannelInboundHandlerAdapter {

        private final BlockingQueue<Channel> accepted;

        Filler(BlockingQueue<Channel> accepted) {
            this.accepted = accepted;
        }

        @Override
        public void channelActive(ChannelHandlerContext context) {
            int bytes = 32 << 20;
            context.writeAndFlush(Unpooled.directBuffer(bytes).writeZero(bytes));
            accepted.add(context.channel());
        }
    }
}
