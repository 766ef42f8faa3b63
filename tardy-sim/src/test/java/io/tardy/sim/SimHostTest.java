package io.tardy.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tardy.Frame;
import io.tardy.FrameBody;
import io.tardy.Signal;
import io.tardy.Signals;
import io.tardy.TardyRuntime;
import io.tardy.net.Socket;
import io.tardy.netty.TardyEventLoopGroup;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.Test;

/** What becomes of the programs of hosts that are killed, crash, pause and start again. */
class SimHostTest {

    private static void echo(TardyRuntime rt) throws IOException {
        Socket listener = Socket.tcp("0.0.0.0", 7).bind().listen(1);
        rt.spawn("accept", () -> listener.serve(SimHostTest::echo));
    }

    private static void echo(Socket peer) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(1);
        while (peer.recv(buffer.clear()) >= 0) {
            peer.sendAll(buffer.flip());
        }
    }

    private static void ask(String host) throws IOException {
        try (Socket server = Socket.tcp(host, 7)) {
            ask(server.connect());
        }
    }

    private static void ask(Socket server) throws IOException {
        server.sendAll(ByteBuffer.allocate(1));
        assertThat(server.recv(ByteBuffer.allocate(1))).isEqualTo(1);
    }

    @Test
    void aHostThatHasCrashedStartsAnotherProgram() {
        Sim.run(
                1,
                sim -> {
                    SimHost server = sim.host("server").start(rt -> {});
                    sim.delay(Duration.ofMillis(1));
                    server.crash();
                    server.start(SimHostTest::echo);
                    sim.host("client").run(() -> ask("server"));
                });
    }

    @Test
    void aHostWithNothingButAGroupComesBack() {
        Sim.run(
                1,
                sim -> {
                    SimHost server = sim.host("server");
                    TardyEventLoopGroup.builder().threads(1).tardy(server.tardy()).build();
                    sim.delay(Duration.ofMillis(1));
                    server.crash();
                    server.restart();
                    assertThatThrownBy(server::restart).hasMessageContaining("use start");
                    server.start(SimHostTest::echo);
                    sim.host("client").run(() -> ask("server"));
                });
    }

    @Test
    void theNextProgramHasAsManyRuntimesAsAskedFor() {
        AtomicInteger entered = new AtomicInteger();
        Sim.run(
                1,
                sim -> {
                    SimHost host = sim.host("a").start(rt -> entered.incrementAndGet());
                    host.await();
                    host.runtimes(3).start(rt -> entered.incrementAndGet()).await();
                });
        assertThat(entered).hasValue(4);
    }

    @Test
    void nothingOfAProgramGoesOnThatKillsItsOwnHost() {
        List<String> done = new ArrayList<>();
        Sim.run(
                1,
                sim -> {
                    SimHost host = sim.host("a");
                    host.spawn(
                            () -> {
                                try {
                                    done.add("kill " + done.size());
                                    host.kill();
                                    done.add("after it");
                                } finally {
                                    done.add("finally");
                                }
                            });
                    sim.delay(Duration.ofSeconds(1));
                    host.restart();
                    sim.delay(Duration.ofSeconds(1));
                });
        assertThat(done).containsExactly("kill 0", "kill 1");
    }

    /** As where the name has a slip in it: the test would have passed. */
    @Test
    void aHostThatHasNeverRunAProgramCannotBeAwaited() {
        assertThatThrownBy(() -> Sim.run(1, sim -> sim.host("cleint").await()))
                .hasMessageContaining("host cleint has never run a program");
    }

    @SimTest(seeds = 20)
    void noOffloadedCallRunsWhileItsHostPauses(Sim sim) throws Exception {
        AtomicInteger calls = new AtomicInteger();
        SimHost host =
                sim.host("a").spawn(() -> TardyRuntime.current().offload(calls::incrementAndGet));
        while (calls.get() == 0) {
            host.pause();
            sim.delay(Duration.ofMillis(1));
            assertThat(calls).hasValue(0);
            host.resume();
            Frame.yield();
        }
    }

    /** Scenarios strike by chance: whoever is down already is not struck once more. */
    @Test
    void aHostThatIsDownStaysDown() {
        AtomicInteger runs = new AtomicInteger();
        Sim.run(
                1,
                sim -> {
                    SimHost host = sim.host("a");
                    host.run(runs::incrementAndGet);
                    host.crash();
                    host.crash();
                    host.kill();
                    host.restart().await();
                    host.kill();
                    host.kill();
                    host.restart().await();
                });
        assertThat(runs).hasValue(3);
    }

    private static void assertKilledHostIsNamed(FrameBody locking, FrameBody waiting, String lock) {
        SimBody body =
                sim -> {
                    SimHost dead = sim.host("dead").spawn(locking);
                    sim.delay(Duration.ofMillis(1));
                    dead.kill();
                    sim.host("alive").run(waiting);
                };
        assertThatThrownBy(() -> Sim.run(1, body))
                .isInstanceOf(SimFailedError.class)
                .hasMessageContaining("waits for a " + lock)
                .hasMessageContaining("host dead was killed or has crashed with");
    }

    @Test
    void aLockThatAKilledHostHasIsReportedWithIt() {
        ReentrantLock lock = new ReentrantLock();
        assertKilledHostIsNamed(
                () -> {
                    lock.lock();
                    Frame.delay(Duration.ofDays(1));
                },
                lock::lock,
                "java.util.concurrent.locks.ReentrantLock");
    }

    @Test
    void aMonitorThatAKilledHostHasIsReportedWithIt() {
        Object monitor = new Object();
        FrameBody holding =
                () -> {
                    synchronized (monitor) {
                        Frame.delay(Duration.ofDays(1));
                    }
                };
        assertKilledHostIsNamed(holding, holding, "monitor");
    }

    /** As its main class would. */
    private static void serveUntilTerm(TardyRuntime rt) throws IOException {
        Socket listener = Socket.tcp("0.0.0.0", 7).bind().listen(16);
        rt.spawn("accept", () -> listener.serve(SimHostTest::echo));
        rt.spawnDaemon(
                "signals",
                () -> {
                    try (Signals signals = Signals.open(Signal.TERM)) {
                        signals.next();
                        rt.drain(Duration.ofSeconds(5));
                    }
                });
    }

    @Test
    void aProgramThatWaitsForASignalEndsInOrder() {
        Sim.run(
                1,
                sim -> {
                    SimHost server = sim.host("server").start(SimHostTest::serveUntilTerm);
                    sim.delay(Duration.ofMillis(1));
                    SimHost client = sim.host("client");
                    client.spawn(
                            () -> {
                                try (Socket peer = Socket.tcp("server", 7).connect()) {
                                    ask(peer);
                                    server.signal(Signal.TERM);
                                    ask(peer);
                                }
                            });
                    client.await();
                    server.await();
                    assertThat(sim.now()).isLessThan(Duration.ofSeconds(5));
                    assertThat(server.openSockets()).isEmpty();
                });
    }

    @Test
    void aSignalThatNobodyWaitsForEndsTheProgramAtOnce() {
        AtomicInteger ended = new AtomicInteger();
        Sim.run(
                1,
                sim -> {
                    SimHost server = sim.host("server").start(SimHostTest::serveUntilTerm);
                    sim.delay(Duration.ofMillis(1));
                    server.signal(Signal.INT);
                    assertThat(server.isRunning()).isFalse();
                    server.signal(Signal.TERM); // it has none of its signals any more
                    server.restart();
                    sim.delay(Duration.ofMillis(1));
                    sim.host("client").run(() -> ask("server"));
                    server.signal(Signal.TERM);
                    server.await();
                    server.spawn(() -> Signals.open(Signal.HUP).close());
                    server.await();
                    server.spawn(
                            () -> {
                                try {
                                    Frame.delay(Duration.ofHours(1));
                                } finally {
                                    ended.incrementAndGet();
                                }
                            });
                    sim.delay(Duration.ofMillis(1));
                    server.signal(Signal.HUP);
                    server.await();
                });
        assertThat(ended).as("it is killed").hasValue(0);
    }

    private static void awaitTerm(Signals signals) throws Exception {
        try (signals) {
            signals.next();
        }
    }

    private static Signals openInOtherThread() throws Exception {
        CompletableFuture<Signals> opened = new CompletableFuture<>();
        Thread.startVirtualThread(() -> opened.complete(Signals.open(Signal.TERM)));
        return TardyRuntime.current().await(opened);
    }

    @Test
    void theSignalsOfAHostComeWhereverAThreadOfItOpensThem() {
        Sim.run(
                1,
                sim -> {
                    for (FrameBody program :
                            List.<FrameBody>of(
                                    () -> awaitTerm(openInOtherThread()),
                                    () ->
                                            awaitTerm(
                                                    TardyRuntime.current()
                                                            .offload(
                                                                    () ->
                                                                            Signals.open(
                                                                                    Signal
                                                                                            .TERM))))) {
                        AtomicInteger ended = new AtomicInteger();
                        SimHost host =
                                sim.host("opening")
                                        .spawn(
                                                () -> {
                                                    program.run();
                                                    ended.incrementAndGet();
                                                });
                        sim.delay(Duration.ofMillis(10));
                        host.signal(Signal.TERM);
                        host.await();
                        assertThat(ended).as("it was told, and not killed").hasValue(1);
                    }
                });
    }
}
