package io.tardy.testsuite;

import static io.tardy.testsuite.ScopeFixture.DAY;
import static io.tardy.testsuite.ScopeFixture.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.tardy.Deadline;
import io.tardy.Frame;
import io.tardy.FrameStatus;
import io.tardy.Tardy;
import io.tardy.TardyEntry;
import io.tardy.TardyRuntime;
import io.tardy.aio.CancelledException;
import io.tardy.aio.ConnectError;
import io.tardy.aio.DeadlineExceededException;
import io.tardy.aio.RecvError;
import io.tardy.aio.SendError;
import io.tardy.aio.TardyIOException;
import io.tardy.net.Socket;
import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** How runtimes end in order. */
interface DrainContract extends TransportFixture {

    /** Long enough never to pass in a test. */
    Duration LONG = Duration.ofHours(1);

    @Test
    default void connectionsThatTheSystemHasAcceptedAreServedBeforeTheListenerCloses()
            throws Exception {
        inFrame(
                rt -> {
                    Socket listener = TransportFixture.listenAnywhere();
                    int port = TransportFixture.port(listener);
                    List<Socket> clients = new ArrayList<>();
                    for (int i = 0; i < 50; i++) {
                        clients.add(TransportFixture.connectTo(listener)); // in its queue
                    }
                    rt.drain(LONG);
                    Frame<Void> serving = rt.spawn(() -> listener.serve(DrainContract::echoOnce));
                    for (Socket client : clients) {
                        assertEchoed(client);
                    }
                    serving.join();
                    assertThat(listener.isClosed()).isTrue();
                    assertRefused(port);
                });
    }

    @Test
    default void runtimesThatShareAListenerServeAllThatIsInItsQueue() throws Exception {
        AtomicReference<Socket> shared = new AtomicReference<>();
        CountDownLatch bound = new CountDownLatch(1);
        Queue<TardyRuntime> runtimes = new ConcurrentLinkedQueue<>();
        AtomicInteger echoed = new AtomicInteger();
        inFrame(
                tardy(3),
                rt -> {
                    runtimes.add(rt);
                    if (rt.id() == 0) {
                        shared.set(TransportFixture.listenAnywhere());
                        bound.countDown();
                    } else {
                        bound.await();
                    }
                    Socket listener = shared.get();
                    if (rt.id() > 0) {
                        rt.spawn(() -> listener.serve(DrainContract::echoOnce));
                        return;
                    }
                    while (runtimes.size() < 3) {
                        Frame.delay(Duration.ofMillis(1));
                    }
                    List<Socket> clients = new ArrayList<>();
                    for (int i = 0; i < 100; i++) {
                        clients.add(TransportFixture.connectTo(listener));
                    }
                    runtimes.forEach(each -> each.drain(LONG));
                    for (Socket client : clients) {
                        assertEchoed(client);
                        echoed.incrementAndGet();
                    }
                });
        assertThat(echoed).hasValue(100);
        assertThat(shared.get().isClosed()).isTrue();
    }

    @Test
    default void runtimesWithListenersOfTheirOwnServeAllInTheirQueues() throws Exception {
        List<TardyRuntime> runtimes = new CopyOnWriteArrayList<>();
        CompletableFuture<Integer> port = new CompletableFuture<>();
        CountDownLatch listening = new CountDownLatch(2);
        AtomicInteger echoed = new AtomicInteger();
        inFrame(
                tardy(3),
                rt -> {
                    runtimes.add(rt);
                    if (rt.id() > 0) {
                        Socket own = listenBeside(rt.id() == 1 ? 0 : port.get());
                        port.complete(TransportFixture.port(own));
                        listening.countDown();
                        own.serve(DrainContract::echoOnce);
                        assertThat(own.isClosed()).isTrue();
                        return;
                    }
                    listening.await();
                    List<Socket> clients = new ArrayList<>();
                    for (int i = 0; i < 100; i++) {
                        clients.add(Socket.tcp("127.0.0.1", port.get()).connect());
                    }
                    runtimes.forEach(each -> each.drain(LONG));
                    for (Socket client : clients) {
                        assertEchoed(client);
                        echoed.incrementAndGet();
                    }
                });
        assertThat(echoed).hasValue(100);
    }

    private static Socket listenBeside(int port) throws IOException {
        return Socket.tcp("127.0.0.1", port)
                .setOption(StandardSocketOptions.SO_REUSEPORT, true)
                .bind()
                .listen(1024);
    }

