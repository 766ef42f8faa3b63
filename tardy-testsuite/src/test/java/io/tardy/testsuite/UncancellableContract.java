package io.tardy.testsuite;

import static io.tardy.testsuite.ScopeFixture.DAY;
import static io.tardy.testsuite.ScopeFixture.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.tardy.Deadline;
import io.tardy.Frame;
import io.tardy.FrameStatus;
import io.tardy.Scope;
import io.tardy.Tardy;
import io.tardy.TardyEntry;
import io.tardy.TardyRuntime;
import io.tardy.aio.CancelledException;
import io.tardy.aio.DeadlineExceededException;
import io.tardy.net.Socket;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** What a cancelled frame may still wait for. */
interface UncancellableContract extends TransportFixture {

    /** It is left behind, and what it waited for fails. */
    @Test
    @NotSimulated(NotSimulated.ENTRY)
    default void oneThatOutlivesItsRuntimeStillRunsToItsEnd() throws Exception {
        CompletableFuture<Void> waits = new CompletableFuture<>();
        CompletableFuture<Throwable> ended = new CompletableFuture<>();
        try (Tardy tardy = tardy().stopTimeout(Duration.ofMillis(10)).build()) {
            TardyEntry entry =
                    tardy.entryInNewThread(
                            rt -> {
                                rt.spawn(() -> goOnForDays(ended));
                                rt.spawn(() -> waits.complete(null));
                            });
            waits.get(patience().toSeconds(), TimeUnit.SECONDS);
            entry.stop();
            entry.await();
        }
        assertThat(ended.get(patience().toSeconds(), TimeUnit.SECONDS))
                .isInstanceOf(CancelledException.class);
    }

    private static void goOnForDays(CompletableFuture<Throwable> ended) {
        try {
            CompletableFuture<Void> never = new CompletableFuture<>(); // nor fails at the end
            Frame.uncancellable(DAY, () -> TardyRuntime.current().await(never));
        } catch (IOException e) {
            ended.complete(e);
        }
    }

    @Test
    default void aCancelledFrameSaysGoodbyeOverItsSocket() throws Exception {
        inFrame(
                rt -> {
                    try (Socket listener = TransportFixture.listenAnywhere()) {
                        Frame<Void> serving =
                                rt.spawn(
                                        () -> {
                                            try (Socket peer = listener.accept()) {
                                                sayGoodbyeWhenCancelled(peer);
                                            }
                                        });
                        try (Socket client = TransportFixture.connectTo(listener)) {
                            ByteBuffer all = ByteBuffer.allocate(100_000);
                            client.sendAll(ByteBuffer.allocate(1));
                            assertThat(client.recv(all)).isOne(); // it waits for more now
                            serving.cancel();
                            assertThat(client.recvAll(all)).isEqualTo(50_000);
                            assertThat(client.recv(all)).isEqualTo(-1);
                        }
                        TransportFixture.assertFailedOf(serving, CancelledException.class);
                        assertThat(serving.status()).isEqualTo(FrameStatus.CANCELLED);
                    }
                    assertThat(rt.timersActive()).isZero();
                });
    }

    private static void sayGoodbyeWhenCancelled(Socket peer) throws IOException {
        ByteBuffer one = ByteBuffer.allocate(1);
        try {
            peer.recv(one);
            peer.sendAll(one.flip());
            peer.recv(one.clear());
        } finally {
            Frame.uncancellable(
                    Duration.ofSeconds(10),
                    () -> {
                        Frame.delay(SOON);
                        peer.sendAll(ByteBuffer.allocate(50_000));
                    });
            assertThatExceptionOfType(CancelledException.class)
                    .isThrownBy(() -> Frame.delay(SOON)); // it counts again
        }
    }

