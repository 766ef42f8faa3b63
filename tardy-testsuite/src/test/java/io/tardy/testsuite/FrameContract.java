package io.tardy.testsuite;

import static io.tardy.testsuite.RuntimeContract.yieldForEver;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.tardy.Frame;
import io.tardy.FrameFailedException;
import io.tardy.FrameStatus;
import io.tardy.Tardy;
import io.tardy.aio.CancelledException;
import io.tardy.net.Socket;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** Frames: how they end, fail, are joined and cancelled. */
interface FrameContract extends TransportFixture {

    @Test
    default void joinReturnsTheValueToAFrameOfThisAndOfAnotherRuntimeAndToAThread()
            throws Exception {
        AtomicReference<Frame<String>> made = new AtomicReference<>();
        CountDownLatch spawned = new CountDownLatch(1);
        Queue<String> values = new ConcurrentLinkedQueue<>();
        inFrame(
                tardy(2),
                rt -> {
                    if (rt.id() == 0) {
                        made.set(
                                rt.spawnCall(
                                        () -> {
                                            Frame.delay(Duration.ofMillis(5));
                                            return "value";
                                        }));
                        spawned.countDown();
                    } else {
                        spawned.await();
                    }
                    values.add(made.get().join());
                });
        values.add(made.get().join());
        assertThat(values).containsExactly("value", "value", "value");
        assertThat(made.get().status()).isEqualTo(FrameStatus.SUCCEEDED);
    }

    @Test
    default void aFrameThatThrowsFailsAlone() throws Exception {
        Queue<String> uncaught = new ConcurrentLinkedQueue<>();
        inFrame(
                tardy().uncaughtFrame((frame, e) -> uncaught.add(frame.name() + ": " + e)),
                rt -> {
                    Frame<Void> failing =
                            rt.spawn(
                                    "failing",
                                    () -> {
                                        throw new IOException("broken");
                                    });
                    Frame<Integer> other =
                            rt.spawnCall(
                                    () -> {
                                        Frame.delay(Duration.ofMillis(2));
                                        return 1;
                                    });
                    assertThat(other.join()).isEqualTo(1);
                    assertThat(failing.status()).isEqualTo(FrameStatus.FAILED);
                    assertThatExceptionOfType(FrameFailedException.class)
                            .isThrownBy(failing::join)
                            .withCauseInstanceOf(IOException.class)
                            .withMessageContaining("failing");
                    assertThat(rt.framesFailed()).isEqualTo(1);
                });
        assertThat(uncaught).containsExactly("failing: java.io.IOException: broken");
    }

    /** The JDK's futures treat these in ways of their own. */
    @Test
    default void joinFailsTheSameWayWhateverTheFrameHasThrown() throws Exception {
        Queue<Exception> thrown = new ConcurrentLinkedQueue<>();
        Queue<Frame<Void>> failed = new ConcurrentLinkedQueue<>();
        inFrame(
                tardy().uncaughtFrame((frame, e) -> {}),
                rt -> {
                    for (RuntimeException failure :
                            List.of(
                                    new CancellationException("of a future"),
                                    new CompletionException(new IOException("of a stage")),
                                    new IllegalStateException("of ours"))) {
                        thrown.add(failure);
                        Frame<Void> failing =
                                rt.spawn(
                                        () -> {
                                            throw failure;
                                        });
                        failed.add(failing);
                        assertJoinThrows(failing, failure);
                    }
                });
        for (Frame<Void> failing : failed) {
            assertJoinThrows(failing, thrown.poll());
        }
    }

    private static void assertJoinThrows(Frame<Void> failing, Exception failure) {
        assertThatExceptionOfType(FrameFailedException.class)
                .isThrownBy(failing::join)
                .satisfies(e -> assertThat(e.getCause()).isSameAs(failure));
    }

    @Test
    @NotSimulated(NotSimulated.BLOCKS)
    default void aThreadThatWasInterruptedInAJoinMayJoinAgain() throws Exception {
        inFrame(
                rt -> {
                    CountDownLatch go = new CountDownLatch(1);
                    Frame<String> frame =
                            rt.spawnCall(
                                    () -> {
                                        go.await();
                                        return "value";
                                    });
                    String value =
                            rt.offload(
                                    () -> {
                                        Thread.currentThread().interrupt();
                                        assertThatExceptionOfType(CancelledException.class)
                                                .isThrownBy(frame::join);
                                        assertThat(Thread.interrupted()).isTrue();
                                        go.countDown();
                                        return frame.join();
                                    });
                    assertThat(value).isEqualTo("value");
                });
    }

    @Test
    default void aHandlerThatThrowsDoesNotHurtTheRuntime() throws Exception {
        inFrame(
                tardy().uncaughtFrame(
                                (frame, e) -> {
                                    throw new IllegalArgumentException("handler");
                                }),
                rt -> {
                    rt.spawn(
                            () -> {
                                throw new IOException("broken");
                            });
                    Frame.delay(Duration.ofMillis(2));
                    assertThat(rt.tasks()).isEqualTo(1);
                });
    }

    @Test
    default void aDeepRecursionFailsItsFrameOnly() throws Exception {
        inFrame(
                rt -> {
                    Frame<Integer> deep = rt.spawnCall(() -> recurse(0));
                    TransportFixture.assertFailedOf(deep, StackOverflowError.class);
                    assertThat(rt.spawnCall(() -> "alive").join()).isEqualTo("alive");
                });
    }

