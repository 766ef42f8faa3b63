package io.tardy.testsuite;

import static org.assertj.core.api.Assertions.assertThat;

import io.tardy.Frame;
import io.tardy.FrameFailedException;
import io.tardy.RuntimeStats;
import io.tardy.TardyRuntime;
import io.tardy.aio.AsyncOp;
import io.tardy.aio.TaskState;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The counters of a runtime. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
interface StatsContract extends ConnectedFixture {

    @Test
    default void framesAreCountedFromTheirSpawnToTheirEnd() throws Exception {
        inFrame(
                tardy().uncaughtFrame((frame, e) -> {}),
                rt -> {
                    RuntimeStats before = rt.stats();
                    assertThat(before.frames()).isEqualTo(1);
                    assertThat(before.frames(TaskState.RUNNABLE)).isEqualTo(1);
                    List<Frame<Void>> frames = new ArrayList<>();
                    for (int i = 0; i < 10; i++) {
                        int number = i;
                        frames.add(rt.spawn(() -> end(number)));
                    }
                    assertThat(rt.stats().frames()).isEqualTo(11);
                    for (Frame<Void> frame : frames) {
                        joinWhatMayFail(frame);
                    }
                    Frame.delay(Duration.ofMillis(1)); // all have been counted
                    RuntimeStats after = rt.stats();
                    assertThat(after.frames()).isEqualTo(1);
                    assertThat(after.framesEnded()).isEqualTo(before.framesEnded() + 10);
                    assertThat(after.framesBegun()).isEqualTo(before.framesBegun() + 10);
                    assertThat(after.framesFailed()).isEqualTo(before.framesFailed() + 3);
                    assertThat(before.frames()).as("a reading does not change").isEqualTo(1);
                });
    }

    private static void end(int number) throws Exception {
        Frame.delay(Duration.ofMillis(number % 3));
        if (number < 3) {
            throw new IllegalStateException("on purpose");
        }
    }

