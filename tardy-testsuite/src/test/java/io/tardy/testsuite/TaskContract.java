package io.tardy.testsuite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.tardy.Frame;
import io.tardy.Pooling;
import io.tardy.Tardy;
import io.tardy.TardyEntry;
import io.tardy.TardyRuntime;
import io.tardy.TaskPoolFullException;
import io.tardy.aio.CancelledException;
import io.tardy.aio.TaskState;
import io.tardy.net.Socket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Tasks: their pool, triggers and indices. */
interface TaskContract extends TransportFixture {

    @Test
    default void aStaticPoolRefusesWhatIsTooMuchAndSpawnAwaitWaits() throws Exception {
        inFrame(
                tardy().pooling(Pooling.STATIC).tasksInitial(3),
                rt -> {
                    Frame<Void> first = rt.spawn(() -> rt.scheduler().triggerAwait());
                    Frame<Void> second = rt.spawn(() -> rt.scheduler().triggerAwait());
                    assertThatExceptionOfType(TaskPoolFullException.class)
                            .isThrownBy(() -> rt.spawn(() -> {}))
                            .withMessageContaining("tasksInitial");
                    assertThat(rt.tasks()).isEqualTo(3);
                    first.cancel();
                    Frame<Void> third = rt.spawnAwait(() -> {});
                    third.join();
                    Frame<Void> named = rt.spawnAwait("named", () -> {});
                    assertThat(named.name()).isEqualTo("named");
                    named.join();
                    second.cancel();
                });
    }

    @Test
    @NotSimulated(NotSimulated.ENTRY)
    default void spawnsFromOtherThreadsRunOnTheRuntime() throws Exception {
        try (Tardy tardy = tardy().build()) {
            CountDownLatch done = new CountDownLatch(1);
            TardyEntry entry =
                    tardy.entryInNewThread(
                            "x", (rt, x) -> rt.spawn(() -> rt.scheduler().triggerAwait()));
            TardyRuntime runtime = entry.runtimes().get(0);
            List<Frame<String>> frames = new ArrayList<>();
            for (int i = 0; i < 1000; i++) {
                frames.add(runtime.spawnCall(() -> TardyRuntime.current().toString()));
            }
            for (Frame<String> frame : frames) {
                assertThat(frame.join()).isEqualTo(runtime.toString());
            }
            done.countDown();
            entry.stop();
            entry.await();
        }
    }

    @Test
    default void aTriggerBeforeTheWaitIsNotLostAndSeveralCountAsOne() throws Exception {
        inFrame(
                rt -> {
                    long task = rt.scheduler().currentTask();
                    rt.trigger(task);
                    rt.trigger(task);
                    rt.scheduler().triggerAwait();
                    rt.spawn(() -> rt.trigger(task));
                    rt.scheduler().triggerAwait();
                });
    }

    @Test
    @NotSimulated(NotSimulated.THREADS)
    default void triggersFromOtherThreadsAreNotLost() throws Exception {
        int rounds = 10_000;
        AtomicInteger turn = new AtomicInteger();
        inFrame(
                rt -> {
                    long task = rt.scheduler().currentTask();
                    Thread other =
                            Thread.ofPlatform()
                                    .start(
                                            () -> {
                                                for (int i = 0; i < rounds; i++) {
                                                    while (turn.get() != i) {
                                                        Thread.onSpinWait();
                                                    }
                                                    rt.trigger(task);
                                                }
                                            });
                    for (int i = 0; i < rounds; i++) {
                        rt.scheduler().triggerAwait();
                        turn.incrementAndGet();
                    }
                    other.join();
                });
        assertThat(turn).hasValue(rounds);
    }

    @Test
    default void aStaleIndexNeverWakesTheTaskThatHasItsSlotNow() throws Exception {
        inFrame(
                tardy().pooling(Pooling.STATIC).tasksInitial(2),
                rt -> {
                    long stale = rt.spawnCall(() -> rt.scheduler().currentTask()).join();
                    AtomicBoolean woken = new AtomicBoolean();
                    Frame<Long> next =
                            rt.spawnCall(
                                    () -> {
                                        long index = rt.scheduler().currentTask();
                                        rt.scheduler().triggerAwait();
                                        woken.set(true);
                                        return index;
                                    });
                    Frame.delay(Duration.ofMillis(1));
                    rt.trigger(stale);
                    Frame.delay(Duration.ofMillis(2));
                    assertThat(woken).isFalse();
                    assertThat(rt.tasks(TaskState.WAIT_FOR_TRIGGER)).isEqualTo(1);
                    // The same slot, so the test does test something; the index differs above it.
                    rt.trigger(stale + (1L << 32));
                    assertThat(next.join()).isEqualTo(stale + (1L << 32));
                });
    }

