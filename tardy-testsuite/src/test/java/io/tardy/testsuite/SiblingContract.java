package io.tardy.testsuite;

import static io.tardy.testsuite.ScopeFixture.DAY;
import static org.assertj.core.api.Assertions.assertThat;

import io.tardy.Deadline;
import io.tardy.Frame;
import io.tardy.FrameFailedException;
import io.tardy.Tardy;
import io.tardy.TardyEntry;
import io.tardy.TardyRuntime;
import io.tardy.Threading;
import io.tardy.aio.CancelledException;
import io.tardy.sync.Latch;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.Test;

/** The runtimes of an entry, or of a group, know each other. */
interface SiblingContract extends GroupFixture {

    /**
     * Runs the body in a frame of the first of the runtimes. The others are there until it ends, or
     * they are stopped.
     */
    default void onFirst(Tardy.Builder builder, Body body) throws Exception {
        Latch here = new Latch(builder.build().options().threading().runtimes());
        Latch over = new Latch(1);
        inFrame(
                builder,
                rt -> {
                    here.countDown();
                    if (rt.id() > 0) {
                        stay(over);
                        return;
                    }
                    try {
                        here.await();
                        body.run(rt);
                    } finally {
                        over.countDown();
                    }
                });
    }

    private static void stay(Latch over) throws Exception {
        try {
            over.await();
        } catch (CancelledException e) {
            // it was stopped
        }
    }

    /** Until a runtime that was stopped has ended. */
    static void awaitEnd(TardyRuntime stopped) throws Exception {
        while (stopped.isRunning()) {
            Frame.delay(ScopeFixture.SOON);
        }
    }

    @Test
    default void theRuntimesOfAnEntryKnowEachOtherByTheirIds() throws Exception {
        Queue<List<TardyRuntime>> seen = new ConcurrentLinkedQueue<>();
        inFrame(
                tardy(3),
                rt -> {
                    seen.add(rt.siblings());
                    assertThat(rt.siblings()).hasSize(3);
                    assertThat(rt.siblings().get(rt.id())).isSameAs(rt);
                    assertThat(rt.siblings()).extracting(TardyRuntime::id).containsExactly(0, 1, 2);
                });
        assertThat(seen).hasSize(3).containsOnly(seen.peek());
    }

    @Test
    default void theOnlyRuntimeOfAnEntryIsAlone() throws Exception {
        inFrame(rt -> assertThat(rt.siblings()).containsExactly(rt));
    }

    @Test
    default void theLoopsOfAGroupKnowEachOtherByTheirIds() throws Exception {
        withGroup(
                3,
                group ->
                        GroupFixture.inGroupFrame(
                                group,
                                rt -> {
                                    assertThat(rt.siblings())
                                            .extracting(TardyRuntime::id)
                                            .containsExactly(0, 1, 2);
                                    assertThat(rt.siblings().get(rt.id())).isSameAs(rt);
                                    TardyRuntime last = rt.siblings().get(2);
                                    assertThat(last.siblings()).isEqualTo(rt.siblings());
                                    String name =
                                            last.call(() -> TardyRuntime.current().toString());
                                    assertThat(name).isEqualTo(last.toString());
                                }));
    }

    @Test
    @NotSimulated(NotSimulated.ENTRY)
    default void aFrameForASiblingBeginsOnceItsEntryFunctionHasReturned() throws Exception {
        Queue<Frame<String>> found = new ConcurrentLinkedQueue<>();
        for (int round = 0; round < 30; round++) {
            Latch entered = new Latch(4);
            try (Tardy tardy = tardy(4).build()) {
                tardy.entry(
                        rt -> {
                            rt.spawn(entered::await); // or it would have ended for the last one
                            for (TardyRuntime sibling : rt.siblings()) {
                                found.add(sibling.spawnCall(SiblingContract::prepared));
                            }
                            rt.storage().store("prepared", "by " + rt.id());
                            entered.countDown();
                        });
            }
        }
        assertThat(found).hasSize(30 * 16);
        for (Frame<String> each : found) {
            assertThat(each.join()).startsWith("by ");
        }
    }

    /** A loop is parked while it waits for a lock, and frames go on. */
    @Test
    @NotSimulated(NotSimulated.ENTRY)
    default void noFrameBeginsWhileItsEntryFunctionWaitsForALock() throws Exception {
        ReentrantLock lock = new ReentrantLock();
        CountDownLatch begun = new CountDownLatch(1);
        boolean isEarly;
        try (Tardy tardy = tardy(1).build()) {
            TardyEntry entry;
            lock.lock();
            try {
                entry =
                        tardy.entryInNewThread(
                                rt -> {
                                    rt.spawn(begun::countDown);
                                    lock.lock();
                                    lock.unlock();
                                });
                isEarly = begun.await(100, TimeUnit.MILLISECONDS);
            } finally {
                lock.unlock();
            }
            entry.await();
        }
        assertThat(isEarly).isFalse();
        assertThat(begun.getCount()).isZero();
    }

