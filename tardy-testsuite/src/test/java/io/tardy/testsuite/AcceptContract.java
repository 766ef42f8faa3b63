package io.tardy.testsuite;

import static io.tardy.testsuite.TcpContract.assertFailure;
import static io.tardy.testsuite.TcpContract.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.tardy.Frame;
import io.tardy.Tardy;
import io.tardy.TardyEntry;
import io.tardy.TardyRuntime;
import io.tardy.aio.AcceptError;
import io.tardy.aio.TardyIOException;
import io.tardy.net.Socket;
import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Listening sockets, and the loops that accept from them. */
interface AcceptContract extends ConnectedFixture {

    @Test
    @NotSimulated(NotSimulated.ENTRY)
    default void closingAListenerWakesTheAcceptLoopsOfAllRuntimes() throws Exception {
        try (Tardy tardy = tardy(2).uncaughtFrame((frame, e) -> {}).build();
                Socket listener = Socket.tcp(tardy, "127.0.0.1", 0)) {
            listener.bind().listen(16);
            CountDownLatch waiting = new CountDownLatch(2);
            List<Frame<Socket>> accepting = new ArrayList<>();
            TardyEntry entry =
                    tardy.entryInNewThread(
                            listener,
                            (rt, socket) -> {
                                synchronized (accepting) {
                                    accepting.add(rt.spawnCall(socket::accept));
                                }
                                rt.spawn(
                                        () -> {
                                            Frame.delay(Duration.ofMillis(2));
                                            waiting.countDown();
                                        });
                            });
            waiting.await();
            listener.close();
            entry.await();
            for (Frame<Socket> frame : accepting) {
                assertFailure(frame, AcceptError.INVALID_FD);
            }
        }
    }

    @Test
    default void acceptingOnASocketThatDoesNotListenFails() throws Exception {
        inFrame(
                rt -> {
                    try (Socket socket = Socket.tcp("127.0.0.1", 0).bind()) {
                        assertFailure(socket::accept, AcceptError.NOT_LISTENING);
                    }
                });
    }

    @Test
    @NotSimulated(NotSimulated.ENTRY)
    default void aListenerIsSharedByTheAcceptLoopsOfAllRuntimes() throws Exception {
        int connections = 200;
        ConcurrentHashMap<Integer, Integer> perRuntime = new ConcurrentHashMap<>();
        try (Tardy tardy = tardy(2).build();
                Socket listener = Socket.tcp(tardy, "127.0.0.1", 0)) {
            listener.bind().listen(1024);
            AtomicInteger accepted = new AtomicInteger();
            tardy.entry(
                    listener,
                    (rt, socket) -> {
                        rt.spawn(
                                () -> {
                                    while (accepted.get() < connections) {
                                        try (Socket peer = acceptOrNull(socket)) {
                                            if (peer != null) {
                                                perRuntime.merge(rt.id(), 1, Integer::sum);
                                                if (accepted.incrementAndGet() == connections) {
                                                    socket.close();
                                                }
                                            }
                                        }
                                    }
                                });
                        if (rt.id() == 0) {
                            rt.spawn(
                                    () -> {
                                        for (int i = 0; i < connections; i++) {
                                            try (Socket client =
                                                    TransportFixture.connectTo(socket)) {
                                                assertThat(client.recv()).isNull();
                                            }
                                        }
                                    });
                        }
                    });
            assertThat(accepted).hasValue(connections);
        }
        assertThat(perRuntime.values().stream().mapToInt(Integer::intValue).sum())
                .isEqualTo(connections);
    }

    private static Socket acceptOrNull(Socket listener) throws IOException {
        try {
            return listener.accept();
        } catch (TardyIOException e) {
            assertThat(e.error()).isEqualTo(AcceptError.INVALID_FD);
            return null;
        }
    }

