package io.tardy.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tardy.Frame;
import io.tardy.FrameBody;
import io.tardy.TardyRuntime;
import io.tardy.aio.CancelledException;
import io.tardy.aio.TardyIOException;
import io.tardy.net.Socket;
import io.tardy.process.ChildProcess;
import io.tardy.sim.faults.Faults;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.Test;

/** What fails a simulation, and what it says then. */
class SimFailureTest {

    /** With a program of one frame. */
    private static AbstractThrowableAssert<?, ? extends Throwable> assertThatRunFails(
            long seed, FrameBody body) {
        return assertThatThrownBy(() -> Sim.run(seed, sim -> sim.host("a").run(body)))
                .isInstanceOf(SimFailedError.class);
    }

    @Test
    void aSleepIsRefused() {
        assertThatRunFails(1, () -> Thread.sleep(5)).hasMessageContaining("Frame.delay");
    }

    @Test
    void processesAreRefused() {
        assertThatRunFails(1, () -> ChildProcess.start(new ProcessBuilder("true")).close())
                .hasMessageContaining("a simulation starts no processes");
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
                                                        .start(SimFailureTest::waitForEver)
                                                        .await()))
                .isInstanceOf(SimFailedError.class)
                .hasMessageContaining("a: stuck");
    }

    @Test
    void anAssertionInAFrameFailsTheRun() {
        FrameBody body =
                () -> {
                    throw new AssertionError("no");
                };
        assertThatRunFails(7, body)
                .hasMessageContaining("seed 7 fails")
                .hasMessageContaining("no")
                .hasMessageContaining("of host a threw it");
    }

    /** A server that gives up on a short read: only partial reads, or a reset, show it. */
    private static SimFailedError shortRead(Faults faults) {
        try {
            for (long seed = 1; seed <= 50; seed++) {
                Sim.run(
                        seed,
                        SimOptions.defaults().faults(faults),
                        sim -> {
                            sim.host("server").start(SimFailureTest::readOnce);
                            sim.host("client").start(SimFailureTest::writeOnce);
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
                                            sim.host("server").start(SimFailureTest::readOnce);
                                            sim.host("client").start(SimFailureTest::writeOnce);
                                            sim.delay(Duration.ofSeconds(30));
                                        }))
                .hasMessageContaining("a short read");
    }

    @Test
    void aWaitThatNobodyHasCancelledFailsTheRun() {
        SimBody body =
                sim ->
                        sim.host("a")
                                .start(rt -> rt.spawn(SimFailureTest::endsAsIfCancelled))
                                .await();
        assertThatThrownBy(() -> Sim.run(1, body))
                .isInstanceOf(SimFailedError.class)
                .hasCauseInstanceOf(CancelledException.class);
    }

    private static void endsAsIfCancelled() throws CancelledException {
        throw new CancelledException("recv");
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
    void anOffloadedCallThatWaitsForNothingIsTold() {
        CompletableFuture<Integer> never = new CompletableFuture<>();
        assertThatRunFails(1, () -> TardyRuntime.current().offload(never::get))
                .hasMessageContaining("a: offloaded call");
    }

    @Test
    void aSleepInAnOffloadedCallIsRefused() {
        assertThatRunFails(1, () -> TardyRuntime.current().offload(SimFailureTest::sleep))
                .hasMessageContaining("Frame.delay");
    }

    private static int sleep() throws InterruptedException {
        Thread.sleep(10_000);
        return 0;
    }

    /** Its outcome depended on who was faster. */
    @Test
    void aWaitForAnotherThreadIsRefused() {
        CountDownLatch goes = new CountDownLatch(1);
        assertThatRunFails(1, () -> waitForAnotherThread(goes))
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
            assertThatRunFails(1, () -> spinAtOnce(waiting))
                    .hasMessageContaining("seed 1 fails")
                    .hasMessageContaining("spinAtOnce");
            assertThat(Thread.interrupted()).isTrue();
        } finally {
            isToSpin = false;
        }
    }
}
