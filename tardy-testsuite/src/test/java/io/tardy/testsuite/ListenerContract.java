package io.tardy.testsuite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.tardy.Deadline;
import io.tardy.Frame;
import io.tardy.Tardy;
import io.tardy.TardyEntry;
import io.tardy.TardyRuntime;
import io.tardy.aio.AcceptError;
import io.tardy.aio.AsyncType;
import io.tardy.aio.SocketError;
import io.tardy.aio.TardyIOException;
import io.tardy.net.Handover;
import io.tardy.net.Listener;
import io.tardy.net.Socket;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Listeners that outlive a process. Both processes are this one here: they share nothing else. */
@EnabledOnOs(OS.LINUX)
interface ListenerContract extends GroupFixture {

    /** For what happens at once. */
    Duration SOON = Duration.ofSeconds(20);

    private static Listener listen() throws IOException {
        return Listener.bind("test", new InetSocketAddress("127.0.0.1", 0), 128);
    }

    private static void echo(Socket peer) throws IOException {
        for (ByteBuffer data; (data = peer.recvNext()) != null; ) {
            peer.sendAll(data);
        }
    }

    /** The client blocks, and is no frame. */
    private static void assertEchoed(SocketAddress address) throws IOException {
        try (SocketChannel client = SocketChannel.open(address)) {
            client.write(ByteBuffer.wrap(new byte[] {42}));
            ByteBuffer answer = ByteBuffer.allocate(1);
            assertThat(client.read(answer)).isEqualTo(1);
            assertThat(answer.get(0)).isEqualTo((byte) 42);
        }
    }

    @Test
    default void aProcessWithoutAServiceManagerInheritsNothing() throws Exception {
        inFrame(
                rt -> {
                    assertThat(Listener.inherited()).isEmpty();
                    assertThatIllegalStateException()
                            .isThrownBy(() -> Listener.inherited("http"))
                            .withMessageContaining("LISTEN_FDS is not set");
                });
    }

    @Test
    @NotSimulated(NotSimulated.RESTART)
    default void aSocketOfAListenerServesAsOthersDo(@TempDir Path folder) throws Exception {
        List<SocketAddress> addresses =
                List.of(
                        new InetSocketAddress("127.0.0.1", 0),
                        new InetSocketAddress("::1", 0),
                        UnixDomainSocketAddress.of(folder.resolve("s")));
        for (SocketAddress address : addresses) {
            try (Tardy tardy = tardy(2).build();
                    Listener listener = Listener.bind("any", address, 16);
                    Socket socket = listener.socket(tardy)) {
                assertThat(socket.localAddress()).isEqualTo(listener.localAddress());
                TardyEntry entry =
                        tardy.entryInNewThread(
                                socket,
                                (rt, server) ->
                                        rt.spawn(() -> server.serveEvenly(ListenerContract::echo)));
                for (int i = 0; i < 10; i++) {
                    assertEchoed(listener.localAddress());
                }
                socket.close();
                entry.await();
            }
        }
    }

    @Test
    @NotSimulated(NotSimulated.RESTART)
    default void closingASocketWakesWhoeverAccepts() throws Exception {
        try (Tardy tardy = tardy(2).uncaughtFrame((frame, e) -> {}).build();
                Listener listener = listen();
                Socket socket = listener.socket(tardy)) {
            CountDownLatch waiting = new CountDownLatch(2);
            List<Frame<Socket>> accepting = new ArrayList<>();
            TardyEntry entry =
                    tardy.entryInNewThread(
                            socket,
                            (rt, shared) -> {
                                synchronized (accepting) {
                                    accepting.add(rt.spawnCall(shared::accept));
                                }
                                rt.spawn(
                                        () -> {
                                            Frame.delay(Duration.ofMillis(2));
                                            waiting.countDown();
                                        });
                            });
            waiting.await();
            socket.close();
            entry.await();
            for (Frame<Socket> frame : accepting) {
                TcpContract.assertFailure(frame, AcceptError.INVALID_FD);
            }
        }
    }

