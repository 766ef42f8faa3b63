package io.tardy.testsuite;

import static io.tardy.testsuite.DrainContract.LONG;
import static io.tardy.testsuite.GroupFixture.bindAnywhere;
import static io.tardy.testsuite.GroupFixture.client;
import static io.tardy.testsuite.GroupFixture.runtimeOf;
import static io.tardy.testsuite.GroupFixture.server;
import static io.tardy.testsuite.ScopeFixture.DAY;
import static io.tardy.testsuite.ScopeFixture.SOON;
import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2StreamChannelBootstrap;
import io.netty.util.concurrent.EventExecutor;
import io.tardy.DrainEvent;
import io.tardy.Frame;
import io.tardy.TardyRuntime;
import io.tardy.net.Socket;
import io.tardy.netty.FrameChannel;
import io.tardy.netty.TardyEventLoopGroup;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** How servers of Netty's end in order, on groups and on the loops of an entry. */
interface GroupDrainContract extends FrameChannelFixture {

    @Test
    default void connectionsInTheQueueOfAListenerOfNettysAreServedBeforeItCloses()
            throws Exception {
        withServer(
                2,
                FrameChannelFixture::bytes,
                GroupDrainContract::echoOnce,
                (group, server) ->
                        inFrame(
                                rt -> {
                                    CountDownLatch connected = hold(group);
                                    List<Socket> clients = new ArrayList<>();
                                    for (int i = 0; i < 100; i++) {
                                        clients.add(connectTo(server));
                                    }
                                    assertThat(group.drain(LONG)).as("in a frame").isFalse();
                                    connected.countDown();
                                    for (Socket client : clients) {
                                        assertEchoed(client);
                                    }
                                    awaitEnd(group);
                                    assertThat(server.isOpen()).isFalse();
                                }));
    }

    /** Keeps the loops from accepting, so that those who connect wait in the listener's queue. */
    private static CountDownLatch hold(TardyEventLoopGroup group) {
        CountDownLatch released = new CountDownLatch(1);
        for (EventExecutor loop : group) {
            loop.execute(
                    () -> {
                        try {
                            released.await();
                        } catch (InterruptedException e) {
                            throw new IllegalStateException(e);
                        }
                    });
        }
        return released;
    }

    private static Socket connectTo(Channel server) throws IOException {
        return Socket.tcp("127.0.0.1", FrameChannelFixture.port(server)).connect();
    }

    private static void echoOnce(FrameChannel channel) throws IOException {
        channel.write(channel.read(ByteBuf.class));
    }

    private static void assertEchoed(Socket client) throws IOException {
        try (client) {
            client.sendAll(ByteBuffer.allocate(1));
            assertThat(client.recvAll(ByteBuffer.allocate(1))).isOne();
        }
    }

    @Test
    default void aListenerOfNettysClosesAlthoughEverMoreConnectionsArrive() throws Exception {
        withServer(
                1,
                FrameChannelFixture::bytes,
                GroupDrainContract::echoOnce,
                (group, server) ->
                        inFrame(
                                rt -> {
                                    List<Frame<Void>> arriving = new ArrayList<>();
                                    for (int i = 0; i < 8; i++) {
                                        arriving.add(rt.spawn(() -> connectUntilClosed(server)));
                                    }
                                    Frame.delay(SOON);
                                    group.drain(LONG);
                                    for (Frame<Void> each : arriving) {
                                        each.join();
                                    }
                                    awaitEnd(group);
                                }));
    }

    /** Of the last, which may come too late, there is no echo. */
    private static void connectUntilClosed(Channel server) throws IOException {
        while (server.isOpen()) {
            try (Socket client = connectTo(server)) {
                client.sendAll(ByteBuffer.allocate(1));
                client.recv(ByteBuffer.allocate(1));
            } catch (IOException e) {
                assertThat(TardyRuntime.of(server).isDraining()).isTrue();
            }
        }
    }

    @Test
    default void connectionsThatAreIdleEndAtOnceAndOthersWithTheirAnswer() throws Exception {
        withServer(
                2,
                FrameChannelFixture::lines,
                GroupDrainContract::serveUntilDrained,
                (group, server) ->
                        inFrame(
                                rt -> {
                                    try (Socket idle = connectTo(server);
                                            Socket busy = connectTo(server)) {
                                        assertThat(answer(idle, "at once\n")).isEqualTo("more\n");
                                        busy.sendAll(FrameChannelFixture.ascii("in a drain\n"));
                                        group.drain(LONG);
                                        assertThat(idle.recv(ByteBuffer.allocate(1))).isEqualTo(-1);
                                        assertThat(answer(busy, "")).isEqualTo("last\n");
                                        assertThat(busy.recv(ByteBuffer.allocate(1))).isEqualTo(-1);
                                    }
                                    awaitEnd(group);
                                }));
    }