    @Test
    default void aListenerClosesAlthoughEverMoreConnectionsArrive() throws Exception {
        inFrame(
                rt -> {
                    Socket listener = TransportFixture.listenAnywhere();
                    int port = TransportFixture.port(listener);
                    Frame<Void> serving = rt.spawn(() -> listener.serve(DrainContract::echoOnce));
                    List<Frame<Integer>> arriving = new ArrayList<>();
                    for (int i = 0; i < 8; i++) {
                        arriving.add(rt.spawnCall(() -> connectUntilRefused(port)));
                    }
                    Frame.delay(SOON);
                    rt.drain(LONG);
                    serving.join();
                    for (Frame<Integer> each : arriving) {
                        assertThat(each.join()).isPositive();
                    }
                });
    }

    /** How many connections there were; of the last, which may come too late, there is no echo. */
    private static int connectUntilRefused(int port) throws IOException {
        for (int count = 0; ; count++) {
            try (Socket client = Socket.tcp("127.0.0.1", port)) {
                client.connect();
                client.sendAll(ByteBuffer.allocate(1));
                client.recv(ByteBuffer.allocate(1));
            } catch (TardyIOException e) {
                if (e.error() == ConnectError.CONNECTION_REFUSED) {
                    return count;
                }
                assertThat(e.error())
                        .isIn(
                                ConnectError.CONNECTION_RESET_BY_PEER,
                                RecvError.CONNECTION_RESET_BY_PEER,
                                SendError.CONNECTION_RESET_BY_PEER,
                                SendError.BROKEN_PIPE);
            }
        }
    }

    private static void echoOnce(Socket peer) throws IOException {
        ByteBuffer one = ByteBuffer.allocate(1);
        peer.recv(one);
        peer.sendAll(one.flip());
    }

    private static void assertEchoed(Socket client) throws IOException {
        try (client) {
            client.sendAll(ByteBuffer.allocate(1));
            assertThat(client.recvAll(ByteBuffer.allocate(1))).isOne();
        }
    }

    private static void assertRefused(int port) throws IOException {
        try (Socket late = Socket.tcp("127.0.0.1", port)) {
            assertThatExceptionOfType(TardyIOException.class)
                    .isThrownBy(late::connect)
                    .satisfies(
                            e -> assertThat(e.error()).isEqualTo(ConnectError.CONNECTION_REFUSED));
        }
    }

    @Test
    default void whoIsIdleEndsAtOnceAndWhoIsNotHasItsTime() throws Exception {
        inFrame(
                rt -> {
                    try (Socket listener = TransportFixture.listenAnywhere();
                            Socket client = TransportFixture.connectTo(listener);
                            Socket peer = listener.accept()) {
                        Frame<Integer> idle =
                                rt.spawnCall(
                                        () ->
                                                Frame.idle(
                                                        -1,
                                                        () -> peer.recv(ByteBuffer.allocate(1))));
                        Frame<String> busy =
                                rt.spawnCall(
                                        () -> {
                                            Frame.delay(SOON);
                                            return rt.isDraining() ? "told" : "not told";
                                        });
                        Frame.yield();
                        assertThat(rt.isDraining()).isFalse();
                        rt.drain(LONG);
                        assertThat(rt.isDraining()).isTrue();
                        assertThat(idle.join()).isEqualTo(-1);
                        assertThat(busy.join()).isEqualTo("told");
                        // The socket is as it was, and its next data is not lost.
                        client.sendAll(ByteBuffer.allocate(1));
                        assertThat(peer.recv(ByteBuffer.allocate(2))).isOne();
                    }
                });
    }

    @Test
    default void whatHasArrivedIsReceivedByWhoeverIsIdleDuringADrain() throws Exception {
        inFrame(
                rt -> {
                    try (Socket listener = TransportFixture.listenAnywhere();
                            Socket client = TransportFixture.connectTo(listener);
                            Socket peer = listener.accept()) {
                        rt.drain(LONG);
                        ByteBuffer two = ByteBuffer.allocate(2);
                        assertThat(Frame.idle(-1, () -> peer.recv(two))).isEqualTo(-1);
                        client.sendAll(ByteBuffer.allocate(2));
                        assertThat(Frame.idle(-1, () -> peer.recvAll(two))).isEqualTo(2);
                        client.close();
                        assertThat(Frame.<ByteBuffer>idle(null, peer::recvNext)).isNull();
                    }
                });
    }