    private static String prepared() {
        return TardyRuntime.current().storage().get("prepared", String.class);
    }

    @Test
    @NotSimulated(NotSimulated.ENTRY)
    default void aFrameForASiblingWhoseEntryFunctionFailsIsCancelled() throws Exception {
        Queue<Frame<Void>> given = new ConcurrentLinkedQueue<>();
        try (Tardy tardy = tardy(2).build()) {
            tardy.entryInNewThread(
                            rt -> {
                                if (rt.id() == 1) {
                                    throw new IllegalStateException("on purpose");
                                }
                                given.add(rt.siblings().get(1).spawn(() -> Frame.delay(DAY)));
                            })
                    .await();
        } catch (IllegalStateException e) {
            assertThat(e).hasMessage("on purpose");
        } catch (RejectedExecutionException e) {
            assertThat(given).as("it had ended already").isEmpty();
        }
        for (Frame<Void> each : given) {
            TransportFixture.assertFailedOf(each, CancelledException.class);
        }
    }

    @Test
    default void aSiblingThatHasEndedRefusesAndOneThatDrainsDoesNot() throws Exception {
        onFirst(
                tardy(3),
                rt -> {
                    TardyRuntime ended = rt.siblings().get(1);
                    TardyRuntime draining = rt.siblings().get(2);
                    draining.drain(DAY);
                    assertThat(draining.call(() -> TardyRuntime.current().isDraining())).isTrue();
                    ended.stop();
                    awaitEnd(ended);
                    assertThat(ended.isRunning()).isFalse();
                    assertThat(rt.siblings()).contains(ended);
                    assertThat(CallContract.refusal(() -> ended.spawn(() -> {})))
                            .isEqualTo(ended + " has ended");
                    assertThat(CallContract.refusal(() -> ended.call(() -> "never")))
                            .isEqualTo(ended + " has ended");
                });
    }

    /** Whoever joins it hears of it, at whatever moment that was. */
    @Test
    @NotSimulated(NotSimulated.REAL)
    default void whatIsSpawnedWhileARuntimeEndsAroundAFrameEndsToo() throws Exception {
        AtomicInteger ended = new AtomicInteger();
        for (int round = 0; round < 20; round++) {
            try {
                onFirst(
                        tardy(2).stopTimeout(Duration.ofMillis(20)),
                        rt -> {
                            spawnWhileItEnds(rt.siblings().get(1));
                            ended.incrementAndGet();
                        });
            } catch (FrameFailedException e) { // the other one's body was left behind as well
                assertThat(e).hasCauseInstanceOf(RejectedExecutionException.class);
            }
        }
        assertThat(ended).hasValue(20);
    }

    @Test
    @NotSimulated(NotSimulated.ENTRY)
    default void aRuntimeEndsHoweverFastOthersSpawn() throws Exception {
        TardyEntry entry;
        try (Tardy tardy = tardy(1).stopTimeout(Duration.ofMillis(20)).build()) {
            CountDownLatch begun = new CountDownLatch(1);
            entry =
                    tardy.entryInNewThread(
                            rt ->
                                    rt.spawn(
                                            () -> {
                                                begun.countDown();
                                                new Semaphore(0).acquireUninterruptibly();
                                            }));
            begun.await();
            TardyRuntime ending = entry.runtimes().getFirst();
            List<Thread> spawning = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                spawning.add(Thread.ofPlatform().start(() -> spawnUntilRefused(ending)));
            }
            ending.stop();
            for (Thread each : spawning) {
                assertThat(each.join(patience())).isTrue();
            }
            assertThat(entry.await(patience())).isTrue();
        }
    }

    private void spawnWhileItEnds(TardyRuntime ending) throws Exception {
        Latch begun = new Latch(1);
        ending.spawn(
                () -> {
                    begun.countDown();
                    new Semaphore(0).acquireUninterruptibly();
                });
        begun.await();
        ending.stop();
        for (Frame<Void> each : spawnUntilRefused(ending)) {
            Deadline.within(patience(), () -> joinWhateverItThrows(each));
        }
    }

    private static List<Frame<Void>> spawnUntilRefused(TardyRuntime on) {
        List<Frame<Void>> given = new ArrayList<>();
        try {
            for (; ; ) {
                given.add(on.spawn(() -> {}));
            }
        } catch (RejectedExecutionException e) {
            return given;
        }
    }

    private static void joinWhateverItThrows(Frame<Void> frame) throws Exception {
        try {
            frame.join();
        } catch (FrameFailedException e) {
            assertThat(e).hasCauseInstanceOf(RejectedExecutionException.class);
        }
    }

    @Test
    @NotSimulated(NotSimulated.ENTRY)
    default void whatRunsOneFrameHasOneRuntimeWhateverTheThreading() throws Exception {
        try (Tardy tardy = tardy().threading(Threading.multi(3)).build()) {
            int siblings = tardy.runCall(() -> TardyRuntime.current().siblings().size());
            assertThat(siblings).isEqualTo(1);
        }
    }
}
