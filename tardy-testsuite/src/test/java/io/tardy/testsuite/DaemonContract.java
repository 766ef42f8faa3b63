package io.tardy.testsuite;

import static org.assertj.core.api.Assertions.assertThat;

import io.tardy.Frame;
import io.tardy.FrameStatus;
import io.tardy.Scope;
import io.tardy.TardyRuntime;
import io.tardy.net.Socket;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Frames that accompany others, and keep no runtime alive. */
interface DaemonContract extends TransportFixture {

    @Test
    default void daemonsAreCancelledWhenTheLastOtherFrameHasEnded() throws Exception {
        Queue<Frame<Void>> daemons = new ConcurrentLinkedQueue<>();
        AtomicInteger cleaned = new AtomicInteger();
        inFrame(
                rt -> {
                    for (int i = 0; i < 3; i++) {
                        daemons.add(rt.spawnDaemon("daemon " + i, () -> waitForEver(cleaned)));
                    }
                    rt.spawn(
                            () -> {
                                Frame.delay(Duration.ofMillis(5));
                                assertThat(cleaned).hasValue(0); // this one has kept them
                            });
                });
        assertThat(daemons).extracting(Frame::status).containsOnly(FrameStatus.CANCELLED);
        assertThat(cleaned).hasValue(3);
    }

    private static void waitForEver(AtomicInteger cleaned) throws IOException {
        try {
            Frame.delay(Duration.ofDays(1));
        } finally {
            cleaned.incrementAndGet();
        }
    }

    @Test
    default void whatADaemonStartsIsADaemon() throws Exception {
        AtomicInteger cleaned = new AtomicInteger();
        inFrame(
                rt -> {
                    rt.spawnDaemon(
                            () -> {
                                try (Scope scope = Scope.open()) {
                                    scope.fork(() -> waitForEver(cleaned));
                                    rt.spawn(() -> waitForEver(cleaned));
                                    scope.join();
                                }
                            });
                    Socket listener = TransportFixture.listenAnywhere();
                    rt.spawnDaemon(
                            () -> {
                                try (listener) {
                                    listener.serve(
                                            peer -> {
                                                peer.sendAll(ByteBuffer.allocate(1));
                                                waitForEver(cleaned);
                                            });
                                }
                            });
                    try (Socket client = TransportFixture.connectTo(listener)) {
                        assertThat(client.recv(ByteBuffer.allocate(1))).isOne();
                    }
                });
        assertThat(cleaned).hasValue(3);
    }

    @Test
    default void aDaemonThatEndsOrFailsIsAsAnyFrame() throws Exception {
        Queue<String> uncaught =
                uncaughtIn(
                        rt -> {
                            rt.spawnDaemon(() -> {}).join();
                            rt.spawnDaemon(TransportFixture::failSoon);
                            Frame.delay(Duration.ofMillis(10));
                            assertThat(rt.tasks()).isOne();
                        });
        assertThat(uncaught).containsExactly("on purpose");
    }

    @Test
    default void anEntryOfDaemonsOnlyEndsAndAFinallyMayStillWait() throws Exception {
        AtomicInteger said = new AtomicInteger();
        inFrame(
                rt ->
                        rt.spawnDaemon(
                                () -> {
                                    try {
                                        waitForEver(new AtomicInteger());
                                    } finally {
                                        Frame.uncancellable(
                                                Duration.ofSeconds(5),
                                                () -> {
                                                    Frame.delay(Duration.ofMillis(2));
                                                    said.incrementAndGet();
                                                });
                                    }
                                }));
        assertThat(said).hasValue(1);
    }

    @Test
    default void aDaemonOfOneRuntimeKeepsNoOther() throws Exception {
        AtomicInteger cleaned = new AtomicInteger();
        inFrame(
                tardy(2),
                rt -> {
                    if (rt.id() == 0) {
                        rt.spawnDaemon(() -> waitForEver(cleaned));
                    }
                    Frame.delay(Duration.ofMillis(2));
                    assertThat(TardyRuntime.current()).isSameAs(rt);
                });
        assertThat(cleaned).hasValue(1);
    }
}