    @Test
    @NotSimulated(NotSimulated.RESTART)
    default void whatWaitsInTheQueueOutlivesASocket() throws Exception {
        inFrame(
                rt -> {
                    try (Listener listener = listen()) {
                        Socket first = listener.socket();
                        try (SocketChannel client = SocketChannel.open(listener.localAddress())) {
                            first.close();
                            try (Socket second = listener.socket();
                                    Socket peer = second.accept()) {
                                peer.sendAll(ByteBuffer.wrap(new byte[] {1}));
                                assertThat(client.read(ByteBuffer.allocate(1))).isEqualTo(1);
                            }
                        }
                    }
                });
    }

    /** Accepts are in flight in the one while the other begins. */
    @Test
    @NotSimulated(NotSimulated.RESTART)
    default void noConnectionIsLostFromSocketToSocket() throws Exception {
        try (Tardy tardy = tardy(2).build();
                Listener listener = listen()) {
            SocketAddress address = listener.localAddress();
            CountDownLatch done = new CountDownLatch(1);
            TardyEntry entry =
                    tardy.entryInNewThread(
                            null,
                            (rt, none) ->
                                    rt.spawn(
                                            () -> {
                                                Socket open = serveNext(listener);
                                                while (done.getCount() > 0) {
                                                    Socket next = serveNext(listener);
                                                    open.close();
                                                    open = next;
                                                    Frame.delay(Duration.ofMillis(1));
                                                }
                                                open.close();
                                            }));
            try {
                for (int i = 0; i < 500; i++) {
                    assertEchoed(address);
                }
            } finally {
                done.countDown();
                entry.await();
            }
        }
    }

    private static Socket serveNext(Listener listener) throws IOException {
        Socket socket = listener.socket();
        TardyRuntime.current().spawn(() -> socket.serve(ListenerContract::echo));
        return socket;
    }

    /**
     * Its number is mostly that of the one before, whose descriptor was not the listener's last.
     */
    @Test
    @NotSimulated(NotSimulated.RESTART)
    default void aSocketOfAListenerWaitsAsTheOneBeforeDid() throws Exception {
        inFrame(
                rt -> {
                    try (Listener listener = listen()) {
                        for (int i = 0; i < 20; i++) {
                            Socket socket = listener.socket();
                            Frame<Socket> accepting = rt.spawnCall(socket::accept);
                            Frame.delay(Duration.ofMillis(2));
                            socket.close();
                            TcpContract.assertFailure(accepting, AcceptError.INVALID_FD);
                        }
                    }
                });
    }

    @Test
    @NotSimulated(NotSimulated.RESTART)
    default void aListenerThatIsClosedMakesNoSocket() throws Exception {
        inFrame(
                rt -> {
                    Listener listener = listen();
                    listener.close();
                    listener.close();
                    assertThatExceptionOfType(TardyIOException.class)
                            .isThrownBy(listener::socket)
                            .satisfies(
                                    e -> assertThat(e.error()).isEqualTo(SocketError.INVALID_FD));
                });
    }

    @Test
    @NotSimulated(NotSimulated.RESTART)
    default void anInheritedSocketIsBoundAndListens() throws Exception {
        inFrame(
                rt -> {
                    try (Listener listener = listen();
                            Socket socket = listener.socket()) {
                        assertThatExceptionOfType(TardyIOException.class)
                                .isThrownBy(socket::bind)
                                .withMessageContaining("listens already");
                        socket.listen(32); // which the system takes for another backlog
                        assertThatExceptionOfType(TardyIOException.class)
                                .isThrownBy(socket::connect);
                    }
                });
    }