    @Test
    default void idlenessIsNoDeadlineOfAnyOther() throws Exception {
        inFrame(
                rt -> {
                    assertThat(Frame.idle("drained", () -> "done")).isEqualTo("done");
                    assertThatExceptionOfType(DeadlineExceededException.class)
                            .isThrownBy(() -> Frame.idle(null, () -> waitWithin(SOON)));
                    assertThatExceptionOfType(DeadlineExceededException.class)
                            .isThrownBy(
                                    () ->
                                            Deadline.within(
                                                    SOON,
                                                    () -> Frame.idle(null, () -> waitWithin(DAY))));
                    assertThatExceptionOfType(IllegalStateException.class)
                            .isThrownBy(() -> Frame.idle(null, DrainContract::refuse));
                    Frame<Object> cancelled =
                            rt.spawnCall(() -> Frame.idle("drained", () -> waitWithin(DAY)));
                    Frame<String> inner =
                            rt.spawnCall(
                                    () ->
                                            Frame.idle(
                                                    "outer",
                                                    () ->
                                                            Frame.idle(
                                                                    "inner",
                                                                    () -> waitWithin(DAY))));
                    Frame.yield();
                    cancelled.cancel();
                    TransportFixture.assertFailedOf(cancelled, CancelledException.class);
                    rt.drain(LONG);
                    assertThat(inner.join()).isIn("inner", "outer");
                    try (Socket listener = TransportFixture.listenAnywhere()) {
                        assertThatExceptionOfType(DeadlineExceededException.class)
                                .isThrownBy(
                                        () ->
                                                Deadline.within(
                                                        Duration.ZERO,
                                                        () -> listener.serve(peer -> {})));
                    }
                    assertThat(rt.timersActive()).isOne(); // the end's
                });
    }

    private static String waitWithin(Duration duration) throws IOException {
        return Deadline.callWithin(
                duration,
                () -> {
                    Frame.delay(DAY);
                    return "never";
                });
    }

    private static String refuse() {
        throw new IllegalStateException("refused");
    }

    @Test
    default void whoTakesLongerThanTheTimeIsCancelled() throws Exception {
        AtomicReference<Frame<Void>> slow = new AtomicReference<>();
        AtomicReference<Frame<Void>> soon = new AtomicReference<>();
        inFrame(
                rt -> {
                    slow.set(rt.spawn(() -> Frame.delay(DAY)));
                    soon.set(rt.spawn(() -> Frame.delay(SOON)));
                    rt.drain(LONG);
                    soon.get().join();
                    assertThat(slow.get().status()).isEqualTo(FrameStatus.ALIVE);
                    rt.drain(SOON); // has less patience
                });
        assertThat(slow.get().status()).isEqualTo(FrameStatus.CANCELLED);
        assertThat(soon.get().status()).isEqualTo(FrameStatus.SUCCEEDED);
    }

    @Test
    @NotSimulated(NotSimulated.ENTRY)
    default void tardyDrainsAllRuntimesAndTellsWhetherAllHaveEnded() throws Exception {
        try (Tardy tardy = tardy(2).build()) {
            CountDownLatch idle = new CountDownLatch(2);
            TardyEntry entry =
                    tardy.entryInNewThread(
                            rt ->
                                    rt.spawn(
                                            () -> {
                                                idle.countDown();
                                                Frame.idle(null, () -> waitWithin(DAY));
                                                assertThat(tardy.drain(LONG)).isFalse(); // begins
                                            }));
            idle.await();
            assertThat(tardy.drain(LONG)).isTrue();
            assertThat(entry.await(patience())).isTrue();
            assertThatIllegalStateException()
                    .isThrownBy(() -> tardy.entryInNewThread(rt -> {}))
                    .withMessageContaining("closed");
            assertThat(tardy.drain(LONG)).isTrue();
        }
        try (Tardy tardy = tardy().stopTimeout(Duration.ofMillis(20)).build()) {
            AtomicInteger goesOn = new AtomicInteger(1);
            tardy.entryInNewThread(
                    rt ->
                            rt.spawn(
                                    () -> {
                                        while (goesOn.get() > 0) {
                                            waitObstinately();
                                        }
                                    }));
            assertThat(tardy.drain(SOON)).isFalse();
            goesOn.set(0);
        }
    }

    static void waitObstinately() {
        try {
            Frame.delay(Duration.ofMillis(1));
        } catch (IOException e) {
            Thread.yield(); // it will not hear of it
        }
    }

    @Test
    @NotSimulated(NotSimulated.OUTSIDE)
    default void nobodyIsIdleOutsideOfAFrame() {
        assertThatIllegalStateException()
                .isThrownBy(() -> Frame.idle(null, () -> null))
                .withMessageContaining("rt.spawn");
    }
}
