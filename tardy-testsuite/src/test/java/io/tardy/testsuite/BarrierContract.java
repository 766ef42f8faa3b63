package io.tardy.testsuite;

import static io.tardy.testsuite.SemaphoreContract.onLoop;
import static io.tardy.testsuite.SemaphoreContract.refusal;
import static io.tardy.testsuite.SemaphoreContract.waiting;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.tardy.Deadline;
import io.tardy.Frame;
import io.tardy.Scope;
import io.tardy.aio.CancelledException;
import io.tardy.aio.DeadlineExceededException;
import io.tardy.sync.Barrier;
import io.tardy.sync.BarrierBrokenException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Frames that wait for each other go on together, or not at all. */
interface BarrierContract extends TransportFixture {

    @Test
    default void inEachRoundAllGoOnWhenTheLastHasCome() throws Exception {
        int frames = 3;
        int rounds = 50;
        Barrier barrier = new Barrier(2 * frames);
        AtomicInteger[] arrived = new AtomicInteger[rounds];
        AtomicInteger last = new AtomicInteger();
        for (int round = 0; round < rounds; round++) {
            arrived[round] = new AtomicInteger();
        }
        inFrame(
                tardy(2),
                rt -> {
                    try (Scope scope = Scope.open()) {
                        for (int i = 0; i < frames; i++) {
                            scope.fork(
                                    () -> {
                                        for (AtomicInteger round : arrived) {
                                            round.incrementAndGet();
                                            int missing = barrier.await();
                                            assertThat(round).hasValue(barrier.parties());
                                            last.addAndGet(missing == 0 ? 1 : 0);
                                        }
                                    });
                        }
                        scope.join();
                    }
                });
        assertThat(last).as("one is the last in each round").hasValue(rounds);
        assertThat(barrier.waiting()).isZero();
        assertThat(barrier.isBroken()).isFalse();
    }

    @Test
    default void itTellsHowManyAreMissing() throws Exception {
        inFrame(
                rt -> {
                    Barrier barrier = new Barrier(3);
                    List<Integer> missing = new ArrayList<>();
                    for (int i = 0; i < 2; i++) {
                        waiting(rt, barrier::waiting, () -> missing.add(barrier.await()));
                    }
                    assertThat(barrier).hasToString("barrier with 2 of 3 waiting");
                    missing.add(barrier.await());
                    while (missing.size() < 3) {
                        Frame.yield();
                    }
                    assertThat(missing).containsExactlyInAnyOrder(2, 1, 0);
                    assertThat(new Barrier(1).await()).isZero();
                    assertThatIllegalArgumentException().isThrownBy(() -> new Barrier(0));
                });
    }

    @Test
    default void whoGivesUpBreaksItUntilItIsReset() throws Exception {
        inFrame(
                rt -> {
                    Barrier barrier = new Barrier(3);
                    for (boolean isCancelled : new boolean[] {false, true}) {
                        Frame<Void> other = waiting(rt, barrier::waiting, barrier::await);
                        Frame<Void> leaving =
                                waiting(
                                        rt,
                                        barrier::waiting,
                                        () ->
                                                Deadline.within(
                                                        Duration.ofMillis(isCancelled ? 60_000 : 1),
                                                        barrier::await));
                        if (isCancelled) {
                            leaving.cancel();
                        }
                        TransportFixture.assertFailedOf(
                                leaving,
                                isCancelled
                                        ? CancelledException.class
                                        : DeadlineExceededException.class);
                        TransportFixture.assertFailedOf(other, BarrierBrokenException.class);
                        assertThat(barrier.isBroken()).isTrue();
                        assertThat(barrier.waiting()).isZero();
                        assertThatExceptionOfType(BarrierBrokenException.class)
                                .as("nobody waits there any more")
                                .isThrownBy(barrier::await);
                        barrier.reset();
                        assertThat(barrier.isBroken()).isFalse();
                    }
                    Frame<Void> first = waiting(rt, barrier::waiting, barrier::await);
                    Frame<Void> second = waiting(rt, barrier::waiting, barrier::await);
                    barrier.await();
                    first.join();
                    second.join();
                });
    }