    @Test
    @NotSimulated(NotSimulated.RESTART)
    default void aChannelOfNettysAcceptsFromAListener() throws Exception {
        withGroup(
                1,
                group -> {
                    try (Listener listener = listen()) {
                        if (transport() == AsyncType.IO_URING) {
                            assertThatExceptionOfType(UnsupportedOperationException.class)
                                    .isThrownBy(() -> listener.channel(group))
                                    .withMessageContaining("use epoll");
                            return;
                        }
                        Channel first = register(listener, group);
                        assertThat(first.localAddress()).isEqualTo(listener.localAddress());
                        for (int i = 0; i < 10; i++) {
                            assertEchoed(listener.localAddress());
                            Channel next = register(listener, group);
                            first.close().sync();
                            first = next;
                        }
                        assertEchoed(listener.localAddress());
                        first.close().sync();
                    }
                });
    }

    @Test
    @NotSimulated(NotSimulated.RESTART)
    default void aGroupWithoutRuntimesGetsNoChannel() throws Exception {
        MultiThreadIoEventLoopGroup stock =
                new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
        try (Listener listener = listen()) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> listener.channel(stock))
                    .withMessageContaining("use a TardyEventLoopGroup");
        } finally {
            stock.shutdownGracefully(0, 5, TimeUnit.SECONDS).sync();
        }
    }

    private static Channel register(Listener listener, EventLoopGroup group)
            throws InterruptedException {
        return new ServerBootstrap()
                .group(group)
                .channelFactory(() -> listener.channel(group))
                .childHandler(new EchoHandler())
                .register()
                .sync()
                .channel();
    }

    @Test
    @NotSimulated(NotSimulated.RESTART)
    default void aSuccessorTakesTheListenersAndTheirConnections(@TempDir Path folder)
            throws Exception {
        Path path = folder.resolve("handover");
        try (Handover old = Handover.at(path, SOON);
                Handover young = Handover.at(path, SOON);
                Tardy tardy = tardy().build();
                Listener first = listen();
                Listener second =
                        Listener.bind(
                                "other", UnixDomainSocketAddress.of(folder.resolve("s")), 16)) {
            assertThat(old.takeOver()).isEmpty();
            old.serve(List.of(first, second));
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
                    .isEqualTo("rw-------");
            try (SocketChannel early = SocketChannel.open(first.localAddress())) {
                List<Listener> taken = young.takeOver();
                assertThat(taken).extracting(Listener::name).containsExactly("test", "other");
                assertThat(taken.get(1).localAddress()).isEqualTo(second.localAddress());
                SocketAddress address = taken.getFirst().localAddress();
                assertThat(address).isEqualTo(first.localAddress());
                young.serve(taken);
                old.successor().toCompletableFuture().get(20, TimeUnit.SECONDS);
                old.close(); // must leave the path to the successor
                first.close();
                second.close();
                Socket socket = taken.getFirst().socket(tardy);
                TardyEntry entry =
                        tardy.entryInNewThread(
                                socket,
                                (rt, server) ->
                                        rt.spawn(() -> server.serve(ListenerContract::echo)));
                early.write(ByteBuffer.wrap(new byte[] {7}));
                assertThat(early.read(ByteBuffer.allocate(1))).isEqualTo(1);
                assertEchoed(address);
                assertThat(path).exists();
                socket.close();
                early.close();
                entry.await();
                for (Listener each : taken) {
                    each.close();
                }
                assertThatExceptionOfType(IOException.class)
                        .isThrownBy(() -> SocketChannel.open(address).close());
            }
            young.close();
            assertThat(path).doesNotExist();
        }
    }

    @Test
    @NotSimulated(NotSimulated.RESTART)
    default void aSuccessorThatFailsHalfwayLeavesTheOldOneServing(@TempDir Path folder)
            throws Exception {
        Path path = folder.resolve("handover");
        try (Handover old = Handover.at(path, SOON);
                Listener listener = listen()) {
            old.takeOver();
            old.serve(List.of(listener));
            for (int i = 0; i < 3; i++) {
                try (Handover failing = Handover.at(path, SOON)) {
                    failing.takeOver().getFirst().close();
                }
                assertThat(old.successor().toCompletableFuture()).isNotDone();
            }
            try (Handover young = Handover.at(path, SOON)) {
                List<Listener> taken = young.takeOver();
                young.serve(taken);
                old.successor().toCompletableFuture().get(20, TimeUnit.SECONDS);
                taken.getFirst().close();
            }
        }
    }

    @Test
    @NotSimulated(NotSimulated.RESTART)
    default void aSuccessorThatTakesTooLongIsGivenUpAndTold(@TempDir Path folder) throws Exception {
        Path path = folder.resolve("handover");
        try (Handover old = Handover.at(path, Duration.ofMillis(1));
                Listener listener = listen();
                Handover young = Handover.at(path, SOON)) {
            old.takeOver();
            old.serve(List.of(listener));
            List<Listener> taken = young.takeOver();
            try (Handover other = Handover.at(path, SOON)) {
                other.takeOver().getFirst().close(); // its turn comes when the first was given up
            }
            assertThatExceptionOfType(TardyIOException.class)
                    .isThrownBy(() -> young.serve(taken))
                    .withMessageContaining("serves on");
            taken.getFirst().close();
            assertThat(old.successor().toCompletableFuture()).isNotDone();
            try (var files = Files.list(folder)) {
                assertThat(files).containsExactly(path);
            }
        }
    }

    @Test
    @NotSimulated(NotSimulated.RESTART)
    default void whoeverHasDiedNeedNotAgree(@TempDir Path folder) throws Exception {
        Path path = folder.resolve("handover");
        try (Handover old = Handover.at(path, SOON);
                Listener listener = listen();
                Handover young = Handover.at(path, SOON)) {
            old.takeOver();
            old.serve(List.of(listener));
            List<Listener> taken = young.takeOver();
            old.close();
            assertThatExceptionOfType(ExecutionException.class)
                    .isThrownBy(() -> resultOf(old.successor().toCompletableFuture()))
                    .withCauseInstanceOf(CancellationException.class);
            young.serve(taken);
            try (Handover next = Handover.at(path, SOON)) {
                List<Listener> again = next.takeOver();
                assertThat(again.getFirst().localAddress()).isEqualTo(listener.localAddress());
                next.serve(again);
                again.getFirst().close();
            }
            taken.getFirst().close();
        }
    }

    @Test
    @NotSimulated(NotSimulated.RESTART)
    default void aFileAtThePathIsNotReplaced(@TempDir Path folder) throws Exception {
        Path path = Files.writeString(folder.resolve("precious"), "text");
        try (Handover handover = Handover.at(path, SOON);
                Listener listener = listen()) {
            assertThat(handover.takeOver()).isEmpty();
            assertThatExceptionOfType(TardyIOException.class)
                    .isThrownBy(() -> handover.serve(List.of(listener)))
                    .withMessageContaining("not replaced");
        }
        assertThat(path).hasContent("text");
    }

    @Test
    @NotSimulated(NotSimulated.RESTART)
    default void aFrameDoesNotBlockInAHandover(@TempDir Path folder) throws Exception {
        inFrame(
                rt -> {
                    try (Handover handover = Handover.at(folder.resolve("h"), SOON);
                            Listener listener = listen()) {
                        assertThatIllegalStateException()
                                .isThrownBy(handover::takeOver)
                                .withMessageContaining("rt.offload");
                        rt.offload(handover::takeOver);
                        rt.offload(
                                () -> {
                                    handover.serve(List.of(listener));
                                    return null;
                                });
                        try (Handover young = Handover.at(folder.resolve("h"), SOON)) {
                            List<Listener> taken = rt.offload(young::takeOver);
                            Frame<Void> serving =
                                    rt.spawn(
                                            () ->
                                                    rt.offload(
                                                            () -> {
                                                                young.serve(taken);
                                                                return null;
                                                            }));
                            Deadline.within(SOON, () -> rt.await(handover.successor()));
                            serving.join();
                            taken.getFirst().close();
                        }
                    }
                });
    }
}
