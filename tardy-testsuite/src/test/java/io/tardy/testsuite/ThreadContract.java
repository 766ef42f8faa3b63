package io.tardy.testsuite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.sun.management.HotSpotDiagnosticMXBean;
import io.tardy.Frame;
import io.tardy.FrameBody;
import io.tardy.TardyRuntime;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Frames are threads: what the JDK lets a thread do, a frame can do, and parks that frame only. */
interface ThreadContract extends TransportFixture {

    @Test
    default void aMonitorHeldAcrossAWaitKeepsOthersOutAndLetsTheRuntimeGoOn() throws Exception {
        keepsOthersOutAndLetsTheRuntimeGoOn(Locked.monitor());
    }

    @Test
    default void aLockHeldAcrossAWaitKeepsOthersOut() throws Exception {
        keepsOthersOutAndLetsTheRuntimeGoOn(Locked.by(new ReentrantLock()));
    }

    private void keepsOthersOutAndLetsTheRuntimeGoOn(Locked locked) throws Exception {
        List<String> order = new ArrayList<>();
        CompletableFuture<Void> holds = new CompletableFuture<>();
        CompletableFuture<Void> thirdRan = new CompletableFuture<>();
        inFrame(
                rt -> {
                    FrameBody held =
                            () -> {
                                order.add("holder in");
                                holds.complete(null);
                                rt.await(thirdRan);
                                order.add("holder out");
                            };
                    Frame<Void> holder = rt.spawn(() -> locked.run(held));
                    rt.await(holds);
                    Frame<Void> second = rt.spawn(() -> locked.run(() -> order.add("second in")));
                    Frame.delay(Duration.ofMillis(1)); // the second waits for the lock
                    order.add("a third runs");
                    thirdRan.complete(null);
                    holder.join();
                    second.join();
                });
        assertThat(order).containsExactly("holder in", "a third runs", "holder out", "second in");
    }

    @Test
    @NotSimulated(NotSimulated.REAL)
    default void sleepingParksThatFrameOnly() throws Exception {
        List<String> order = new ArrayList<>();
        inFrame(
                rt -> {
                    Frame<Void> sleeper =
                            rt.spawn(
                                    () -> {
                                        // the subject of this test
                                        Thread.sleep(Duration.ofMillis(20));
                                        order.add("sleeper");
                                    });
                    Frame<Void> other =
                            rt.spawn(
                                    () -> {
                                        Frame.delay(Duration.ofMillis(1));
                                        order.add("other");
                                    });
                    other.join();
                    sleeper.join();
                });
        assertThat(order).containsExactly("other", "sleeper");
    }

    @Test
    default void aBlockingQueueParksThatFrameOnly() throws Exception {
        BlockingQueue<String> queue = new ArrayBlockingQueue<>(1);
        inFrame(
                rt -> {
                    Frame<String> taker = rt.spawnCall(queue::take);
                    Frame.delay(Duration.ofMillis(1));
                    rt.spawn(() -> queue.put("message"));
                    assertThat(taker.join()).isEqualTo("message");
                });
    }

    @Test
    @NotSimulated(NotSimulated.PEERS)
    default void socketsOfTheJdkParkThatFrameOnly() throws Exception {
        inFrame(
                rt -> {
                    try (ServerSocket server =
                            new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
                        Frame<Integer> accepting =
                                rt.spawnCall(
                                        () -> {
                                            try (java.net.Socket peer = server.accept()) {
                                                return peer.getInputStream().read();
                                            }
                                        });
                        Frame.delay(Duration.ofMillis(2));
                        assertThat(accepting.status()).isEqualTo(io.tardy.FrameStatus.ALIVE);
                        try (java.net.Socket client =
                                new java.net.Socket(
                                        server.getInetAddress(), server.getLocalPort())) {
                            Frame.delay(Duration.ofMillis(2));
                            client.getOutputStream().write(42);
                            assertThat(accepting.join()).isEqualTo(42);
                        }
                    }
                });
    }

    @Test
    @NotSimulated(NotSimulated.REAL)
    default void theJdksOwnWaitsOfACancelledFrameAreInterrupted() throws Exception {
        BlockingQueue<String> empty = new ArrayBlockingQueue<>(1);
        inFrame(
                rt -> {
                    Frame<String> taker = rt.spawnCall(empty::take);
                    // the subject of this test
                    Frame<Void> sleeper = rt.spawn(() -> Thread.sleep(Duration.ofDays(1)));
                    Frame.delay(Duration.ofMillis(2));
                    taker.cancel();
                    sleeper.cancel();
                    for (Frame<?> frame : List.of(taker, sleeper)) {
                        TransportFixture.assertFailedOf(frame, InterruptedException.class);
                    }
                });
    }

    @Test
    default void aFrameHasItsOwnThreadLocals() throws Exception {
        ThreadLocal<String> local = new ThreadLocal<>();
        inFrame(
                rt -> {
                    local.set("mine");
                    assertThat(rt.spawnCall(local::get).join()).isNull();
                    assertThat(local.get()).isEqualTo("mine");
                    assertThat(Thread.currentThread().isVirtual()).isTrue();
                });
    }

    @Test
    default void virtualThreadsThatAFrameStartsRunAndAreNoFrames() throws Exception {
        inFrame(
                rt -> {
                    List<String> seen = new ArrayList<>();
                    Thread thread =
                            Thread.startVirtualThread(
                                    () -> {
                                        seen.add("in frame: " + TardyRuntime.isInFrame());
                                        Thread.yield();
                                        seen.add("after a yield");
                                    });
                    thread.join();
                    assertThat(seen).containsExactly("in frame: false", "after a yield");
                });
    }

    @Test
    @NotSimulated(NotSimulated.THREADS)
    default void waitsInVirtualThreadsOfTheJdkAreRefusedAndTheMessageSaysWhatToUse()
            throws Exception {
        inFrame(
                rt -> {
                    try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
                        Future<Object> waiting =
                                executor.submit(
                                        () -> {
                                            Frame.delay(Duration.ofMillis(1));
                                            return null;
                                        });
                        assertThatExceptionOfType(ExecutionException.class)
                                .isThrownBy(waiting::get)
                                .havingCause()
                                .isInstanceOf(IllegalStateException.class)
                                .withMessageContaining("started by the JDK's means in the frame ")
                                .withMessageContaining("test body")
                                .withMessageContaining("Scope.fork or rt.spawn")
                                .withMessageContaining("rt.offload");
                    }
                });
    }

    @Test
    @NotSimulated(NotSimulated.THREADS)
    default void threadDumpsShowFramesByName(@TempDir Path folder) throws Exception {
        Path dump = folder.resolve("threads.json");
        inFrame(
                rt -> {
                    Frame<Void> waiting =
                            rt.spawn("the one that waits", () -> rt.scheduler().triggerAwait());
                    Frame.delay(Duration.ofMillis(1));
                    dumpThreads(dump);
                    waiting.cancel();
                });
        assertThat(Files.readString(dump)).contains("the one that waits", "triggerAwait");
    }

    private static void dumpThreads(Path to) throws IOException {
        ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class)
                .dumpThreads(to.toString(), HotSpotDiagnosticMXBean.ThreadDumpFormat.JSON);
    }
}
