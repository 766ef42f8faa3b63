package io.tardy.testsuite;

import static io.tardy.FrameStatus.ALIVE;
import static io.tardy.testsuite.ScopeFixture.DAY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.tardy.Deadline;
import io.tardy.Frame;
import io.tardy.Pooling;
import io.tardy.Tardy;
import io.tardy.TardyRuntime;
import io.tardy.aio.AcceptError;
import io.tardy.aio.CancelledException;
import io.tardy.aio.TardyIOException;
import io.tardy.net.Socket;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** Runtimes that serve one listener evenly. */
interface EvenContract extends SiblingContract {

    /** Serves on this runtime: tells each client which one that is, and keeps it company. */
    private static Frame<Void> serve(TardyRuntime on, Socket listener) {
        return on.spawn(
                "even",
                () ->
                        listener.serveEvenly(
                                peer -> {
                                    assertThat(TardyRuntime.current()).isSameAs(on);
                                    peer.sendAll(ByteBuffer.wrap(new byte[] {(byte) on.id()}));
                                    peer.recv(ByteBuffer.allocate(1));
                                }));
    }

    /** A client, and which runtime has served it; -1 if none has. */
    private static int greeting(Socket client) throws IOException {
        ByteBuffer one = ByteBuffer.allocate(1);
        return Deadline.callWithin(
                Duration.ofSeconds(20), () -> client.recv(one) < 0 ? -1 : one.get(0));
    }

    /** Connects so many clients, one after the other; how many each runtime serves. */
    private static int[] connect(Socket listener, int count, int runtimes, List<Socket> clients)
            throws IOException {
        int[] served = new int[runtimes];
        for (int i = 0; i < count; i++) {
            Socket client = TransportFixture.connectTo(listener);
            clients.add(client);
            served[greeting(client)]++;
        }
        return served;
    }

    private static void closeAll(List<Socket> sockets) throws IOException {
        for (Socket each : sockets) {
            each.close();
        }
        sockets.clear();
    }

    /** Who serves, and is connected to. */
    @FunctionalInterface
    interface Listening {
        void use(TardyRuntime rt, Socket listener, List<Socket> clients) throws Exception;
    }

    /**
     * In a frame of the first runtime; the clients are closed afterwards, and then the listener.
     */
    private void listening(Tardy.Builder tardy, Listening body) throws Exception {
        onFirst(
                tardy,
                rt -> {
                    List<Socket> clients = new ArrayList<>();
                    try (Socket listener = TransportFixture.listenAnywhere()) {
                        body.use(rt, listener, clients);
                    } finally {
                        closeAll(clients); // those who serve them wait, which would hide a failure
                    }
                });
    }

    private static void awaitTasks(TardyRuntime rt, int count) throws IOException {
        while (rt.tasks() != count) {
            Frame.delay(Duration.ofMillis(1));
        }
    }

    @Test
    default void connectionsThatStayAreSpreadEvenly() throws Exception {
        listening(
                tardy(3),
                (rt, listener, clients) -> {
                    rt.siblings().forEach(each -> serve(each, listener));
                    assertThat(connect(listener, 99, 3, clients)).containsExactly(33, 33, 33);
                });
    }

    @Test
    default void connectionsThatComeAtOnceAreSpreadEvenlyToo() throws Exception {
        listening(
                tardy(2),
                (rt, listener, clients) -> {
                    for (int i = 0; i < 100; i++) {
                        clients.add(TransportFixture.connectTo(listener)); // in its queue
                    }
                    rt.siblings().forEach(each -> serve(each, listener));
                    int[] served = new int[2];
                    for (Socket client : clients) {
                        served[greeting(client)]++;
                    }
                    // Until both are there, one may take all: in the end it has no more.
                    closeAll(clients);
                    assertThat(Arrays.stream(served).sum()).isEqualTo(100);
                    rt.siblings().forEach(each -> assertServes(each));
                    assertThat(connect(listener, 10, 2, clients)).containsExactly(5, 5);
                });
    }