    @Test
    default void tasksAreCountedByState() throws Exception {
        inFrame(
                rt -> {
                    Frame<Void> io = rt.spawn(() -> Frame.delay(Duration.ofDays(1)));
                    Frame<Void> trigger = rt.spawn(() -> rt.scheduler().triggerAwait());
                    Frame.delay(Duration.ofMillis(1));
                    assertThat(rt.tasks(TaskState.RUNNABLE)).isEqualTo(1);
                    assertThat(rt.tasks(TaskState.WAIT_FOR_IO)).isEqualTo(1);
                    assertThat(rt.tasks(TaskState.WAIT_FOR_TRIGGER)).isEqualTo(1);
                    assertThat(rt.tasks(TaskState.DEAD)).isZero();
                    assertThat(rt.tasks()).isEqualTo(3);
                    io.cancel();
                    trigger.cancel();
                });
    }

    /** Two frames that wake each other until it is enough. */
    private static List<Frame<Void>> wakeEachOther(TardyRuntime rt, AtomicBoolean enough) {
        long[] tasks = {-1, -1};
        List<Frame<Void>> frames = new ArrayList<>();
        for (int i = 0; i < tasks.length; i++) {
            int own = i;
            frames.add(
                    rt.spawn(
                            () -> {
                                tasks[own] = rt.scheduler().currentTask();
                                while (!enough.get()) {
                                    rt.trigger(tasks[1 - own]);
                                    rt.scheduler().triggerAwait();
                                }
                                rt.trigger(tasks[1 - own]);
                            }));
        }
        return frames;
    }

    @Test
    default void framesThatWakeEachOtherStarveNeitherTimersNorSocketsNorNettysTasks()
            throws Exception {
        inFrame(
                rt -> {
                    AtomicBoolean enough = new AtomicBoolean();
                    List<Frame<Void>> busy = wakeEachOther(rt, enough);
                    Frame.delay(Duration.ofMillis(5));
                    try (Socket listener = TransportFixture.listenAnywhere();
                            Socket client = TransportFixture.connectTo(listener);
                            Socket peer = listener.accept()) {
                        client.sendAll(ByteBuffer.wrap(new byte[] {7}));
                        assertThat(peer.recv(ByteBuffer.allocate(1))).isEqualTo(1);
                    }
                    CountDownLatch nettysTask = new CountDownLatch(1);
                    rt.eventLoop().execute(nettysTask::countDown);
                    nettysTask.await();
                    enough.set(true);
                    for (Frame<Void> frame : busy) {
                        frame.join();
                    }
                });
    }

    @Test
    @NotSimulated(NotSimulated.ORDER)
    default void aFrameThatYieldsComesBehindTheLoopWhoeverElseIsRunnable() throws Exception {
        inFrame(
                rt -> {
                    AtomicBoolean enough = new AtomicBoolean();
                    List<Frame<Void>> busy = wakeEachOther(rt, enough);
                    for (int i = 0; i < 100; i++) {
                        AtomicBoolean ran = new AtomicBoolean();
                        rt.eventLoop().execute(() -> ran.set(true));
                        Frame.yield();
                        assertThat(ran).as("the task of round %d has run", i).isTrue();
                    }
                    enough.set(true);
                    for (Frame<Void> frame : busy) {
                        frame.join();
                    }
                });
    }

    @Test
    default void thousandsThatAreCancelledAtOnceAllEnd() throws Exception {
        int count = 5_000;
        AtomicInteger cancelled = new AtomicInteger();
        inFrame(
                rt -> {
                    List<Frame<Void>> frames = new ArrayList<>();
                    for (int i = 0; i < count; i++) {
                        frames.add(
                                rt.spawn(
                                        () -> {
                                            try {
                                                Frame.delay(Duration.ofDays(1));
                                            } catch (CancelledException e) {
                                                cancelled.incrementAndGet();
                                            }
                                        }));
                    }
                    Frame.yield();
                    frames.reversed().forEach(Frame::cancel); // of some the delay is queued only
                    for (Frame<Void> frame : frames) {
                        frame.join();
                    }
                    assertThat(rt.timersActive()).isZero();
                });
        assertThat(cancelled).hasValue(count);
    }
}