    @Test
    default void aResetSendsThoseAwayWhoWait() throws Exception {
        inFrame(
                rt -> {
                    Barrier barrier = new Barrier(2);
                    Frame<Void> waiting = waiting(rt, barrier::waiting, barrier::await);
                    onLoop(rt, barrier::reset);
                    TransportFixture.assertFailedOf(waiting, BarrierBrokenException.class);
                    assertThat(barrier.isBroken()).as("for who comes now").isFalse();
                    Frame<Void> next = waiting(rt, barrier::waiting, barrier::await);
                    barrier.await();
                    next.join();
                });
    }

    /** Each cut falls before the last has come, or after: then the cancel is for the next wait. */
    @Test
    default void allGoOnOrNoneHoweverACancelFalls() throws Exception {
        inFrame(
                rt -> {
                    for (boolean isCancelledFirst : new boolean[] {false, true}) {
                        Barrier barrier = new Barrier(3);
                        List<String> passed = new ArrayList<>();
                        Frame<Void> patient =
                                waiting(
                                        rt,
                                        barrier::waiting,
                                        () -> {
                                            barrier.await();
                                            passed.add("patient");
                                        });
                        Frame<Void> cancelled =
                                waiting(
                                        rt,
                                        barrier::waiting,
                                        () -> {
                                            barrier.await();
                                            passed.add("cancelled");
                                            Frame.yield();
                                        });
                        String[] last = new String[1];
                        onLoop(
                                rt,
                                () -> {
                                    if (isCancelledFirst) {
                                        cancelled.cancel();
                                    }
                                    last[0] = outcome(barrier);
                                    cancelled.cancel();
                                });
                        TransportFixture.assertFailedOf(cancelled, CancelledException.class);
                        if (last[0].equals("0")) {
                            patient.join();
                            assertThat(passed).containsExactlyInAnyOrder("patient", "cancelled");
                        } else {
                            TransportFixture.assertFailedOf(patient, BarrierBrokenException.class);
                            assertThat(passed).isEmpty();
                        }
                    }
                });
    }

    private static String outcome(Barrier barrier) {
        try {
            return String.valueOf(barrier.await());
        } catch (BarrierBrokenException e) {
            return "broken";
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    @Test
    default void onlyWhoHasToWaitNeedsAFrame() throws Exception {
        inFrame(
                rt -> {
                    Barrier barrier = new Barrier(2);
                    List<String> seen = new ArrayList<>();
                    onLoop(rt, () -> seen.add(refusal(barrier::await)));
                    assertThat(seen.getFirst()).startsWith("await waits, and only a frame can");
                    assertThat(barrier.isBroken()).as("it has not come").isFalse();
                    Frame<Void> waiting = waiting(rt, barrier::waiting, barrier::await);
                    onLoop(rt, () -> seen.add(outcome(barrier)));
                    waiting.join();
                    assertThat(seen.getLast()).isEqualTo("0");
                });
    }

    @Test
    default void theEndOfARuntimeBreaksItForTheOthers() throws Exception {
        Barrier barrier = new Barrier(3);
        AtomicInteger broken = new AtomicInteger();
        inFrame(
                tardy(2),
                rt -> {
                    if (rt.id() == 0) {
                        rt.spawn(barrier::await);
                        while (barrier.waiting() < 2) {
                            Frame.yield();
                        }
                        rt.stop();
                        return;
                    }
                    try {
                        barrier.await();
                    } catch (BarrierBrokenException e) {
                        broken.incrementAndGet();
                    }
                });
        assertThat(broken).hasValue(1);
        assertThat(barrier.waiting()).isZero();
    }
}