    @SuppressWarnings("InfiniteRecursion")
    static int recurse(int depth) {
        return recurse(depth + 1) + 1;
    }

    @Test
    default void everyWaitOfAFrameCanBeCancelled() throws Exception {
        inFrame(
                rt -> {
                    try (Socket listener = TransportFixture.listenAnywhere();
                            Socket client = TransportFixture.connectTo(listener);
                            Socket peer = listener.accept()) {
                        List<Frame<?>> frames =
                                List.of(
                                        rt.spawn(() -> Frame.delay(Duration.ofDays(1))),
                                        rt.spawn(() -> listener.accept().close()),
                                        rt.spawn(() -> client.recv().release()),
                                        rt.spawn(() -> rt.scheduler().triggerAwait()),
                                        rt.spawn(() -> yieldForEver()),
                                        rt.spawn(() -> peer.recv().release()));
                        Frame.delay(Duration.ofMillis(5));
                        frames.forEach(Frame::cancel);
                        for (Frame<?> frame : frames) {
                            TransportFixture.assertFailedOf(frame, CancelledException.class);
                            assertThat(frame.status()).isEqualTo(FrameStatus.CANCELLED);
                        }
                        assertThat(rt.framesFailed()).isZero();
                    }
                });
    }

    @Test
    default void aCancelledFrameStillClosesWhatItHolds() throws Exception {
        inFrame(
                rt -> {
                    try (Socket listener = TransportFixture.listenAnywhere()) {
                        AtomicBoolean closed = new AtomicBoolean();
                        Frame<Void> holder =
                                rt.spawn(
                                        () -> {
                                            Socket peer = listener.accept();
                                            try (peer) {
                                                peer.recv().release();
                                            }
                                        });
                        Socket client = TransportFixture.connectTo(listener);
                        Frame.delay(Duration.ofMillis(5));
                        holder.cancel();
                        try (client) {
                            closed.set(client.recv() == null);
                        }
                        assertThat(closed).isTrue();
                    }
                });
    }

    @Test
    default void aFrameThatIsCancelledBeforeItBeginsStillRunsAndSeesItAtItsFirstWait()
            throws Exception {
        AtomicBoolean began = new AtomicBoolean();
        inFrame(
                rt -> {
                    Frame<Void> frame =
                            rt.spawn(
                                    () -> {
                                        began.set(true);
                                        Frame.delay(Duration.ZERO);
                                    });
                    frame.cancel();
                    TransportFixture.assertFailedOf(frame, CancelledException.class);
                });
        assertThat(began).isTrue();
    }

    @Test
    @NotSimulated(NotSimulated.THREADS)
    default void aFrameThatIsCancelledBeforeItHasATaskIsCancelledAllTheSame() throws Exception {
        inFrame(
                rt -> {
                    AtomicReference<Frame<Void>> spawned = new AtomicReference<>();
                    Thread.ofPlatform()
                            .start(
                                    () ->
                                            spawned.set(
                                                    rt.spawn(
                                                            () ->
                                                                    Frame.delay(
                                                                            Duration.ofDays(1)))));
                    // Without giving way: the runtime cannot begin with the frame meanwhile.
                    while (spawned.get() == null) {
                        Thread.onSpinWait();
                    }
                    spawned.get().cancel();
                    assertThatExceptionOfType(FrameFailedException.class)
                            .isThrownBy(() -> spawned.get().join())
                            .withCauseInstanceOf(CancelledException.class);
                });
    }

    @Test
    default void anInterruptedFrameIsCancelledForThatWaitOnly() throws Exception {
        inFrame(
                rt -> {
                    Thread.currentThread().interrupt();
                    assertThatExceptionOfType(CancelledException.class)
                            .isThrownBy(() -> Frame.delay(Duration.ofDays(1)));
                    assertThat(Thread.interrupted()).isTrue();
                    Frame.delay(Duration.ZERO);

                    Thread waiting = Thread.currentThread();
                    rt.spawn(waiting::interrupt);
                    assertThatExceptionOfType(CancelledException.class)
                            .isThrownBy(() -> Frame.delay(Duration.ofDays(1)));
                    assertThat(Thread.interrupted()).isTrue();
                    assertThat(rt.timersActive()).isZero();
                });
    }

    @Test
    @NotSimulated(NotSimulated.OUTSIDE)
    default void waitingOutsideOfAFrameSaysWhatToDo() throws Exception {
        assertThatIllegalStateException()
                .isThrownBy(() -> Frame.delay(Duration.ofMillis(1)))
                .withMessageContaining("rt.spawn");
        assertThatIllegalStateException()
                .isThrownBy(Frame::yield)
                .withMessageContaining("rt.spawn");
        try (Tardy tardy = tardy().build()) {
            tardy.entry(
                    "x",
                    (rt, x) -> {
                        Frame<Void> frame = rt.spawn(() -> {});
                        assertThatIllegalStateException()
                                .isThrownBy(() -> Frame.delay(Duration.ofMillis(1)))
                                .withMessageContaining("rt.spawn");
                        assertThatIllegalStateException().isThrownBy(frame::join);
                    });
        }
    }
}
