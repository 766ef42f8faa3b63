package io.tardy.testsuite;

import static io.tardy.testsuite.SemaphoreContract.waiting;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.tardy.Deadline;
import io.tardy.Frame;
import io.tardy.FrameFailedException;
import io.tardy.FrameStatus;
import io.tardy.aio.CancelledException;
import io.tardy.aio.DeadlineExceededException;
import io.tardy.aio.RecvError;
import io.tardy.aio.TardyIOException;
import io.tardy.channel.Channel;
import io.tardy.channel.Select;
import io.tardy.net.Socket;
import io.tardy.sync.Latch;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;

/** A frame waits for the first of channels, frames, sockets and a time. */
interface SelectMixedContract extends ConnectedFixture {

    private static int received(Socket socket) throws IOException {
        return socket.recv(ByteBuffer.allocate(100));
    }

    private static ByteBuffer bytes(int count) {
        return ByteBuffer.wrap(new byte[count]);
    }

    /** Nobody waits in this direction of it any more. */
    private static void assertFree(Socket socket) {
        assertThatExceptionOfType(DeadlineExceededException.class)
                .isThrownBy(() -> Deadline.within(Duration.ofMillis(1), () -> received(socket)));
    }

    @Test
    default void aFrameThatEndsIsJoinedWithItsValueOrItsFailure() throws Exception {
        inFrame(
                rt -> {
                    Latch go = new Latch(1);
                    Channel<String> channel = Channel.rendezvous();
                    Frame<String> value =
                            rt.spawnCall(
                                    () -> {
                                        go.await();
                                        return "value";
                                    });
                    Frame<Void> failing =
                            rt.spawn(
                                    () -> {
                                        go.await();
                                        Frame.delay(Duration.ofMillis(2));
                                        throw new IOException("on purpose");
                                    });
                    Select<String> select =
                            new Select<String>()
                                    .recv(channel, message -> message)
                                    .join(value, text -> "joined " + text)
                                    .join(failing, nothing -> "joined");
                    Frame<String> selecting = rt.spawnCall(select::run);
                    while (channel.receiving() == 0) {
                        Frame.yield();
                    }
                    go.countDown();
                    assertThat(selecting.join()).isEqualTo("joined value");
                    assertThat(select.run()).as("it has ended").isEqualTo("joined value");
                    assertThat(channel.receiving()).isZero();
                    Select<String> failed = new Select<String>().join(failing, nothing -> "joined");
                    assertThatExceptionOfType(FrameFailedException.class)
                            .isThrownBy(failed::run)
                            .withRootCauseInstanceOf(IOException.class);
                    Select<FrameStatus> ended =
                            new Select<FrameStatus>().ended(failing, Frame::status);
                    assertThat(ended.run()).isEqualTo(FrameStatus.FAILED);
                });
    }

    @Test
    default void aFrameThatIsNotChosenGoesOnAndItsFailureIsStillReported() throws Exception {
        Queue<String> uncaught =
                uncaughtIn(
                        rt -> {
                            Latch go = new Latch(1);
                            Frame<Void> loser =
                                    rt.spawn(
                                            () -> {
                                                go.await();
                                                throw new IOException("of the loser");
                                            });
                            Select<String> select =
                                    new Select<String>()
                                            .ended(loser, frame -> "ended")
                                            .after(Duration.ofMillis(1), () -> "late");
                            assertThat(select.run()).isEqualTo("late");
                            assertThat(loser.status()).isEqualTo(FrameStatus.ALIVE);
                            go.countDown();
                            while (loser.status() == FrameStatus.ALIVE) {
                                Frame.yield();
                            }
                            Frame<Void> told = rt.spawn(TransportFixture::failSoon);
                            assertThat(new Select<Frame<Void>>().ended(told, f -> f).run())
                                    .isSameAs(told);
                            Frame.delay(Duration.ofMillis(1));
                        });
        assertThat(uncaught).containsExactly("of the loser");
    }

