package io.tardy.testsuite;

import static io.tardy.testsuite.DrainContract.LONG;
import static io.tardy.testsuite.GroupFixture.bindAnywhere;
import static io.tardy.testsuite.GroupFixture.runtimeOf;
import static io.tardy.testsuite.GroupFixture.server;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.tardy.Frame;
import io.tardy.TardyRuntime;
import io.tardy.netty.FrameChannel;
import io.tardy.netty.TardyEventLoopGroup;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

/** Listeners of Netty's that drain while frames leave their loop little time. */
interface ListenerDrainContract extends FrameChannelFixture {

    /** Longer than a listener waits from look to look. */
    Duration TURN = Duration.ofMillis(12);

    @Test
    @NotSimulated(NotSimulated.REAL)
    default void aListenerIsNotClosedBeforeItCouldAcceptAgain() throws Exception {
        serveAllThatConnectInADrain(128);
    }

    @Test
    @NotSimulated(NotSimulated.REAL)
    default void aQueueAsLongAsTheSystemAllowsIsEmptiedToo() throws Exception {
        serveAllThatConnectInADrain(Integer.MAX_VALUE);
    }

    private void serveAllThatConnectInADrain(int backlog) throws Exception {
        withGroup(
                1,
                group -> {
                    Channel listener =
                            bindAnywhere(
                                    server(
                                                    group,
                                                    FrameChannelFixture.pipeline(
                                                            FrameChannelFixture::bytes,
                                                            ListenerDrainContract::echoOnce))
                                            .option(ChannelOption.SO_BACKLOG, backlog));
                    List<SocketChannel> clients = new CopyOnWriteArrayList<>();
                    TardyRuntime here = runtimeOf(group.next());
                    Frame<Void> connecting = here.spawn(() -> connect(group, listener, clients));
                    inFrame(rt -> connecting.join());
                    for (SocketChannel client : clients) {
                        assertEchoed(client);
                    }
                    awaitEnd(group);
                });
    }

    /** Several in each turn of the loop, and one after each time that it has run its tasks. */
    private static void connect(
            TardyEventLoopGroup group, Channel listener, List<SocketChannel> clients)
            throws Exception {
        TardyRuntime here = TardyRuntime.current();
        EventLoop loop = group.next();
        group.drain(LONG);
        for (int i = 0; i < 25; i++) {
            clients.add(connectTo(listener));
            long began = System.nanoTime();
            while (System.nanoTime() - began < TURN.toNanos()) {
                Thread.onSpinWait();
            }
            here.await(loop.submit(() -> {}));
        }
    }

    /** Without giving way. */
    private static SocketChannel connectTo(Channel listener) throws IOException {
        SocketChannel client = SocketChannel.open();
        client.configureBlocking(false);
        client.connect(listener.localAddress());
        while (!client.finishConnect()) {
            Thread.onSpinWait();
        }
        client.configureBlocking(true);
        return client;
    }

    private static void echoOnce(FrameChannel channel) throws IOException {
        channel.write(channel.read(ByteBuf.class));
    }

    private static void assertEchoed(SocketChannel client) throws IOException {
        try (client) {
            client.write(ByteBuffer.allocate(1));
            assertThat(client.read(ByteBuffer.allocate(1))).isOne();
        }
    }
}
