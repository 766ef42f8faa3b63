package io.tardy.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tardy.Deadline;
import io.tardy.Frame;
import io.tardy.TardyRuntime;
import io.tardy.aio.CancelledException;
import io.tardy.aio.DeadlineExceededException;
import io.tardy.aio.TardyIOException;
import io.tardy.net.Socket;
import io.tardy.sim.faults.Faults;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;

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
        assertThatThrownBy(() -> Sim.run(1, sim -> sim.host("a").run(() -> Thread.sleep(5))))
                .isInstanceOf(SimFailedError.class)
                .hasMessageContaining("Frame.delay");
    }

    private static void waitForEver(TardyRuntime rt) {
        rt.spawn("stuck", () -> rt.scheduler().triggerAwait());
    }

    @Test
    void aDeadlockIsTold() {
        assertThatThrownBy(
                        () ->
                                Sim.run(
                                        1,
                                        sim ->
                                                sim.host("a")
                                                        .start(SimRunTest::waitForEver)
                                                        .await()))
                .isInstanceOf(SimFailedError.class)
                .hasMessageContaining("a: stuck");
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
        SimReport report = Sim.run(1, sim -> sim.host("a").run(SimRunTest::waitTooLong));
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
                                                        .run(
                                                                () -> {
                                                                    throw new AssertionError("no");
                                                                })))
                .isInstanceOf(SimFailedError.class)
                .hasMessageContaining("seed 7 fails")
                .hasMessageContaining("no")
                .hasMessageContaining("of host a threw it");
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

    /** A server that gives up on a short read: only partial reads, or a reset, show it. */
    private static SimFailedError shortRead(Faults faults) {
        try {
            for (long seed = 1; seed <= 50; seed++) {
                Sim.run(
                        seed,
                        SimOptions.defaults().faults(faults),
                        sim -> {
                            sim.host("server").start(SimRunTest::readOnce);
                            sim.host("client").start(SimRunTest::writeOnce);
                            sim.delay(Duration.ofSeconds(30));
                        });
            }
            return null;
        } catch (SimFailedError e) {
            return e;
        }
    }

    private static void readOnce(TardyRuntime rt) throws IOException {
        Socket listener = Socket.tcp("0.0.0.0", 7).bind().listen(1);
        rt.spawn(
                () -> {
                    try (Socket client = listener.accept()) {
                        int count = client.recv(ByteBuffer.allocate(8));
                        if (count >= 0 && count != 8) {
                            throw new IllegalStateException("a short read: " + count);
                        }
                    } catch (TardyIOException e) {
                        // the connection broke
                    }
                });
    }

    private static void writeOnce(TardyRuntime rt) {
        rt.spawn(
                () -> {
                    try (Socket server = Socket.tcp("server", 7)) {
                        server.connect().sendAll(ByteBuffer.allocate(8));
                        Frame.delay(Duration.ofSeconds(1));
                    } catch (TardyIOException e) {
                        // the connection broke
                    }
                });
    }

    @Test
    void aFailureIsShrunkToTheFaultsThatItNeeds() {
        assertThat(shortRead(Faults.none())).isNull();
        SimFailedError failure = shortRead(Faults.all());
        assertThat(failure)
                .hasMessageStartingWith("of " + Faults.all().kinds().size() + " kinds of faults")
                .hasMessageContaining("a short read");
        String needed = failure.getMessage().replaceAll("(?s).*needs only ([\\w.,]*) .*", "$1");
        assertThat(needed.split(",")).hasSize(1);
        SimOptions smallest =
                SimOptions.defaults().faults(Faults.all().only(List.of(needed.split(","))));
        assertThatThrownBy(
                        () ->
                                Sim.run(
                                        failure.seed(),
                                        smallest,
                                        sim -> {
                                            sim.host("server").start(SimRunTest::readOnce);
                                            sim.host("client").start(SimRunTest::writeOnce);
                                            sim.delay(Duration.ofSeconds(30));
                                        }))
                .hasMessageContaining("a short read");
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
    void aWaitThatNobodyHasCancelledFailsTheRun() {
        SimBody body =
                sim -> sim.host("a").start(rt -> rt.spawn(SimRunTest::endsAsIfCancelled)).await();
        assertThatThrownBy(() -> Sim.run(1, body))
                .isInstanceOf(SimFailedError.class)
                .hasCauseInstanceOf(CancelledException.class);
    }

    private static void endsAsIfCancelled() throws CancelledException {
        throw new CancelledException("recv");
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

    @SimTest(seeds = 5)
    void aSimTestRuns(Sim sim) throws Exception {
        sim.delay(Duration.ofSeconds(sim.seed()));
        assertThat(sim.now()).isGreaterThanOrEqualTo(Duration.ofSeconds(sim.seed()));
    }

    /** Else the assertions behind it were never reached, and the test passed. */
    @Test
    void aScenarioThatEndsAsIfCancelledFails() {
        assertThatThrownBy(
                        () ->
                                Sim.run(
                                        1,
                                        sim -> {
                                            throw new CancelledException("connect");
                                        }))
                .isInstanceOf(SimFailedError.class)
                .hasMessageContaining("connect");
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
    void anOffloadedCallThatWaitsForNothingIsTold() {
        assertThatThrownBy(
                        () ->
                                Sim.run(
                                        1,
                                        sim ->
                                                sim.host("a")
                                                        .run(
                                                                () ->
                                                                        TardyRuntime.current()
                                                                                .offload(
                                                                                        new CompletableFuture<
                                                                                                        Integer>()
                                                                                                ::get))))
                .isInstanceOf(SimFailedError.class)
                .hasMessageContaining("a: offloaded call");
    }

    @Test
    void aSleepInAnOffloadedCallIsRefused() {
        assertThatThrownBy(
                        () ->
                                Sim.run(
                                        1,
                                        sim ->
                                                sim.host("a")
                                                        .run(
                                                                () ->
                                                                        TardyRuntime.current()
                                                                                .offload(
                                                                                        SimRunTest
                                                                                                ::sleep))))
                .isInstanceOf(SimFailedError.class)
                .hasMessageContaining("Frame.delay");
    }

    private static int sleep() throws InterruptedException {
        Thread.sleep(1);
        return 0;
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

    /** Its outcome depended on who was faster. */
    @Test
    void aWaitForAnotherThreadIsRefused() {
        CountDownLatch goes = new CountDownLatch(1);
        assertThatThrownBy(
                        () ->
                                Sim.run(
                                        1,
                                        sim -> sim.host("a").run(() -> waitForAnotherThread(goes))))
                .isInstanceOf(SimFailedError.class)
                .hasMessageContaining("what other threads do could not be repeated");
    }

    private static void waitForAnotherThread(CountDownLatch goes) throws Exception {
        CompletableFuture<Void> done = CompletableFuture.runAsync(() -> awaitUnchecked(goes));
        TardyRuntime.current().spawn(goes::countDown);
        done.get();
    }

    private static void awaitUnchecked(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static volatile boolean isToSpin;

    private static void spinAtOnce(Thread waiting) {
        waiting.interrupt();
        while (isToSpin) {
            Thread.onSpinWait();
        }
    }

    /** As by a timeout of JUnit's: it hung for ever. */
    @Test
    void anInterruptOfWhoeverWaitsEndsIt() {
        Thread waiting = Thread.currentThread();
        isToSpin = true;
        try {
            assertThatThrownBy(
                            () -> Sim.run(1, sim -> sim.host("a").run(() -> spinAtOnce(waiting))))
                    .isInstanceOf(SimFailedError.class)
                    .hasMessageContaining("seed 1 fails")
                    .hasMessageContaining("spinAtOnce");
            assertThat(Thread.interrupted()).isTrue();
        } finally {
            isToSpin = false;
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
