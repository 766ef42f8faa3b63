package io.tardy.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tardy.Deadline;
import io.tardy.Frame;
import io.tardy.TardyRuntime;
import io.tardy.aio.DeadlineExceededException;
import io.tardy.aio.TardyIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** Virtual time passes as soon as nothing else can happen, and only then. */
class SimTimeTest {

    @Test
    void anHourTakesMilliseconds() {
        List<Integer> seen = new ArrayList<>();
        SimReport report =
                Sim.run(
                        1,
                        sim -> {
                            SimHost host =
                                    sim.host("a")
                                            .spawn(
                                                    () -> {
                                                        for (int i = 0; i < 59; i++) {
                                                            Frame.delay(Duration.ofMinutes(1));
                                                            seen.add(i);
                                                        }
                                                    });
                            host.await();
                        });
        System.out.println(report);
        assertThat(seen).hasSize(59);
        assertThat(report.virtualTime()).isEqualTo(Duration.ofMinutes(59));
    }

    private static void waitTooLong() {
        assertThatThrownBy(
                        () ->
                                Deadline.within(
                                        Duration.ofSeconds(3),
                                        () -> Frame.delay(Duration.ofDays(1))))
                .isInstanceOf(DeadlineExceededException.class);
    }

    @Test
    void aDeadlinePasses() {
        SimReport report = Sim.run(1, sim -> sim.host("a").run(SimTimeTest::waitTooLong));
        assertThat(report.virtualTime()).isEqualTo(Duration.ofSeconds(3));
    }

    @SimTest(seeds = 20, swarm = true)
    void hostsStall(Sim sim) throws Exception {
        boolean stalls = sim.faults().host().stall() > 0;
        SimHost host =
                sim.host("a")
                        .spawn(
                                () -> {
                                    for (int i = 0; i < 2000; i++) {
                                        Frame.delay(Duration.ofMillis(1));
                                    }
                                });
        host.await();
        if (!stalls) {
            assertThat(sim.now()).isEqualTo(Duration.ofSeconds(2));
        }
    }

    @Test
    void clocksDriftAndJump() {
        List<Duration> passed = new ArrayList<>();
        SimReport report =
                Sim.run(
                        1,
                        sim -> {
                            SimHost host = sim.host("a");
                            Instant began = host.clock().instant();
                            host.spawn(() -> passed.add(waitAnHour(began)));
                            sim.delay(Duration.ofMinutes(20));
                            host.driftClock(2);
                            sim.delay(Duration.ofMinutes(10));
                            host.jumpClock(Duration.ofMinutes(7));
                            host.await();
                        });
        assertThat(passed).containsExactly(Duration.ofMinutes(67));
        assertThat(report.virtualTime()).isEqualTo(Duration.ofMinutes(40));
    }

    private static Duration waitAnHour(Instant began) throws TardyIOException {
        Frame.delay(Duration.ofHours(1));
        return Duration.between(began, TardyRuntime.current().clock().instant());
    }

    @Test
    void timePassesWhileALoopIsBusy() {
        SimReport report =
                Sim.run(
                        1,
                        sim -> {
                            AtomicBoolean isOver = new AtomicBoolean();
                            SimHost busy = sim.host("busy");
                            busy.start(
                                    rt -> {
                                        rt.spawn(() -> Frame.delay(Duration.ofSeconds(1)));
                                        askAgain(rt, isOver);
                                    });
                            sim.delay(Duration.ofMillis(500));
                            isOver.set(true);
                            busy.await();
                        });
        assertThat(report.virtualTime()).isEqualTo(Duration.ofSeconds(1));
    }

    /** As a handler does that cannot be told, and looks again and again. */
    private static void askAgain(TardyRuntime rt, AtomicBoolean isOver) {
        if (!isOver.get()) {
            rt.eventLoop().execute(() -> askAgain(rt, isOver));
        }
    }

    @Test
    void timeComesToATimerAlthoughAFrameSpins() {
        boolean[] done = new boolean[1];
        SimReport report =
                Sim.run(
                        1,
                        SimOptions.defaults().stepLimit(200_000),
                        sim ->
                                sim.host("a")
                                        .start(
                                                rt -> {
                                                    rt.spawn(() -> spinUntil(done));
                                                    rt.spawn(() -> endLater(done));
                                                })
                                        .await());
        assertThat(report.virtualTime()).isBetween(Duration.ofSeconds(1), Duration.ofSeconds(2));
    }

    private static void spinUntil(boolean[] done) {
        while (!done[0]) {
            Thread.yield();
        }
    }

    private static void endLater(boolean[] done) throws TardyIOException {
        Frame.delay(Duration.ofSeconds(1));
        done[0] = true;
    }

    private static void spinUntil(TardyRuntime rt, Instant end) throws TardyIOException {
        while (rt.clock().instant().isBefore(end)) {
            Frame.yield();
        }
    }

    @Test
    void timeGoesOnAlthoughAFrameSpinsUntilAClockSaysSo() {
        SimReport report =
                Sim.run(
                        1,
                        sim -> {
                            SimHost host = sim.host("a");
                            Instant end = host.clock().instant().plusMillis(1);
                            host.start(rt -> rt.spawn(() -> spinUntil(rt, end))).await();
                        });
        assertThat(report.virtualTime()).isBetween(Duration.ofMillis(1), Duration.ofMillis(4));
    }
}
