package io.tardy.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tardy.Deadline;
import io.tardy.Frame;
import io.tardy.aio.DeadlineExceededException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Test;

/** One thread, one order, virtual time. */
class SimRunTest {

    @Test
    void anHourTakesMilliseconds() {
        List<Integer> seen = new ArrayList<>();
        SimReport report =
                Sim.run(
                        1,
                        sim -> {
                            SimHost host =
                                    sim.host("a")
                                            .start(
                                                    rt ->
                                                            rt.spawn(
                                                                    () -> {
                                                                        for (int i = 0;
                                                                                i < 59;
                                                                                i++) {
                                                                            Frame.delay(
                                                                                    Duration
                                                                                            .ofMinutes(
                                                                                                    1));
                                                                            seen.add(i);
                                                                        }
                                                                    }));
                            host.await();
                        });
        System.out.println(report);
        assertThat(seen).hasSize(59);
        assertThat(report.virtualTime()).isEqualTo(Duration.ofMinutes(59));
    }

    private static SimReport race(long seed, List<String> order) {
        return Sim.run(
                seed,
                sim -> {
                    sim.host("a")
                            .runtimes(2)
                            .start(
                                    rt -> {
                                        for (int i = 0; i < 4; i++) {
                                            String name = rt.id() + "." + i;
                                            rt.spawn(
                                                    () -> {
                                                        order.add(name);
                                                        Frame.delay(
                                                                Duration.ofMillis(
                                                                        ThreadLocalRandom.current()
                                                                                .nextInt(100)));
                                                        order.add(name);
                                                    });
                                        }
                                    })
                            .await();
                });
    }

    @Test
    void theSeedDecidesTheOrder() {
        Set<List<String>> orders = new HashSet<>();
        for (long seed = 0; seed < 20; seed++) {
            List<String> once = new ArrayList<>();
            List<String> again = new ArrayList<>();
            SimReport first = race(seed, once);
            SimReport second = race(seed, again);
            assertThat(again).isEqualTo(once);
            assertThat(second.traceHash()).isEqualTo(first.traceHash());
            orders.add(once);
        }
        assertThat(orders).hasSizeGreaterThan(15);
    }

    @Test
    void aSleepIsRefused() {
        assertThatThrownBy(
                        () ->
                                Sim.run(
                                        1,
                                        sim ->
                                                sim.host("a")
                                                        .start(
                                                                rt ->
                                                                        rt.spawn(
                                                                                () ->
                                                                                        Thread
                                                                                                .sleep(
                                                                                                        5)))
                                                        .await()))
                .isInstanceOf(SimFailedError.class)
                .hasMessageContaining("Frame.delay");
    }

    @Test
    void aDeadlockIsTold() {
        assertThatThrownBy(
                        () ->
                                Sim.run(
                                        1,
                                        sim ->
                                                sim.host("a")
                                                        .start(
                                                                rt ->
                                                                        rt.spawn(
                                                                                "stuck",
                                                                                () ->
                                                                                        rt.scheduler()
                                                                                                .triggerAwait()))
                                                        .await()))
                .isInstanceOf(SimFailedError.class)
                .hasMessageContaining("a: stuck");
    }

    @Test
    void aDeadlinePasses() {
        SimReport report =
                Sim.run(
                        1,
                        sim ->
                                sim.host("a")
                                        .start(
                                                rt ->
                                                        rt.spawn(
                                                                () ->
                                                                        assertThatThrownBy(
                                                                                        () ->
                                                                                                Deadline
                                                                                                        .within(
                                                                                                                Duration
                                                                                                                        .ofSeconds(
                                                                                                                                3),
                                                                                                                () ->
                                                                                                                        Frame
                                                                                                                                .delay(
                                                                                                                                        Duration
                                                                                                                                                .ofDays(
                                                                                                                                                        1))))
                                                                                .isInstanceOf(
                                                                                        DeadlineExceededException
                                                                                                .class)))
                                        .await());
        assertThat(report.virtualTime()).isEqualTo(Duration.ofSeconds(3));
    }

    @Test
    void anAssertionInAFrameFailsTheRun() {
        assertThatThrownBy(
                        () ->
                                Sim.run(
                                        7,
                                        sim ->
                                                sim.host("a")
                                                        .start(
                                                                rt ->
                                                                        rt.spawn(
                                                                                () -> {
                                                                                    throw new AssertionError(
                                                                                            "no");
                                                                                }))
                                                        .await()))
                .isInstanceOf(SimFailedError.class)
                .hasMessageContaining("seed 7 fails")
                .hasMessageContaining("no");
    }

    private static List<String> contend(long seed) {
        List<String> order = new ArrayList<>();
        Object monitor = new Object();
        Sim.run(
                seed,
                sim ->
                        sim.host("a")
                                .runtimes(2)
                                .start(
                                        rt -> {
                                            for (int i = 0; i < 4; i++) {
                                                String name = rt.id() + "." + i;
                                                rt.spawn(
                                                        () -> {
                                                            synchronized (monitor) {
                                                                Frame.delay(Duration.ofMillis(1));
                                                                order.add(name);
                                                                if (order.size() < 3) {
                                                                    monitor.wait();
                                                                    order.add(name + " again");
                                                                } else {
                                                                    monitor.notifyAll();
                                                                }
                                                            }
                                                        });
                                            }
                                        })
                                .await());
        return order;
    }

    @Test
    void monitorsAreHandedOverInTheSameOrder() {
        Set<List<String>> orders = new HashSet<>();
        for (long seed = 0; seed < 50; seed++) {
            List<String> order = contend(seed);
            assertThat(order).hasSize(10);
            assertThat(contend(seed)).isEqualTo(order);
            orders.add(order);
        }
        assertThat(orders).hasSizeGreaterThan(10);
    }

    @SimTest(seeds = 5)
    void aSimTestRuns(Sim sim) throws Exception {
        sim.delay(Duration.ofSeconds(sim.seed()));
        assertThat(sim.now()).isGreaterThanOrEqualTo(Duration.ofSeconds(sim.seed()));
    }
}
