package io.tardy.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tardy.Frame;
import io.tardy.TardyRuntime;
import io.tardy.aio.TardyIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;

/** One thread, one order, which the seed decides. */
class SimRunTest {

    /** Something that has a name. */
    @FunctionalInterface
    private interface Named {
        void run(String name) throws Exception;
    }

    /** Runs four frames on each of two runtimes of a host. */
    private static SimReport runEight(long seed, Named body) {
        return Sim.run(
                seed, sim -> sim.host("a").runtimes(2).start(rt -> spawnFour(rt, body)).await());
    }

    private static void spawnFour(TardyRuntime rt, Named body) {
        for (int i = 0; i < 4; i++) {
            String name = rt.id() + "." + i;
            rt.spawn(() -> body.run(name));
        }
    }

    private static SimReport race(long seed, List<String> order) {
        return runEight(
                seed,
                name -> {
                    order.add(name);
                    Frame.delay(Duration.ofMillis(ThreadLocalRandom.current().nextInt(100)));
                    order.add(name);
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

    private static List<String> contend(long seed) {
        List<String> order = new ArrayList<>();
        Object monitor = new Object();
        runEight(
                seed,
                name -> {
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

    @Test
    void aFrameThatIsCancelledFailsNothing() {
        Sim.run(
                1,
                sim -> {
                    SimHost host = sim.host("a");
                    host.start(rt -> rt.spawn(() -> Frame.delay(Duration.ofHours(1))).cancel());
                    host.await();
                });
    }

    @SimTest(seeds = 5)
    void aSimTestRuns(Sim sim) throws Exception {
        sim.delay(Duration.ofSeconds(sim.seed()));
        assertThat(sim.now()).isGreaterThanOrEqualTo(Duration.ofSeconds(sim.seed()));
    }

    @Test
    void anOffloadedCallMayWaitForAFrame() {
        List<Integer> got = new ArrayList<>();
        Sim.run(
                1,
                sim ->
                        sim.host("a")
                                .run(
                                        () -> {
                                            TardyRuntime rt = TardyRuntime.current();
                                            CompletableFuture<Integer> answer =
                                                    new CompletableFuture<>();
                                            rt.spawn(
                                                    () -> {
                                                        Frame.delay(Duration.ofSeconds(1));
                                                        answer.complete(1);
                                                    });
                                            got.add(rt.offload(answer::get));
                                        }));
        assertThat(got).containsExactly(1);
    }

    @Test
    void aVirtualThreadOfTheJdkMayResumeAFrame() {
        List<Integer> got = new ArrayList<>();
        Sim.run(
                1,
                sim ->
                        sim.host("a")
                                .run(
                                        () -> {
                                            CompletableFuture<Integer> answer =
                                                    new CompletableFuture<>();
                                            Thread.startVirtualThread(() -> answer.complete(1));
                                            got.add(TardyRuntime.current().await(answer));
                                        }));
        assertThat(got).containsExactly(1);
    }

    @Test
    void whatSpinsDoesNotKeepAMonitorFromBeingHandedOver() {
        Object monitor = new Object();
        boolean[] done = new boolean[1];
        Sim.run(
                1,
                SimOptions.defaults().stepLimit(200_000),
                sim ->
                        sim.host("a")
                                .start(
                                        rt -> {
                                            rt.spawn(() -> holdAndSpin(monitor, done));
                                            rt.spawn(() -> enter(monitor, done));
                                        })
                                .await());
        assertThat(done).containsExactly(true);
    }

    private static void holdAndSpin(Object monitor, boolean[] done) throws TardyIOException {
        synchronized (monitor) {
            Frame.delay(Duration.ofMillis(2));
        }
        while (!done[0]) {
            Frame.yield();
        }
    }

    private static void enter(Object monitor, boolean[] done) throws TardyIOException {
        Frame.delay(Duration.ofMillis(1));
        synchronized (monitor) {
            done[0] = true;
        }
    }

    @SimTest(seeds = 2)
    void aSimTestHasTheParametersOfOthersToo(TestInfo test, Sim sim) {
        assertThat(sim.seed()).isPositive();
        assertThat(test.getDisplayName()).isNotEmpty();
    }

    @Test
    void aSeedThatIsNoNumberIsRefused() {
        assertThatThrownBy(() -> SimTestExtension.number("tardy.sim.seed", "1L"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "-Dtardy.sim.seed=1L: a whole number is needed, as -Dtardy.sim.seed=42");
    }

    @Test
    void theNextStartHasTheOptionsOfThen() {
        List<Integer> runtimes = new ArrayList<>();
        Sim.run(
                1,
                sim -> {
                    SimHost host = sim.host("a");
                    host.start(rt -> runtimes.add(rt.id())).await();
                    host.runtimes(2).start(rt -> runtimes.add(rt.id())).await();
                });
        assertThat(runtimes).containsExactlyInAnyOrder(0, 0, 1);
    }
}