    @Test
    default void framesOfOtherRuntimesEndItToo() throws Exception {
        Queue<Frame<Integer>> frames = new ConcurrentLinkedQueue<>();
        int count = 100;
        inFrame(
                tardy(2),
                rt -> {
                    if (rt.id() == 1) {
                        for (int i = 0; i < count; i++) {
                            int value = i;
                            frames.add(
                                    rt.spawnCall(
                                            () -> {
                                                Frame.yield();
                                                return value;
                                            }));
                            Frame.yield();
                        }
                        return;
                    }
                    int seen = 0;
                    while (seen < count) {
                        Frame<Integer> next = frames.poll();
                        if (next == null) {
                            Frame.delay(Duration.ofNanos(1000));
                            continue;
                        }
                        int expected = seen++;
                        assertThat(
                                        new Select<Integer>()
                                                .join(next, value -> value)
                                                .after(patience(), () -> -1)
                                                .run())
                                .isEqualTo(expected);
                    }
                });
    }

    @Test
    default void theSocketThatHasSomethingFirstIsChosen() throws Exception {
        whenConnected(
                (rt, listener, client, peer) -> {
                    Channel<Integer> channel = Channel.rendezvous();
                    Select<String> select =
                            new Select<String>()
                                    .recv(channel, message -> "message " + message)
                                    .readable(client, () -> "client " + received(client))
                                    .readable(peer, () -> "peer " + received(peer))
                                    .readable(
                                            listener,
                                            () -> {
                                                listener.accept().close();
                                                return "accepted";
                                            });
                    for (int i = 1; i <= 3; i++) {
                        Frame<String> selecting = rt.spawnCall(select::run);
                        Frame.delay(Duration.ofMillis(1));
                        client.sendAll(bytes(1));
                        assertThat(selecting.join()).isEqualTo("peer 1");
                        selecting = rt.spawnCall(select::run);
                        Frame.delay(Duration.ofMillis(1));
                        peer.sendAll(bytes(1));
                        assertThat(selecting.join()).isEqualTo("client 1");
                        selecting = rt.spawnCall(select::run);
                        Frame.delay(Duration.ofMillis(1));
                        try (Socket other = TransportFixture.connectTo(listener)) {
                            assertThat(selecting.join()).isEqualTo("accepted");
                        }
                        selecting = rt.spawnCall(select::run);
                        while (channel.receiving() == 0) {
                            Frame.yield();
                        }
                        channel.send(i);
                        assertThat(selecting.join()).isEqualTo("message " + i);
                        assertFree(client);
                        assertFree(peer);
                    }
                    peer.sendAll(bytes(1));
                    client.awaitReadable();
                    assertThat(select.run()).as("it is ready").isEqualTo("client 1");
                    peer.shutdownOutput();
                    assertThat(select.run()).as("the end").isEqualTo("client -1");
                });
    }

    @Test
    default void withoutAWaitItIsKnownWhetherASocketIsReady() throws Exception {
        withPair(
                (rt, client, peer) -> {
                    Select<String> select =
                            new Select<String>()
                                    .readable(client, () -> "received " + received(client))
                                    .otherwise(() -> "nothing");
                    assertThat(select.run()).isEqualTo("nothing");
                    peer.sendAll(bytes(100));
                    client.awaitReadable();
                    assertThat(select.run()).startsWith("received ");
                    while (!select.run().equals("nothing")) {
                        Frame.yield();
                    }
                    assertFree(client);
                });
    }

