package io.tardy.testsuite;

import static io.tardy.testsuite.ScopeFixture.DAY;
import static io.tardy.testsuite.ScopeFixture.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import io.tardy.Deadline;
import io.tardy.Frame;
import io.tardy.FrameFailedException;
import io.tardy.Supervisor;
import io.tardy.TardyRuntime;
import io.tardy.aio.CancelledException;
import io.tardy.aio.DeadlineExceededException;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Bodies that are started again. */
interface SupervisorContract extends TransportFixture {

    Duration SHORT = Duration.ofMillis(1);

    /** Pauses for longer than a test. */
    Supervisor PATIENT = Supervisor.restarting(5, DAY).pausing(DAY, DAY);

    private static Supervisor restarting(int times) {
        return Supervisor.restarting(times, DAY).pausing(SHORT, SHORT.multipliedBy(4));
    }

    /** Fails so often, and then returns which time it is. */
    private static int failing(AtomicInteger runs, int failures) throws IOException {
        int run = runs.incrementAndGet();
        if (run <= failures) {
            throw new IOException("run " + run);
        }
        return run;
    }

    /** Its frame waits, once it has begun, before it starts the body again. */
    private static Frame<Integer> failOnce(TardyRuntime rt, AtomicInteger runs) {
        return rt.spawnCall(() -> PATIENT.runCall(() -> failing(runs, 9)));
    }

    @Test
    default void aBodyThatFailsIsStartedAgainUntilItSucceeds() throws Exception {
        inFrame(
                rt -> {
                    AtomicInteger runs = new AtomicInteger();
                    assertThat(restarting(5).runCall(() -> failing(runs, 5))).isEqualTo(6);
                    restarting(0).run(runs::incrementAndGet);
                    assertThat(runs).hasValue(7);
                });
    }

    @Test
    default void oneFailureMoreThanMayBeIsThrown() throws Exception {
        inFrame(
                rt -> {
                    AtomicInteger runs = new AtomicInteger();
                    assertThatExceptionOfType(IOException.class)
                            .isThrownBy(() -> restarting(3).runCall(() -> failing(runs, 9)))
                            .withMessage("run 4");
                });
    }

    @Test
    default void failuresOfLongAgoDoNotCount() throws Exception {
        inFrame(
                rt -> {
                    AtomicInteger runs = new AtomicInteger();
                    Supervisor forgetful =
                            Supervisor.restarting(1, SHORT)
                                    .pausing(SHORT.multipliedBy(10), SHORT.multipliedBy(10));
                    assertThat(forgetful.runCall(() -> failing(runs, 5))).isEqualTo(6);
                });
    }

    @Test
    default void anErrorIsThrownAtOnce() throws Exception {
        inFrame(
                rt -> {
                    AtomicInteger runs = new AtomicInteger();
                    assertThatExceptionOfType(StackOverflowError.class)
                            .isThrownBy(
                                    () ->
                                            restarting(5)
                                                    .run(
                                                            () -> {
                                                                runs.incrementAndGet();
                                                                throw new StackOverflowError();
                                                            }));
                    assertThat(runs).hasValue(1);
                });
    }

    @Test
    default void aCancelAndADeadlineEndIt() throws Exception {
        inFrame(
                rt -> {
                    AtomicInteger runs = new AtomicInteger();
                    Frame<Integer> waiting = failOnce(rt, runs);
                    Frame<Void> interrupted =
                            rt.spawn(
                                    () ->
                                            PATIENT.run(
                                                    () -> {
                                                        runs.incrementAndGet();
                                                        throw new InterruptedException();
                                                    }));
                    TransportFixture.assertFailedOf(interrupted, CancelledException.class);
                    waiting.cancel();
                    TransportFixture.assertFailedOf(waiting, CancelledException.class);
                    assertThatExceptionOfType(DeadlineExceededException.class)
                            .isThrownBy(
                                    () ->
                                            Deadline.within(
                                                    SOON,
                                                    () -> PATIENT.run(() -> failing(runs, 9))));
                    assertThat(runs).hasValue(3);
                });
    }

    @Test
    default void nothingIsStartedAgainInADrain() throws Exception {
        inFrame(
                rt -> {
                    AtomicInteger runs = new AtomicInteger();
                    Frame<Integer> waiting = failOnce(rt, runs);
                    Frame.yield();
                    rt.drain(DAY);
                    assertThatExceptionOfType(FrameFailedException.class)
                            .isThrownBy(waiting::join)
                            .withRootCauseInstanceOf(IOException.class);
                    assertThatExceptionOfType(IOException.class)
                            .isThrownBy(() -> PATIENT.run(() -> failing(runs, 9)))
                            .withMessage("run 2");
                });
    }

    @Test
    @NotSimulated(NotSimulated.OUTSIDE)
    default void nobodySupervisesOutsideOfAFrame() {
        assertThatIllegalStateException()
                .isThrownBy(() -> restarting(1).run(() -> {}))
                .withMessageContaining("rt.spawn");
    }

    @Test
    default void whatCannotBeMeantIsRefusedAtOnce() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Supervisor.restarting(-1, DAY))
                .withMessageContaining("-1");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Supervisor.restarting(1, DAY.negated()));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> restarting(1).pausing(SHORT.negated(), SHORT));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> restarting(1).pausing(SHORT, Duration.ZERO));
        assertThatNullPointerException().isThrownBy(() -> Supervisor.restarting(1, null));
        assertThatNullPointerException().isThrownBy(() -> restarting(1).pausing(null, SHORT));
    }

    @Test
    default void aPauseMayGrowWithoutABound() throws Exception {
        Duration forEver = Duration.ofSeconds(Long.MAX_VALUE);
        inFrame(
                rt -> {
                    AtomicInteger runs = new AtomicInteger();
                    Supervisor patient = Supervisor.restarting(2, forEver).pausing(SHORT, forEver);
                    assertThat(patient.runCall(() -> failing(runs, 2))).isEqualTo(3);
                });
    }
}