    /** Nothing of those that have gone is left. */
    private static void assertServes(TardyRuntime rt) {
        try {
            awaitTasks(rt, 2);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    default void whoServesFewerGetsTheNextUntilItServesAsMany() throws Exception {
        listening(
                tardy(2),
                (rt, listener, clients) -> {
                    TardyRuntime other = rt.siblings().get(1);
                    serve(rt, listener);
                    assertThat(connect(listener, 3, 2, clients)).containsExactly(3, 0);
                    Frame<Void> second = serve(other, listener);
                    awaitTasks(other, 2);
                    // It has taken its seat before another frame of it runs.
                    other.call(() -> null);
                    assertThat(connect(listener, 5, 2, clients)).containsExactly(1, 4);
                    second.cancel();
                    TransportFixture.assertFailedOf(second, CancelledException.class);
                    assertThat(connect(listener, 3, 2, clients)).containsExactly(3, 0);
                    assertThat(other.tasks()).as("what it serves it goes on to").isEqualTo(5);
                });
    }

    @Test
    default void aRuntimeThatHasEndedIsPassedOver() throws Exception {
        listening(
                tardy(3),
                (rt, listener, clients) -> {
                    rt.siblings().forEach(each -> serve(each, listener));
                    TardyRuntime ended = rt.siblings().get(1);
                    ended.stop();
                    SiblingContract.awaitEnd(ended);
                    assertThat(connect(listener, 10, 3, clients)).containsExactly(5, 0, 5);
                });
    }

    /**
     * Of two that wait for a connection the system may tell only the first, and that one has just
     * been cancelled.
     */
    @Test
    @NotSimulated("it holds a runtime's thread while another goes on, and there is one thread")
    default void noConnectionIsLostToAnAcceptThatIsGivenUp() throws Exception {
        listening(
                tardy(2).uncaughtFrame((frame, e) -> {}),
                (rt, listener, clients) -> {
                    TardyRuntime other = rt.siblings().get(1);
                    for (int round = 0; round < 20; round++) {
                        Frame<Void> leaves = other.spawn(() -> listener.accept().close());
                        other.call(() -> null); // so this is the first to wait
                        Frame<Void> stays = rt.spawn(() -> listener.accept().close());
                        Frame.delay(ScopeFixture.SOON); // the system knows of both
                        AtomicBoolean isHeld = new AtomicBoolean(true);
                        other.spawn(() -> holdThread(isHeld));
                        try {
                            leaves.cancel();
                            clients.add(TransportFixture.connectTo(listener));
                        } finally {
                            isHeld.set(false);
                        }
                        assertThat(greeting(clients.getFirst())).isEqualTo(-1);
                        stays.cancel();
                        awaitTasks(rt, 1);
                        awaitTasks(other, 1);
                        closeAll(clients);
                    }
                });
    }

    /** So that its runtime does nothing else. */
    private static void holdThread(AtomicBoolean isHeld) {
        while (isHeld.get()) {
            Thread.onSpinWait();
        }
    }

    /** Its connections are cancelled, and no other is. */
    @Test
    default void noConnectionHangsWhenARuntimeIsStopped() throws Exception {
        listening(
                tardy(3).uncaughtFrame((frame, e) -> {}),
                (rt, listener, clients) -> {
                    rt.siblings().forEach(each -> serve(each, listener));
                    TardyRuntime stopped = rt.siblings().get(2);
                    int[] served = new int[3];
                    for (int i = 0; i < 60; i++) {
                        if (i == 20) {
                            stopped.stop();
                        }
                        Socket client = TransportFixture.connectTo(listener);
                        clients.add(client);
                        int by = greetingOrNone(client);
                        if (by >= 0) {
                            served[by]++;
                        }
                    }
                    SiblingContract.awaitEnd(stopped);
                    assertThat(rt.tasks()).as("body, server").isEqualTo(2 + served[0]);
                    assertThat(rt.siblings().get(1).tasks()).isEqualTo(2 + served[1]);
                    assertThat(connect(listener, 10, 3, clients)[2]).isZero();
                });
    }

    private static int greetingOrNone(Socket client) throws IOException {
        try {
            return greeting(client);
        } catch (TardyIOException e) {
            assertThat(e.error().toString()).isEqualTo("CONNECTION_RESET_BY_PEER");
            return -1;
        }
    }

    @Test
    default void aRuntimeWithoutAFreeTaskIsPassedOver() throws Exception {
        listening(
                tardy(2).pooling(Pooling.STATIC).tasksInitial(4),
                (rt, listener, clients) -> {
                    TardyRuntime other = rt.siblings().get(1);
                    serve(rt, listener); // beside this frame: two are left
                    serve(other, listener);
                    Frame<Void> taken = other.spawn(() -> Frame.delay(DAY));
                    awaitTasks(other, 3);
                    assertThat(connect(listener, 3, 2, clients)).containsExactly(2, 1);
                    Socket fourth = TransportFixture.connectTo(listener);
                    clients.add(fourth);
                    clients.removeFirst().close(); // whoever served it has room now
                    assertThat(greeting(fourth)).isBetween(0, 1);
                    taken.cancel();
                });
    }

    @Test
    default void aDrainServesWhatHasArrivedAndEndsAll() throws Exception {
        onFirst(
                tardy(3),
                rt -> {
                    List<Socket> clients = new ArrayList<>();
                    Socket listener = TransportFixture.listenAnywhere();
                    for (int i = 0; i < 60; i++) {
                        clients.add(TransportFixture.connectTo(listener));
                    }
                    List<Frame<Void>> serving = new ArrayList<>();
                    rt.siblings().forEach(each -> serving.add(serve(each, listener)));
                    rt.siblings().forEach(each -> each.drain(DAY));
                    int[] served = new int[3];
                    for (Socket client : clients) {
                        served[greeting(client)]++;
                    }
                    assertThat(Arrays.stream(served).sum()).isEqualTo(60);
                    closeAll(clients);
                    for (Frame<Void> each : serving) {
                        each.join();
                    }
                    assertThat(listener.isClosed()).isTrue();
                });
    }

    @Test
    default void allOfThemEndWithTheLastConnectionOnceTheListenerIsClosed() throws Exception {
        onFirst(
                tardy(2),
                rt -> {
                    for (int round = 0; round < 3; round++) {
                        Socket listener = TransportFixture.listenAnywhere();
                        List<Frame<Void>> serving = new ArrayList<>();
                        rt.siblings().forEach(each -> serving.add(serve(each, listener)));
                        List<Socket> clients = new ArrayList<>();
                        connect(listener, 2, 2, clients);
                        clients.removeFirst().close();
                        listener.close();
                        Frame.delay(ScopeFixture.SOON);
                        // Whoever serves nobody any more is there for the one that does.
                        assertThat(serving).extracting(Frame::status).containsOnly(ALIVE);
                        closeAll(clients);
                        for (Frame<Void> each : serving) {
                            each.join();
                        }
                    }
                });
    }

    @Test
    default void aSocketThatDoesNotListenIsRefused() throws Exception {
        inFrame(
                rt -> {
                    try (Socket socket = Socket.tcp("127.0.0.1", 0).bind()) {
                        assertThatExceptionOfType(TardyIOException.class)
                                .isThrownBy(() -> socket.serveEvenly(peer -> {}))
                                .satisfies(
                                        e ->
                                                assertThat(e.error())
                                                        .isEqualTo(AcceptError.NOT_LISTENING));
                    }
                });
    }
}
