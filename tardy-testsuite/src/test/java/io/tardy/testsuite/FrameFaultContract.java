package io.tardy.testsuite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.tardy.Frame;
import io.tardy.FrameBody;
import io.tardy.FrameFailedException;
import io.tardy.Tardy;
import io.tardy.TardyEntry;
import io.tardy.TardyRuntime;
import io.tardy.Timer;
import io.tardy.UncaughtFrameHandler;
import io.tardy.net.Socket;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What goes wrong in a frame ends that frame, and nobody else hears of it but who asked to. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
interface FrameFaultContract extends TransportFixture {

    /** So many depths are tried. */
    int STEPS = 200;

    /** The stack is full at each depth around the last one that a wait could be begun at. */
    @Test
    default void aStackThatIsFullInAWaitEndsThatFrameOnly() throws Exception {
        inFrame(
                tardy().uncaughtFrame((frame, failure) -> {}),
                rt -> overflowIn(rt, () -> Timer.delay(Duration.ofNanos(1))));
    }

    @Test
    default void aStackThatIsFullInATriggeredWaitEndsThatFrameOnly() throws Exception {
        inFrame(
                rt -> {
                    Frame<Void> late = rt.spawn(() -> Timer.delay(Duration.ofHours(1)));
                    overflowIn(rt, () -> Frame.yield());
                    overflowIn(
                            rt,
                            () -> {
                                Frame<Integer> other = rt.spawn(() -> 7);
                                other.join();
                            });
                    late.cancel();
                });
    }

    @Test
    default void aStackThatIsFullInReceivesAndOpensLosesNothing(@TempDir Path folder)
            throws Exception {
        Path path = Files.writeString(folder.resolve("file"), "text");
        inFrame(
                rt -> {
                    try (Socket listener = TransportFixture.listenAnywhere()) {
                        List<Socket> accepted = new ArrayList<>();
                        try (Socket one = TransportFixture.connectTo(listener);
                                Socket other = listener.accept()) {
                            one.sendAll(ByteBuffer.allocate(1));
                            overflowIn(rt, () -> accepted.add(acceptOne(listener)));
                            assertThat(other.recv(ByteBuffer.allocate(1))).isOne();
                        } finally {
                            for (Socket socket : accepted) {
                                socket.close();
                            }
                        }
                    }
                });
    }

    /** The connection is made by a frame of its own, whose stack is empty. */
    private static Socket acceptOne(Socket listener) throws Exception {
        TardyRuntime.current().spawn(() -> TransportFixture.connectTo(listener).close());
        return listener.accept();
    }

    /** Waits in frames at every depth around the one at which their stack is full. */
    private static void overflowIn(TardyRuntime rt, FrameBody wait) throws Exception {
        int full = 1_000;
        while (!overflows(rt, full, wait)) {
            full += full / 10;
        }
        int first = full - full / 5;
        for (int step = 0; step < STEPS; step++) {
            overflows(rt, first + (full - first) * step / STEPS, wait);
        }
        AtomicInteger ran = new AtomicInteger();
        for (int i = 0; i < 100; i++) {
            rt.spawn(
                    () -> {
                        Timer.delay(Duration.ofNanos(1));
                        ran.incrementAndGet();
                    });
        }
        while (ran.get() < 100) {
            Timer.delay(Duration.ofMillis(1));
        }
    }

    private static boolean overflows(TardyRuntime rt, int levels, FrameBody wait) throws Exception {
        try {
            rt.spawn(() -> dive(levels, wait)).join();
            return false;
        } catch (FrameFailedException e) {
            assertThat(e).hasRootCauseInstanceOf(StackOverflowError.class);
            return true;
        }
    }

    private static void dive(int levels, FrameBody wait) throws Exception {
        if (levels == 0) {
            wait.run();
        } else {
            dive(levels - 1, wait);
        }
    }

    @Test
    default void anEntryMayEndWithAFrameThatFails() {
        CompletableFuture<Void> cleanedUp = new CompletableFuture<>();
        try (Tardy tardy = tardy(2).uncaughtFrame(UncaughtFrameHandler.endingEntry()).build()) {
            assertThatExceptionOfType(FrameFailedException.class)
                    .isThrownBy(
                            () ->
                                    tardy.entry(
                                            "x",
                                            (rt, x) -> {
                                                if (rt.id() == 0) {
                                                    rt.spawn(TransportFixture::failSoon);
                                                } else {
                                                    rt.spawn(() -> waitFor(cleanedUp));
                                                }
                                            }))
                    .withCauseInstanceOf(IllegalStateException.class);
        }
        assertThat(cleanedUp).isDone();
    }

    private static void waitFor(CompletableFuture<Void> cleanedUp) throws Exception {
        try {
            Timer.delay(Duration.ofHours(1));
        } finally {
            cleanedUp.complete(null);
        }
    }

    @Test
    default void aFrameThatOutlivesItsRuntimeStillRunsToItsEnd() throws Exception {
        ReentrantLock lock = new ReentrantLock();
        CountDownLatch held = new CountDownLatch(1);
        CompletableFuture<Void> goOn = new CompletableFuture<>();
        List<Frame<Void>> frames = new ArrayList<>();
        try (Tardy tardy = tardy().stopTimeout(Duration.ofMillis(10)).build()) {
            TardyEntry<RuntimeException> entry =
                    tardy.entryInNewThread(
                            frames,
                            (rt, made) ->
                                    made.add(
                                            rt.spawn(
                                                    () -> {
                                                        lock.lock();
                                                        try {
                                                            held.countDown();
                                                            goOn.join(); // not interruptible
                                                        } finally {
                                                            lock.unlock();
                                                        }
                                                    })));
            assertThat(held.await(patience().toSeconds(), TimeUnit.SECONDS)).isTrue();
            entry.stop();
            entry.await();
        }
        assertThatExceptionOfType(FrameFailedException.class).isThrownBy(frames.get(0)::join);
        assertThat(lock.isLocked()).isTrue();
        goOn.complete(null);
        assertThat(lock.tryLock(patience().toSeconds(), TimeUnit.SECONDS)).isTrue();
        lock.unlock();
    }
}