    private static void serveUntilDrained(FrameChannel channel) throws IOException {
        TardyRuntime rt = TardyRuntime.current();
        String line = channel.read(String.class); // who connects is going to ask
        while (line != null) {
            while (line.equals("in a drain") && !rt.isDraining()) {
                Frame.delay(Duration.ofMillis(1));
            }
            channel.write(rt.isDraining() ? "last\n" : "more\n");
            line = rt.isDraining() ? null : Frame.idle(null, () -> channel.read(String.class));
        }
    }

    private static String answer(Socket peer, String line) throws IOException {
        ByteBuffer answer = ByteBuffer.allocate(5);
        peer.sendAll(FrameChannelFixture.ascii(line));
        assertThat(peer.recvAll(answer)).isEqualTo(5);
        return new String(answer.array(), StandardCharsets.US_ASCII);
    }

    @Test
    default void handlersOfAcceptedChannelsAreToldOnce() throws Exception {
        Queue<String> told = new ConcurrentLinkedQueue<>();
        withGroup(
                2,
                group -> {
                    Channel server = bindAnywhere(server(group, new Told(told, "accepted", true)));
                    Channel client =
                            client(group, new Told(told, "client", false))
                                    .connect(server.localAddress())
                                    .sync()
                                    .channel();
                    inFrame(
                            rt -> {
                                CountDownLatch connected = hold(group);
                                try (Socket late = connectTo(server)) {
                                    group.drain(LONG);
                                    group.drain(LONG); // it is not told again
                                    connected.countDown();
                                    assertThat(late.recv(ByteBuffer.allocate(1))).isEqualTo(-1);
                                }
                                awaitEnd(group);
                            });
                    assertThat(client.isOpen()).isFalse();
                });
        assertThat(told).containsExactly("accepted", "accepted");
    }

    /** Both of its loops are in the drain. */
    @Test
    default void aChannelThatHasMovedToAnotherLoopIsToldOnce() throws Exception {
        Queue<String> told = new ConcurrentLinkedQueue<>();
        CompletableFuture<Channel> accepted = new CompletableFuture<>();
        withServer(
                2,
                channel -> {
                    channel.pipeline().addLast(new Told(told, "accepted", false));
                    accepted.complete(channel);
                },
                null,
                (group, server) ->
                        inFrame(
                                rt -> {
                                    try (Socket peer = connectTo(server)) {
                                        Channel moved = rt.await(accepted);
                                        EventLoop first = moved.eventLoop();
                                        rt.await(moved.deregister());
                                        for (EventExecutor loop : group) {
                                            if (loop != first) {
                                                rt.await(((EventLoop) loop).register(moved));
                                            }
                                        }
                                        group.drain(LONG);
                                        for (EventExecutor loop : group) { // behind what it tells
                                            rt.await(loop.schedule(() -> {}, 200, MILLISECONDS));
                                        }
                                        rt.await(moved.close());
                                        assertThat(peer.recv(ByteBuffer.allocate(1))).isEqualTo(-1);
                                    }
                                    awaitEnd(group);
                                }));
        assertThat(told).containsExactly("accepted");
    }

    /** Records what it is told, and closes then. */
    @ChannelHandler.Sharable
    final class Told extends ChannelInboundHandlerAdapter {
        private final Queue<String> told;
        private final String name;
        private final boolean closes;

        Told(Queue<String> told, String name, boolean closes) {
            this.told = told;
            this.name = name;
            this.closes = closes;
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext context, Object event) {
            if (event == DrainEvent.INSTANCE) {
                told.add(name);
                if (closes) {
                    context.close();
                }
            } else {
                context.fireUserEventTriggered(event);
            }
        }
    }

    @Test
    default void aFrameThatIsCancelledInADrainCanStillSayGoodbye() throws Exception {
        withServer(
                2,
                FrameChannelFixture::lines,
                GroupDrainContract::leave,
                (group, server) ->
                        inFrame(
                                rt -> {
                                    try (Socket peer = connectTo(server)) {
                                        assertThat(answer(peer, "hello\n")).isEqualTo("more\n");
                                        group.drain(SOON);
                                        assertThat(answer(peer, "")).isEqualTo("ends\n");
                                        assertThat(peer.recv(ByteBuffer.allocate(1))).isEqualTo(-1);
                                    }
                                    awaitEnd(group);
                                }));
    }

    private static void leave(FrameChannel channel) throws IOException {
        try {
            channel.read(String.class);
            channel.write("more\n");
            Frame.delay(DAY);
        } finally {
            Frame.uncancellable(Duration.ofSeconds(5), () -> channel.writeAndFlush("ends\n"));
        }
    }