    private static void joinWhatMayFail(Frame<Void> frame) throws Exception {
        try {
            frame.join();
        } catch (FrameFailedException e) {
            assertThat(e).hasCauseInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    default void operationsAreCountedByTheirKind() throws Exception {
        withPair(
                (rt, client, peer) -> {
                    RuntimeStats before = rt.stats();
                    for (int i = 0; i < 5; i++) {
                        client.sendAll(ByteBuffer.wrap(new byte[] {1}));
                        assertThat(peer.recv(ByteBuffer.allocate(8))).isEqualTo(1);
                    }
                    Frame.delay(Duration.ofMillis(1));
                    RuntimeStats after = rt.stats();
                    assertThat(after.operations(AsyncOp.SEND))
                            .isEqualTo(before.operations(AsyncOp.SEND) + 5);
                    assertThat(after.operations(AsyncOp.RECV))
                            .isEqualTo(before.operations(AsyncOp.RECV) + 5);
                    assertThat(after.operations(AsyncOp.TIMER))
                            .isEqualTo(before.operations(AsyncOp.TIMER) + 1);
                    assertThat(after.operations()).isEqualTo(before.operations() + 11);
                    assertThat(after.operationsWaited()).isGreaterThan(before.operationsWaited());
                    assertThat(after.operationsWaited())
                            .isLessThanOrEqualTo(before.operationsWaited() + 11);
                });
    }

    @Test
    default void timersAndTurnsAreCounted() throws Exception {
        inFrame(
                rt -> {
                    RuntimeStats before = rt.stats();
                    Frame<Void> sleeper = rt.spawn(() -> Frame.delay(Duration.ofHours(1)));
                    for (int i = 0; i < 5; i++) {
                        Frame.delay(Duration.ofMillis(2));
                    }
                    RuntimeStats after = rt.stats();
                    assertThat(after.timers()).isEqualTo(before.timers() + 1);
                    assertThat(after.timersExpired()).isEqualTo(before.timersExpired() + 5);
                    assertThat(after.turns()).isGreaterThanOrEqualTo(before.turns() + 5);
                    assertThat(after.turnsIdle())
                            .isGreaterThan(before.turnsIdle())
                            .isLessThanOrEqualTo(after.turns());
                    assertThat(after.stalls()).isEqualTo(rt.stalls());
                    sleeper.cancel();
                });
    }

    @Test
    default void jobsOfThePoolAreCounted() throws Exception {
        inFrame(
                rt -> {
                    RuntimeStats before = rt.stats();
                    for (int i = 0; i < 3; i++) {
                        rt.offload(() -> null);
                    }
                    RuntimeStats after = rt.stats();
                    assertThat(after.poolJobsStarted()).isEqualTo(before.poolJobsStarted() + 3);
                    assertThat(after.operationsWaited()).isEqualTo(before.operationsWaited() + 3);
                    assertThat(after.poolJobs()).isZero();
                    assertThat(after.poolJobsRefused()).isZero();
                });
    }

    @Test
    @NotSimulated(
            "its offloaded calls block until somebody lets them go on, and there is one thread")
    default void aJobCountsAsLongAsItIsNotOver() throws Exception {
        inFrame(
                rt -> {
                    CompletableFuture<Void> go = new CompletableFuture<>();
                    Frame<Void> frame = rt.spawn(() -> rt.offload(go::join));
                    while (rt.stats().poolJobs() == 0) {
                        Frame.yield();
                    }
                    assertThat(rt.stats().poolJobs()).isEqualTo(1);
                    go.complete(null);
                    frame.join();
                    assertThat(rt.stats().poolJobs()).isZero();
                });
    }

    @Test
    default void lentBuffersAreCountedUntilTheyAreGivenBack() throws Exception {
        withPair(
                (rt, client, peer) -> {
                    int before = rt.stats().lentBuffers();
                    client.sendAll(ByteBuffer.wrap(new byte[] {1, 2, 3}));
                    ByteBuffer lent = peer.recvNext();
                    assertThat(lent.remaining()).isPositive();
                    assertThat(rt.stats().lentBuffers()).isEqualTo(before + 1);
                    int spare = rt.stats().spareBuffers();
                    peer.close();
                    assertThat(rt.stats().lentBuffers()).isEqualTo(before);
                    assertThat(rt.stats().spareBuffers()).isEqualTo(spare + 1);
                });
    }

    @Test
    @NotSimulated("the thread that reads is of the JDK")
    default void anyThreadReadsWithoutWaiting() throws Exception {
        inFrame(
                rt -> {
                    CompletableFuture<String> seen = new CompletableFuture<>();
                    Thread.ofPlatform().start(() -> seen.complete(firstThatShrinks(rt)));
                    while (!seen.isDone()) {
                        rt.spawn(() -> Frame.delay(Duration.ofNanos(1))).join();
                    }
                    assertThat(seen.join()).isEqualTo("none");
                });
    }

    /** Which of those that only grow was once less than before. */
    private static String firstThatShrinks(TardyRuntime rt) {
        RuntimeStats before = rt.stats();
        RuntimeStats first = before;
        for (int i = 0; i < 5000 || before.turns() == first.turns(); i++) {
            RuntimeStats next = rt.stats();
            if (next.turns() < before.turns()
                    || next.framesBegun() < before.framesBegun()
                    || next.framesEnded() < before.framesEnded()
                    || next.framesEnded() > next.framesBegun()
                    || next.operations() < before.operations()
                    || next.operationsWaited() < before.operationsWaited()
                    || next.timersExpired() < before.timersExpired()
                    || next.turnsIdle() > next.turns() + 1) {
                return before + " then " + next;
            }
            before = next;
        }
        return "none";
    }

    @Test
    @NotSimulated("the thread that reads is of the JDK")
    default void aRuntimeThatIsHeldTellsItsCountersAllTheSame() throws Exception {
        inFrame(
                rt -> {
                    CompletableFuture<RuntimeStats> seen = new CompletableFuture<>();
                    Thread.ofPlatform().start(() -> seen.complete(rt.stats()));
                    while (!seen.isDone()) {
                        Thread.onSpinWait(); // nobody else has the thread meanwhile
                    }
                    assertThat(seen.join().frames()).isEqualTo(1);
                    assertThat(seen.join().toString()).startsWith("1 frames, ");
                });
    }
}
