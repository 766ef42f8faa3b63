package io.tardy.testsuite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.tardy.Deadline;
import io.tardy.Frame;
import io.tardy.FrameBody;
import io.tardy.TardyRuntime;
import io.tardy.aio.CancelledException;
import io.tardy.aio.DeadlineExceededException;
import io.tardy.sync.Held;
import io.tardy.sync.Latch;
import io.tardy.sync.Semaphore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntSupplier;
import org.junit.jupiter.api.Test;

/** Permits that frames share, and latches that they wait for. */
interface SemaphoreContract extends TransportFixture {

    /** Starts a frame, and returns when one more waits. */
    static Frame<Void> waiting(TardyRuntime rt, IntSupplier waiting, FrameBody body)
            throws Exception {
        int before = waiting.getAsInt();
        Frame<Void> frame = rt.spawn(body);
        while (waiting.getAsInt() == before) {
            Frame.yield();
        }
        return frame;
    }

    /** Outside of any frame, where other frames have no turn meanwhile. */
    static void onLoop(TardyRuntime rt, Runnable action) throws Exception {
        rt.await(rt.eventLoop().submit(action));
    }

    @Test
    default void noMoreHoldPermitsAtOnceThanThereAre() throws Exception {
        Semaphore semaphore = new Semaphore(3);
        AtomicInteger holders = new AtomicInteger();
        AtomicInteger rounds = new AtomicInteger();
        inFrame(
                tardy(2),
                rt -> {
                    List<Frame<Void>> frames = new ArrayList<>();
                    for (int i = 0; i < 8; i++) {
                        frames.add(rt.spawn(() -> holdInTurns(semaphore, holders, rounds)));
                    }
                    for (Frame<Void> frame : frames) {
                        frame.join();
                    }
                });
        assertThat(rounds).hasValue(2 * 8 * 200);
        assertThat(semaphore.available()).isEqualTo(3);
        assertThat(semaphore.waiting()).isZero();
    }

    private static void holdInTurns(
            Semaphore semaphore, AtomicInteger holders, AtomicInteger rounds) throws Exception {
        for (int i = 0; i < 200; i++) {
            try (Held held = semaphore.hold()) {
                assertThat(holders.incrementAndGet()).isLessThanOrEqualTo(3);
                Frame.yield();
                holders.decrementAndGet();
            }
            rounds.incrementAndGet();
        }
    }

    @Test
    default void permitsGoToWhomeverWaitsLongest() throws Exception {
        inFrame(
                rt -> {
                    Semaphore semaphore = new Semaphore(2);
                    semaphore.acquire(2);
                    List<String> served = new ArrayList<>();
                    waiting(
                            rt,
                            semaphore::waiting,
                            () -> {
                                semaphore.acquire(2);
                                served.add("both");
                                semaphore.release(2);
                            });
                    Frame<Void> last =
                            waiting(
                                    rt,
                                    semaphore::waiting,
                                    () -> {
                                        semaphore.acquire();
                                        served.add("one");
                                    });
                    semaphore.release();
                    assertThat(semaphore.tryAcquire()).as("it overtakes nobody").isFalse();
                    Frame.delay(Duration.ofMillis(1));
                    assertThat(served).as("nor does a small request").isEmpty();
                    semaphore.release();
                    last.join();
                    assertThat(served).containsExactly("both", "one");
                    assertThat(semaphore.available()).isEqualTo(1);
                });
    }

    @Test
    default void whoGivesUpLetsThoseBehindGoOn() throws Exception {
        inFrame(
                rt -> {
                    Semaphore semaphore = new Semaphore(2);
                    semaphore.acquire();
                    Frame<Void> both = waiting(rt, semaphore::waiting, () -> semaphore.acquire(2));
                    Frame<Void> one = waiting(rt, semaphore::waiting, semaphore::acquire);
                    both.cancel();
                    one.join();
                    TransportFixture.assertFailedOf(both, CancelledException.class);
                    assertThat(semaphore.available()).isZero();
                    assertThatExceptionOfType(DeadlineExceededException.class)
                            .isThrownBy(
                                    () ->
                                            Deadline.within(
                                                    Duration.ofMillis(1), semaphore::acquire));
                    semaphore.release(2);
                    assertThat(semaphore.available()).isEqualTo(2);
                    assertThat(semaphore.waiting()).isZero();
                });
    }