    /** Each is given to a loop that was looked at before, perhaps. */
    @Test
    default void aDrainWaitsForFramesThatGoFromLoopToLoop() throws Exception {
        AtomicInteger hops = new AtomicInteger();
        withGroup(
                3,
                group -> {
                    List<TardyRuntime> runtimes = new ArrayList<>();
                    for (EventExecutor loop : group) {
                        runtimes.add(runtimeOf((EventLoop) loop));
                    }
                    runtimes.get(0).spawnDaemon(() -> Frame.delay(DAY));
                    hop(runtimes, hops);
                    inFrame(rt -> group.drain(LONG));
                    awaitEnd(group);
                });
        assertThat(hops).hasValue(100);
    }

    private static void hop(List<TardyRuntime> runtimes, AtomicInteger hops) {
        runtimes.get((hops.get() + 1) % runtimes.size())
                .spawn(
                        () -> {
                            Frame.delay(Duration.ofMillis(hops.get() % 7));
                            if (hops.incrementAndGet() < 100) {
                                hop(runtimes, hops);
                            }
                        });
    }

    @Test
    default void aListenerOfNettysOnARuntimeOfAnEntryClosesInItsDrain() throws Exception {
        Queue<String> told = new ConcurrentLinkedQueue<>();
        inFrame(
                rt -> {
                    Channel server =
                            rt.await(
                                    new ServerBootstrap()
                                            .group(rt.eventLoop())
                                            .channel(rt.channelTypes().serverSocket())
                                            .childHandler(new Told(told, "accepted", true))
                                            .bind("127.0.0.1", 0));
                    try (Socket peer = connectTo(server)) {
                        rt.drain(LONG);
                        assertThat(peer.recv(ByteBuffer.allocate(1))).isEqualTo(-1);
                        rt.await(server.closeFuture());
                    }
                });
        assertThat(told).containsExactly("accepted");
    }

    @Test
    @NotSimulated(NotSimulated.ENTRY)
    default void aGroupThatIsDrainedTellsWhetherAllHasEnded() throws Exception {
        withGroup(
                2,
                group -> {
                    bindAnywhere(server(group, new GroupFixture.EchoHandler()));
                    assertThat(group.drain(LONG)).isTrue();
                    assertThat(group.isTerminated()).isTrue();
                    assertThat(group.drain(LONG)).isTrue();
                });
        AtomicInteger goesOn = new AtomicInteger(1);
        TardyEventLoopGroup.Builder impatient =
                group(1).tardy(tardy().stopTimeout(Duration.ofMillis(20)).build());
        withGroup(
                impatient,
                group -> {
                    runtimeOf(group.next())
                            .spawn(
                                    () -> {
                                        while (goesOn.get() > 0) {
                                            DrainContract.waitObstinately();
                                        }
                                    });
                    assertThat(group.drain(SOON)).isFalse();
                    goesOn.set(0);
                });
    }

    @Test
    default void aLoopThatEndsByItselfDoesNotHoldUpTheDrainOfItsGroup() throws Exception {
        withGroup(
                2,
                group -> {
                    TardyRuntime first = runtimeOf((EventLoop) group.iterator().next());
                    first.spawn(() -> Frame.delay(DAY));
                    inFrame(
                            rt -> {
                                group.drain(LONG);
                                Frame.delay(SOON); // it has looked at the first
                                first.stop();
                                awaitEnd(group);
                            });
                });
    }

    @Test
    default void streamsOfAClientsConnectionAreNotAccepted() throws Exception {
        Queue<String> told = new ConcurrentLinkedQueue<>();
        withGroup(
                1,
                group ->
                        inFrame(
                                rt -> {
                                    try (Socket listener = Socket.tcp("127.0.0.1", 0)) {
                                        listener.bind().listen(1);
                                        Channel client =
                                                rt.await(
                                                        client(group, new Multiplexed())
                                                                .connect(listener.localAddress()));
                                        rt.await(
                                                new Http2StreamChannelBootstrap(client)
                                                        .handler(new Told(told, "stream", false))
                                                        .open());
                                        group.drain(LONG);
                                        awaitEnd(group);
                                    }
                                }));
        assertThat(told).isEmpty();
    }

    /** The client's end of HTTP/2. */
    final class Multiplexed extends ChannelInitializer<Channel> {
        @Override
        protected void initChannel(Channel channel) {
            channel.pipeline()
                    .addLast(
                            Http2FrameCodecBuilder.forClient().build(),
                            new Http2MultiplexHandler(new ChannelInboundHandlerAdapter()));
        }
    }
}