    @Test
    default void whateverElseEndsItTheDirectionIsFreeAndNothingIsLost() throws Exception {
        withPair(
                (rt, client, peer) -> {
                    Channel<Integer> channel = Channel.rendezvous();
                    Select<Integer> select =
                            new Select<Integer>()
                                    .readable(client, () -> received(client))
                                    .recv(channel, message -> -message)
                                    .after(Duration.ofMillis(1), () -> 0);
                    assertThat(select.run()).isZero();
                    assertFree(client);
                    Select<Integer> patient =
                            new Select<Integer>()
                                    .recv(channel, message -> -message)
                                    .readable(client, () -> received(client));
                    Frame<Void> cancelled = waiting(rt, channel::receiving, patient::run);
                    cancelled.cancel();
                    TransportFixture.assertFailedOf(cancelled, CancelledException.class);
                    assertFree(client);
                    assertThatExceptionOfType(DeadlineExceededException.class)
                            .isThrownBy(() -> Deadline.within(Duration.ofMillis(1), patient::run));
                    assertFree(client);
                    int received = 0;
                    for (int i = 0; i < 200; i++) { // a message and data at the same time, or so
                        Frame<Integer> selecting = rt.spawnCall(patient::run);
                        while (channel.receiving() == 0
                                && selecting.status() == FrameStatus.ALIVE) { // or it has received
                            Frame.yield();
                        }
                        for (int yields = i % 4; yields > 0; yields--) {
                            Frame.yield();
                        }
                        peer.sendAll(bytes(1));
                        if (channel.trySend(1)) {
                            assertThat(selecting.join()).isEqualTo(-1);
                        } else {
                            received += selecting.join();
                        }
                    }
                    while (received < 200) {
                        received += received(client);
                    }
                    assertThat(rt.timersActive()).isZero();
                });
    }

    @Test
    default void aSocketThatIsClosedOrTakenEndsIt() throws Exception {
        withPair(
                (rt, client, peer) -> {
                    Select<Integer> both =
                            new Select<Integer>()
                                    .readable(client, () -> received(client))
                                    .readable(peer, () -> received(peer));
                    Frame<Integer> receiving = rt.spawnCall(() -> received(peer));
                    Frame.delay(Duration.ofMillis(1));
                    assertThatIllegalStateException()
                            .isThrownBy(both::run)
                            .withMessageContaining("another frame already receives");
                    client.sendAll(bytes(1));
                    assertThat(receiving.join()).isEqualTo(1);
                    Frame<Integer> selecting = rt.spawnCall(both::run);
                    Frame.delay(Duration.ofMillis(1));
                    client.close();
                    TransportFixture.assertFailedOf(selecting, TardyIOException.class);
                    assertThatExceptionOfType(TardyIOException.class)
                            .isThrownBy(both::run)
                            .matches(e -> e.error() == RecvError.INVALID_FD);
                    assertThat(received(peer)).as("its end").isEqualTo(-1);
                });
    }

    @Test
    default void nothingIsLeftOfTenThousandThatExpire() throws Exception {
        int frames = 10;
        whenConnected(
                (rt, listener, client, peer) -> {
                    Channel<Integer> channel = Channel.rendezvous();
                    Frame<Void> never = rt.spawn(() -> Frame.delay(Duration.ofHours(9)));
                    while (rt.timersActive() == 0) {
                        Frame.yield();
                    }
                    int timers = rt.timersActive();
                    int[] expired = {0};
                    List<Frame<Void>> all = new ArrayList<>();
                    List<Socket> sockets = new ArrayList<>();
                    for (int i = 0; i < frames; i++) {
                        Socket socket = Socket.udp("127.0.0.1", 0).bind();
                        sockets.add(socket);
                        Select<Integer> select =
                                new Select<Integer>()
                                        .readable(socket, () -> received(socket))
                                        .ended(never, frame -> 0)
                                        .recv(channel, message -> message);
                        all.add(
                                rt.spawn(
                                        () -> {
                                            for (int times = 0; times < 10_000 / frames; times++) {
                                                try {
                                                    Deadline.within(
                                                            Duration.ofNanos(100_000), select::run);
                                                } catch (DeadlineExceededException e) {
                                                    expired[0]++;
                                                }
                                            }
                                        }));
                    }
                    for (Frame<Void> frame : all) {
                        frame.join();
                    }
                    assertThat(expired[0]).isEqualTo(10_000);
                    assertThat(channel.receiving()).isZero();
                    assertThat(rt.timersActive()).isEqualTo(timers);
                    for (Socket socket : sockets) {
                        assertFree(socket);
                        socket.close();
                    }
                    never.cancel();
                });
    }
}
