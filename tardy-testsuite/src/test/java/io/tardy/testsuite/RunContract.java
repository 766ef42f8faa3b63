package io.tardy.testsuite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.tardy.Frame;
import io.tardy.FrameStatus;
import io.tardy.Tardy;
import io.tardy.TardyRuntime;
import io.tardy.aio.CancelledException;
import java.io.IOException;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** A program that is one frame, and entries without parameters. */
@NotSimulated(NotSimulated.ENTRY)
interface RunContract extends TransportFixture {

    @Test
    default void runReturnsTheValueOfItsFrameAndStartsOneRuntime() throws Exception {
        try (Tardy tardy = tardy(2).build()) {
            String value =
                    tardy.runCall(
                            () -> {
                                Frame.delay(Duration.ofMillis(1));
                                return "of runtime " + TardyRuntime.current().id();
                            });
            assertThat(value).isEqualTo("of runtime 0");
            assertThat(tardy.<String>runCall(() -> null)).isNull();
            AtomicInteger ran = new AtomicInteger();
            tardy.run(ran::incrementAndGet);
            assertThat(ran).hasValue(1);
            tardy.entry(rt -> ran.incrementAndGet());
            assertThat(ran).hasValue(3);
        }
    }

    @Test
    default void runThrowsWhatItsFrameThrowsAndNobodyElseHearsOfIt() throws Exception {
        Queue<String> uncaught = new ConcurrentLinkedQueue<>();
        try (Tardy tardy =
                tardy().uncaughtFrame((frame, e) -> uncaught.add(e.getMessage())).build()) {
            for (Throwable failure :
                    new Throwable[] {
                        new IOException("a"), new InterruptedException("b"), new AssertionError("c")
                    }) {
                assertThatExceptionOfType(Throwable.class)
                        .isThrownBy(() -> tardy.run(() -> fail(failure)))
                        .isSameAs(failure);
            }
        }
        assertThat(uncaught).isEmpty();
    }

    @SuppressWarnings("unchecked")
    private static <E extends Throwable> void fail(Throwable failure) throws E {
        throw (E) failure;
    }

    @Test
    default void whatTheFrameOfRunLeavesIsCancelledAndAwaited() throws Exception {
        AtomicReference<Frame<Void>> left = new AtomicReference<>();
        try (Tardy tardy = tardy().build()) {
            tardy.run(
                    () -> {
                        left.set(
                                TardyRuntime.current()
                                        .spawn(() -> Frame.delay(Duration.ofDays(1))));
                        Frame.yield();
                    });
            assertThat(left.get().status()).isEqualTo(FrameStatus.CANCELLED);
            // And the failure comes out, whoever is left.
            assertThatExceptionOfType(IOException.class)
                    .isThrownBy(
                            () ->
                                    tardy.run(
                                            () -> {
                                                TardyRuntime.current()
                                                        .spawn(
                                                                () ->
                                                                        Frame.delay(
                                                                                Duration.ofDays(
                                                                                        1)));
                                                throw new IOException("failed");
                                            }))
                    .withMessage("failed");
        }
    }

    @Test
    default void anInterruptOfWhoRunsCancelsTheFrame() throws Exception {
        try (Tardy tardy = tardy().build()) {
            Thread running = Thread.currentThread();
            assertThatExceptionOfType(CancelledException.class)
                    .isThrownBy(
                            () ->
                                    tardy.run(
                                            () -> {
                                                running.interrupt();
                                                Frame.delay(Duration.ofDays(1));
                                            }));
            assertThat(Thread.interrupted()).isTrue();
        }
    }

    @Test
    default void runDoesNotWaitForeverForAFrameThatDoesNotEnd() throws Exception {
        try (Tardy tardy = tardy().stopTimeout(Duration.ofMillis(50)).build()) {
            Thread running = Thread.currentThread();
            AtomicReference<Boolean> goesOn = new AtomicReference<>(true);
            assertThatExceptionOfType(RejectedExecutionException.class)
                    .isThrownBy(
                            () ->
                                    tardy.run(
                                            () -> {
                                                running.interrupt();
                                                while (goesOn.get()) {
                                                    waitObstinately();
                                                }
                                            }));
            assertThat(Thread.interrupted()).isTrue();
            goesOn.set(false);
        }
    }

    private static void waitObstinately() {
        try {
            Frame.delay(Duration.ofMillis(1));
        } catch (IOException e) {
            Thread.yield(); // it will not hear of it
        }
    }

    @Test
    default void runRefusesARuntimesThreadAndOneThatRunsAlready() throws Exception {
        try (Tardy tardy = tardy().build()) {
            tardy.run(
                    () -> {
                        assertThatIllegalStateException()
                                .isThrownBy(() -> tardy.run(() -> {}))
                                .withMessageContaining("run blocks");
                        assertThatIllegalStateException()
                                .isThrownBy(() -> tardy.entryInNewThread(rt -> {}))
                                .withMessageContaining("runs already");
                    });
            tardy.close();
            assertThatIllegalStateException()
                    .isThrownBy(() -> tardy.run(() -> {}))
                    .withMessageContaining("closed");
        }
    }
}