    @Test
    default void aPermitThatWasGivenBeforeACancelIsNotLost() throws Exception {
        inFrame(
                rt -> {
                    Semaphore semaphore = new Semaphore(1);
                    for (boolean isCancelledFirst : new boolean[] {false, true}) {
                        semaphore.acquire();
                        List<String> seen = new ArrayList<>();
                        Frame<Void> cancelled =
                                waiting(
                                        rt,
                                        semaphore::waiting,
                                        () -> {
                                            semaphore.acquire();
                                            seen.add("has it");
                                            semaphore.release();
                                            Frame.yield();
                                        });
                        onLoop(
                                rt,
                                () -> {
                                    if (isCancelledFirst) {
                                        cancelled.cancel();
                                    }
                                    semaphore.release();
                                    cancelled.cancel();
                                });
                        TransportFixture.assertFailedOf(cancelled, CancelledException.class);
                        assertThat(seen).containsExactly("has it");
                        assertThat(semaphore.available()).isEqualTo(1);
                    }
                });
    }

    @Test
    default void whatIsHeldIsGivenBackOnce() throws Exception {
        inFrame(
                rt -> {
                    Semaphore semaphore = new Semaphore(2);
                    Held held = semaphore.hold(2);
                    held.close();
                    held.close();
                    assertThat(semaphore.available()).isEqualTo(2);
                    assertThatIllegalStateException()
                            .isThrownBy(semaphore::release)
                            .withMessageContaining("release once for each acquire");
                    assertThatIllegalArgumentException().isThrownBy(() -> semaphore.acquire(3));
                    assertThatIllegalArgumentException().isThrownBy(() -> semaphore.release(0));
                    assertThatIllegalArgumentException().isThrownBy(() -> new Semaphore(0));
                    assertThat(semaphore.available()).isEqualTo(2);
                });
    }

    @Test
    default void onlyAWaitNeedsAFrame() throws Exception {
        inFrame(
                rt -> {
                    Semaphore semaphore = new Semaphore(1);
                    Latch latch = new Latch(1);
                    List<String> messages = new ArrayList<>();
                    onLoop(
                            rt,
                            () -> {
                                assertThat(semaphore.tryAcquire()).isTrue();
                                assertThat(semaphore.tryAcquire()).isFalse();
                                messages.add(refusal(semaphore::acquire));
                                messages.add(refusal(latch::await));
                            });
                    assertThat(messages.get(0)).startsWith("acquire waits, and only a frame");
                    assertThat(messages.get(1)).startsWith("await waits, and only a frame");
                    assertThat(semaphore.waiting()).isZero();
                    assertThat(latch.waiting()).isZero();
                    Frame<Void> waiting = waiting(rt, semaphore::waiting, semaphore::acquire);
                    onLoop(rt, semaphore::release);
                    waiting.join();
                });
    }

    static String refusal(FrameBody body) {
        try {
            body.run();
            return "none";
        } catch (IllegalStateException e) {
            return e.getMessage();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    @Test
    default void aLatchLetsAllGoOnWhoWaitedAndWhoComeLater() throws Exception {
        Latch begun = new Latch(4);
        Latch over = new Latch(1);
        AtomicInteger passed = new AtomicInteger();
        inFrame(
                tardy(2),
                rt -> {
                    Frame<Void> first = rt.spawn(() -> meet(begun, over, passed));
                    meet(begun, over, passed);
                    first.join();
                    over.await();
                });
        assertThat(passed).hasValue(4);
        begun.countDown();
        assertThat(begun.count()).isZero();
    }

    private static void meet(Latch begun, Latch over, AtomicInteger passed) throws Exception {
        begun.countDown();
        begun.await();
        assertThat(begun.count()).isZero();
        if (passed.incrementAndGet() == 4) {
            over.countDown();
        }
        over.await();
        assertThat(passed).hasValue(4);
    }

    @Test
    default void whoGivesALatchUpLeavesIt() throws Exception {
        inFrame(
                rt -> {
                    Latch latch = new Latch(1);
                    Frame<Void> cancelled = waiting(rt, latch::waiting, latch::await);
                    Frame<Void> patient = waiting(rt, latch::waiting, latch::await);
                    cancelled.cancel();
                    TransportFixture.assertFailedOf(cancelled, CancelledException.class);
                    assertThatExceptionOfType(DeadlineExceededException.class)
                            .isThrownBy(() -> Deadline.within(Duration.ofMillis(1), latch::await));
                    assertThat(latch.waiting()).isEqualTo(1);
                    latch.countDown();
                    patient.join();
                    latch.await();
                    assertThatIllegalArgumentException().isThrownBy(() -> new Latch(-1));
                });
    }
}