    @Test
    default void aCancelThatComesMeanwhileCountsAfterwards() throws Exception {
        inFrame(
                rt -> {
                    AtomicReference<String> value = new AtomicReference<>();
                    BlockingQueue<String> said = new LinkedBlockingQueue<>();
                    Frame<Void> frame =
                            rt.spawn(
                                    () -> {
                                        Frame<?> other =
                                                rt.spawn(
                                                        () -> {
                                                            Frame.delay(SOON.multipliedBy(2));
                                                            said.add("go on");
                                                        });
                                        value.set(
                                                Frame.callUncancellable(
                                                        Duration.ofSeconds(10),
                                                        () -> {
                                                            Frame.delay(SOON);
                                                            said.take(); // nor of the JDK
                                                            other.join();
                                                            Frame.yield();
                                                            return "done";
                                                        }));
                                        Frame.delay(DAY);
                                    });
                    Frame.yield();
                    frame.cancel();
                    TransportFixture.assertFailedOf(frame, CancelledException.class);
                    assertThat(frame.status()).isEqualTo(FrameStatus.CANCELLED);
                    assertThat(value).hasValue("done");
                });
    }

    @Test
    default void itsTimeBoundsItCancelledOrNot() throws Exception {
        inFrame(
                rt -> {
                    assertThatExceptionOfType(DeadlineExceededException.class)
                            .isThrownBy(() -> Frame.uncancellable(SOON, () -> Frame.delay(DAY)));
                    Frame.delay(SOON); // the frame goes on
                    assertThatExceptionOfType(DeadlineExceededException.class)
                            .isThrownBy(
                                    () ->
                                            Frame.uncancellable(
                                                    Duration.ZERO, () -> Frame.delay(DAY)));
                    AtomicInteger ended = new AtomicInteger();
                    Frame<Void> cancelled =
                            rt.spawn(
                                    () -> {
                                        assertThatExceptionOfType(CancelledException.class)
                                                .isThrownBy(
                                                        () ->
                                                                Frame.uncancellable(
                                                                        SOON,
                                                                        () -> Frame.delay(DAY)));
                                        ended.incrementAndGet();
                                    });
                    Frame<Void> inTheJdk =
                            rt.spawn(
                                    () -> {
                                        assertThatExceptionOfType(InterruptedException.class)
                                                .isThrownBy(
                                                        () ->
                                                                Frame.uncancellable(
                                                                        SOON,
                                                                        new CountDownLatch(1)
                                                                                ::await));
                                        ended.incrementAndGet();
                                    });
                    Frame.yield();
                    cancelled.cancel();
                    inTheJdk.cancel();
                    cancelled.join();
                    inTheJdk.join();
                    assertThat(ended).hasValue(2);
                    assertThat(rt.timersActive()).isZero();
                });
    }

    @Test
    default void deadlinesAroundItCountAgainBehindIt() throws Exception {
        inFrame(
                rt -> {
                    AtomicInteger done = new AtomicInteger();
                    assertThatExceptionOfType(DeadlineExceededException.class)
                            .isThrownBy(
                                    () ->
                                            Deadline.within(
                                                    SOON,
                                                    () -> {
                                                        try {
                                                            Frame.delay(DAY);
                                                        } finally {
                                                            goodbye(done);
                                                        }
                                                    }));
                    // One that passes meanwhile does not end the wait either.
                    assertThatExceptionOfType(DeadlineExceededException.class)
                            .isThrownBy(
                                    () ->
                                            Deadline.within(
                                                    SOON,
                                                    () -> {
                                                        goodbye(done);
                                                        Frame.delay(DAY);
                                                    }));
                    assertThat(done).hasValue(2);
                    assertThat(rt.timersActive()).isZero();
                });
    }

    private static void goodbye(AtomicInteger done) throws IOException {
        Frame.uncancellable(
                Duration.ofSeconds(10),
                () -> {
                    Frame.delay(SOON.multipliedBy(3));
                    done.incrementAndGet();
                });
    }