    @Test
    default void manyConnectionsComeAndGoAndHalfOfThemByReset() throws Exception {
        int connections = 1000;
        inFrame(
                tardy().uncaughtFrame((frame, e) -> {}),
                rt -> {
                    try (Socket listener = TransportFixture.listenAnywhere()) {
                        Frame<Void> accepting = rt.spawn(() -> acceptLoop(rt, listener));
                        List<Socket> clients = new ArrayList<>();
                        ByteBuffer one = ByteBuffer.allocate(1);
                        for (int i = 0; i < connections; i++) {
                            Socket client = TransportFixture.connectTo(listener);
                            clients.add(client);
                            client.sendAll(one.clear().put((byte) i).flip());
                            assertThat(client.recvAll(one.clear())).isEqualTo(1);
                            assertThat(one.get(0)).isEqualTo((byte) i);
                        }
                        assertThat(rt.tasks()).isEqualTo(connections + 2);
                        for (int i = 0; i < connections; i++) {
                            if (i % 2 == 0) {
                                clients.get(i).setOption(StandardSocketOptions.SO_LINGER, 0);
                            }
                            clients.get(i).close();
                        }
                        while (rt.tasks() > 2) {
                            Frame.delay(Duration.ofMillis(1));
                        }
                        assertThat(rt.framesFailed()).isEqualTo(connections / 2);
                        accepting.cancel();
                    }
                });
    }

    static Frame<Void> serving(Socket listener, Socket.ConnectionHandler body) {
        return TardyRuntime.current().spawn(() -> listener.serve(body));
    }

    @Test
    default void serveGivesEachConnectionAFrameAndEndsWhenTheListenerIsClosed() throws Exception {
        AtomicInteger served = new AtomicInteger();
        inFrame(
                rt -> {
                    try (Socket listener = TransportFixture.listenAnywhere()) {
                        Frame<Void> serving =
                                serving(
                                        listener,
                                        peer -> {
                                            peer.recv().release();
                                            served.incrementAndGet();
                                        });
                        for (int i = 0; i < 10; i++) {
                            try (Socket client = TransportFixture.connectTo(listener)) {
                                client.sendAll(bytes("x"));
                                assertThat(client.recv()).isNull(); // closed by serve
                            }
                        }
                        listener.close();
                        serving.join();
                    }
                });
        assertThat(served).hasValue(10);
    }

    @Test
    default void theFramesOfServeAreNamedAfterItsOwn() throws Exception {
        inFrame(
                rt -> {
                    try (Socket listener = TransportFixture.listenAnywhere()) {
                        Frame<Void> serving =
                                rt.spawn(
                                        "greeter",
                                        () ->
                                                listener.serve(
                                                        peer ->
                                                                peer.sendAll(
                                                                        bytes(
                                                                                Thread
                                                                                        .currentThread()
                                                                                        .getName()))));
                        for (int i = 0; i < 2; i++) {
                            try (Socket client = TransportFixture.connectTo(listener)) {
                                String name = new String(client.inputStream().readAllBytes());
                                assertThat(name).isEqualTo("greeter/connection");
                            }
                        }
                        listener.close();
                        serving.join();
                    }
                });
    }

    @Test
    default void serveTakesNoFurtherConnectionWhileAStaticPoolIsFull() throws Exception {
        inFrame(
                tardy().pooling(io.tardy.Pooling.STATIC).tasksInitial(4),
                rt -> {
                    try (Socket listener = TransportFixture.listenAnywhere()) {
                        // This frame, the serving one, and two connections.
                        Frame<Void> serving = serving(listener, peer -> peer.sendAll(peer.recv()));
                        List<Socket> clients = new ArrayList<>();
                        for (int i = 0; i < 6; i++) {
                            clients.add(TransportFixture.connectTo(listener));
                        }
                        ByteBuffer one = ByteBuffer.allocate(1);
                        for (Socket client : clients) {
                            client.sendAll(bytes("x"));
                            assertThat(client.recvAll(one.clear())).isEqualTo(1);
                            assertThat(rt.tasks()).isLessThanOrEqualTo(4);
                            client.close();
                        }
                        serving.cancel();
                    }
                });
    }

    static void acceptLoop(TardyRuntime rt, Socket listener) throws IOException {
        for (; ; ) {
            Socket peer = listener.accept();
            rt.spawn(
                    () -> {
                        try (peer) {
                            for (ByteBuf data; (data = peer.recv()) != null; ) {
                                peer.sendAll(data);
                            }
                        }
                    });
        }
    }
}