    @Test
    default void oneInsideOfAnotherHasItsTimeAtMost() throws Exception {
        inFrame(
                rt -> {
                    AtomicInteger inner = new AtomicInteger();
                    Frame<Void> frame =
                            rt.spawn(
                                    () ->
                                            Frame.uncancellable(
                                                    Duration.ofSeconds(1),
                                                    () -> {
                                                        goodbye(inner);
                                                        Frame.delay(SOON); // still held back
                                                        inner.incrementAndGet();
                                                        Frame.uncancellable(
                                                                DAY, () -> Frame.delay(DAY));
                                                    }));
                    Frame.yield();
                    frame.cancel();
                    TransportFixture.assertFailedOf(frame, CancelledException.class);
                    assertThat(frame.status()).isEqualTo(FrameStatus.CANCELLED);
                    assertThat(inner).hasValue(2);
                    assertThat(rt.timersActive()).isZero();
                });
    }

    @Test
    default void oneInsideOfAnotherHoldsNoCancelBackAfterIt() throws Exception {
        inFrame(
                rt -> {
                    CountDownLatch late = new CountDownLatch(1);
                    Frame<Void> frame =
                            rt.spawn(
                                    () ->
                                            Frame.uncancellable(
                                                    SOON,
                                                    () -> Frame.uncancellable(DAY, late::await)));
                    Frame.yield();
                    frame.cancel();
                    rt.spawn(
                            () -> {
                                Frame.delay(SOON.multipliedBy(100));
                                late.countDown();
                            });
                    TransportFixture.assertFailedOf(frame, InterruptedException.class);
                });
    }

    @Test
    default void theInnermostOfThreeHasTheTimeOfTheShortest() throws Exception {
        inFrame(
                rt -> {
                    AtomicInteger inner = new AtomicInteger();
                    Frame.uncancellable(
                            Duration.ofSeconds(10),
                            () -> {
                                assertThatExceptionOfType(DeadlineExceededException.class)
                                        .isThrownBy(
                                                () -> Frame.uncancellable(SOON, () -> late(inner)));
                                Frame.delay(SOON);
                            });
                    assertThat(inner).hasValue(0);
                    assertThat(rt.timersActive()).isZero();
                });
    }

    private static void late(AtomicInteger done) throws IOException {
        Frame.uncancellable(
                Duration.ofSeconds(10),
                () -> {
                    Frame.delay(SOON.multipliedBy(100));
                    done.incrementAndGet();
                });
    }

    @Test
    default void aScopeThatIsClosedInItHasEndedBehindIt() throws Exception {
        inFrame(
                rt -> {
                    Scope scope = Scope.open(SOON);
                    Frame.uncancellable(DAY, scope::close);
                    assertThat(rt.timersActive()).isZero();
                    Frame.delay(SOON.multipliedBy(3)); // its deadline counts no more
                    Deadline.within(
                            DAY,
                            () -> {
                                Scope outer = Scope.open(SOON);
                                Scope.open(SOON); // is closed with the one around it
                                Frame.uncancellable(
                                        DAY, () -> Frame.uncancellable(DAY, outer::close));
                                assertThat(rt.timersActive()).isOne();
                                Frame.delay(SOON.multipliedBy(3));
                            });
                    assertThat(rt.timersActive()).isZero();
                });
    }

    @Test
    default void aStopOfTheRuntimeWaitsForIt() throws Exception {
        AtomicInteger done = new AtomicInteger();
        inFrame(
                rt -> {
                    TardyRuntime.current().stop();
                    try {
                        Frame.delay(DAY);
                    } catch (CancelledException e) {
                        goodbye(done);
                    }
                });
        assertThat(done).hasValue(1);
    }

    @Test
    @NotSimulated(NotSimulated.OUTSIDE)
    default void outsideOfAFrameThereIsNothingToHoldBack() throws Exception {
        assertThatIllegalStateException()
                .isThrownBy(() -> Frame.uncancellable(SOON, () -> {}))
                .withMessageContaining("rt.spawn");
    }
}
