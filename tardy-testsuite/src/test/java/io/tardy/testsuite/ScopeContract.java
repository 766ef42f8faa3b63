package io.tardy.testsuite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.tardy.Deadline;
import io.tardy.Frame;
import io.tardy.FrameFailedException;
import io.tardy.FrameStatus;
import io.tardy.Scope;
import io.tardy.Tardy;
import io.tardy.aio.CancelledException;
import io.tardy.aio.DeadlineExceededException;
import java.io.IOException;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** Frames that do not outlive the block that forked them. */
interface ScopeContract extends ScopeFixture {

    @Test
    default void joinWaitsForAll() throws Exception {
        inFrame(
                rt -> {
                    AtomicInteger ended = new AtomicInteger();
                    try (Scope scope = Scope.open()) {
                        scope.join(); // of none
                        Frame<Integer> a =
                                scope.forkCall(
                                        () -> {
                                            Frame.delay(Duration.ofMillis(2));
                                            return 1;
                                        });
                        Frame<String> b = scope.forkCall(() -> "two");
                        Frame<Void> c = scope.fork(() -> Frame.delay(Duration.ofMillis(1)));
                        scope.join();
                        assertThat(rt.tasks()).isEqualTo(1);
                        assertThat(a.join() + b.join()).isEqualTo("1two");
                        assertThat(c.status()).isEqualTo(FrameStatus.SUCCEEDED);

                        for (int i = 0; i < 10_000; i++) { // and more can be forked
                            scope.fork(
                                    () -> {
                                        Frame.yield();
                                        ended.incrementAndGet();
                                    });
                        }
                        scope.join();
                        assertThat(ended).hasValue(10_000);
                    }
                    ScopeFixture.assertNothingIsLeft(rt);
                });
    }

    @Test
    @NotSimulated(NotSimulated.BLOCKS)
    default void theFirstFailureCancelsTheRestAndIsRethrown() throws Exception {
        inFrame(
                rt -> {
                    AtomicInteger ended = new AtomicInteger();
                    Reluctant reluctants = new Reluctant(rt, ended);
                    try (Scope scope = Scope.open()) {
                        Frame<Void> waiting = scope.fork(() -> ScopeFixture.waitForEver(ended));
                        Frame<Void> reluctant = scope.fork(reluctants::run);
                        scope.forkCall(
                                () -> {
                                    reluctants.awaitBegan(1);
                                    return ScopeFixture.fail("first");
                                });
                        scope.fork(
                                () -> {
                                    try {
                                        Frame.delay(DAY);
                                    } catch (CancelledException e) {
                                        ScopeFixture.fail("second");
                                    }
                                });
                        assertThatExceptionOfType(FrameFailedException.class)
                                .isThrownBy(scope::join)
                                .satisfies(
                                        e -> assertThat(e.getCause()).hasMessage("first"),
                                        e ->
                                                assertThat(e.getSuppressed())
                                                        .singleElement()
                                                        .extracting(Throwable::getMessage)
                                                        .isEqualTo("second"));
                        assertThat(ended).hasValue(2);
                        assertThat(waiting.status()).isEqualTo(FrameStatus.CANCELLED);
                        assertThat(reluctant.status()).isEqualTo(FrameStatus.SUCCEEDED);
                        ScopeFixture.assertNothingIsLeft(rt);
                        scope.join(); // has been told
                    }
                });
    }

    @Test
    default void aFailureCancelsTheOthersWhenItHappens() throws Exception {
        inFrame(
                rt -> {
                    try (Scope scope = Scope.open()) {
                        Frame<Void> other = scope.fork(() -> Frame.delay(Duration.ofHours(1)));
                        scope.fork(
                                () -> {
                                    throw new IllegalStateException("first");
                                });
                        while (other.status() == FrameStatus.ALIVE) {
                            Frame.delay(Duration.ofMillis(1)); // no join
                        }
                        assertThat(other.status()).isEqualTo(FrameStatus.CANCELLED);
                        Frame<Void> late = scope.fork(() -> Frame.delay(Duration.ofHours(1)));
                        while (late.status() == FrameStatus.ALIVE) {
                            Frame.delay(Duration.ofMillis(1));
                        }
                        assertThat(late.status()).isEqualTo(FrameStatus.CANCELLED);
                        assertThatExceptionOfType(FrameFailedException.class)
                                .isThrownBy(scope::join)
                                .withStackTraceContaining("first");
                    }
                });
    }

    @Test
    @NotSimulated(NotSimulated.BLOCKS)
    default void closingWithoutJoinCancelsAndWaitsForTheEnd() throws Exception {
        inFrame(
                rt -> {
                    AtomicInteger ended = new AtomicInteger();
                    try (Scope scope = Scope.open()) {
                        scope.fork(() -> ScopeFixture.waitForEver(ended));
                        Reluctant reluctants = new Reluctant(rt, ended);
                        scope.fork(reluctants::run);
                        reluctants.awaitBegan(1);
                        scope.fork(
                                () ->
                                        ScopeFixture.waitForEver(
                                                ended)); // does not begin before the close
                    }
                    assertThat(ended).hasValue(3);
                    ScopeFixture.assertNothingIsLeft(rt);
                });
    }

    @Test
    @NotSimulated(NotSimulated.BLOCKS)
    default void whateverTheBodyThrowsItsFramesHaveEnded() throws Exception {
        inFrame(
                rt -> {
                    AtomicInteger ended = new AtomicInteger();
                    assertThatExceptionOfType(IOException.class)
                            .isThrownBy(
                                    () -> {
                                        try (Scope scope = Scope.open(DAY)) {
                                            Reluctant reluctants = new Reluctant(rt, ended);
                                            scope.fork(reluctants::run);
                                            reluctants.awaitBegan(1);
                                            ScopeFixture.fail("body");
                                        }
                                    })
                            .withMessage("body");
                    assertThat(ended).hasValue(1);
                    ScopeFixture.assertNothingIsLeft(rt);
                    assertThatExceptionOfType(StackOverflowError.class)
                            .isThrownBy(
                                    () -> {
                                        try (Scope scope = Scope.open()) {
                                            scope.fork(() -> ScopeFixture.waitForEver(ended));
                                            Frame.delay(Duration.ofMillis(1));
                                            FrameContract.recurse(0);
                                        }
                                    });
                    assertThat(ended).hasValue(2);
                    ScopeFixture.assertNothingIsLeft(rt);
                });
    }

    @Test
    @NotSimulated(NotSimulated.BLOCKS)
    default void aCancelledOwnerStillWaitsForItsFrames() throws Exception {
        inFrame(
                rt -> {
                    AtomicInteger ended = new AtomicInteger();
                    AtomicInteger seen = new AtomicInteger();
                    for (boolean joins : new boolean[] {true, false}) {
                        Reluctant reluctants = new Reluctant(rt, ended);
                        Frame<Void> owner =
                                rt.spawn(
                                        () -> {
                                            try (Scope scope = Scope.open()) {
                                                scope.fork(reluctants::run);
                                                if (joins) {
                                                    scope.join();
                                                }
                                                rt.scheduler().triggerAwait();
                                            } finally {
                                                seen.set(ended.get());
                                            }
                                        });
                        reluctants.awaitBegan(1);
                        owner.cancel();
                        TransportFixture.assertFailedOf(owner, CancelledException.class);
                        assertThat(owner.status()).isEqualTo(FrameStatus.CANCELLED);
                        assertThat(seen).hasValue(joins ? 1 : 2);
                    }
                    ScopeFixture.assertNothingIsLeft(rt);
                });
    }

    @Test
    @NotSimulated(NotSimulated.BLOCKS)
    default void anInterruptedOwnerWaitsAndStaysInterrupted() throws Exception {
        inFrame(
                rt -> {
                    AtomicInteger ended = new AtomicInteger();
                    Thread owner = Thread.currentThread();
                    try (Scope scope = Scope.open()) {
                        Reluctant reluctants = new Reluctant(rt, ended);
                        scope.fork(reluctants::run);
                        reluctants.awaitBegan(1);
                        rt.spawn(owner::interrupt); // in the close
                    }
                    assertThat(ended).hasValue(1);
                    assertThat(Thread.interrupted()).isTrue();
                    ScopeFixture.assertNothingIsLeft(rt);
                });
    }

    @Test
    @NotSimulated(NotSimulated.BLOCKS)
    default void closingTakesNoThreadWhileItWaits() throws Exception {
        inFrame(
                rt -> {
                    CountDownLatch began = new CountDownLatch(1);
                    CountDownLatch release = new CountDownLatch(1);
                    Frame<Void> owner =
                            rt.spawn(
                                    () -> {
                                        try (Scope scope = Scope.open(DAY)) {
                                            scope.fork(
                                                    () ->
                                                            rt.offload(
                                                                    () ->
                                                                            stubborn(
                                                                                    began,
                                                                                    release)));
                                            Frame.delay(DAY);
                                        }
                                    });
                    while (began.getCount() > 0) {
                        Frame.delay(Duration.ofMillis(1));
                    }
                    owner.cancel();
                    Frame.delay(SOON); // others run, and so does the loop
                    assertThat(owner.status()).isEqualTo(FrameStatus.ALIVE);
                    assertThat(rt.tasks(io.tardy.aio.TaskState.WAIT_FOR_TRIGGER)).isEqualTo(1);
                    release.countDown();
                    assertThatExceptionOfType(FrameFailedException.class).isThrownBy(owner::join);
                    ScopeFixture.assertNothingIsLeft(rt);
                });
    }

    private static Void stubborn(CountDownLatch began, CountDownLatch release) {
        began.countDown();
        for (; ; ) {
            try {
                release.await();
                return null;
            } catch (InterruptedException e) {
                // It does not want to hear of it.
            }
        }
    }

    @Test
    default void theDeadlineOfAScopeCountsForItsOwnerAndItsFrames() throws Exception {
        inFrame(
                rt -> {
                    AtomicReference<Frame<Void>> child = new AtomicReference<>();
                    long began = TransportFixture.nanoTime();
                    assertThatExceptionOfType(DeadlineExceededException.class)
                            .isThrownBy(
                                    () -> {
                                        try (Scope scope = Scope.open(SOON)) {
                                            child.set(scope.fork(() -> Frame.delay(DAY)));
                                            scope.join();
                                        }
                                    });
                    assertThat(TransportFixture.nanoTime() - began)
                            .isGreaterThanOrEqualTo(SOON.toNanos());
                    assertThat(child.get().status()).isNotEqualTo(FrameStatus.ALIVE);
                    ScopeFixture.assertNothingIsLeft(rt);
                    Frame.delay(Duration.ZERO); // it counts no more

                    try (Scope scope = Scope.open()) { // the owner has time
                        Frame<Void> inherits =
                                Deadline.callWithin(SOON, () -> scope.fork(() -> Frame.delay(DAY)));
                        assertThatExceptionOfType(FrameFailedException.class)
                                .isThrownBy(scope::join)
                                .withCauseInstanceOf(DeadlineExceededException.class);
                        assertThat(inherits.status()).isEqualTo(FrameStatus.FAILED);
                    }
                    try (Scope scope = Scope.open(Duration.ZERO)) {
                        Frame<Void> late = scope.fork(() -> Frame.delay(Duration.ZERO));
                        assertThatExceptionOfType(DeadlineExceededException.class)
                                .isThrownBy(scope::join);
                        assertThat(late.status()).isNotEqualTo(FrameStatus.SUCCEEDED);
                    }
                    ScopeFixture.assertNothingIsLeft(rt);
                });
    }

    @Test
    default void aCancelledFrameHasNotFailed() throws Exception {
        inFrame(
                rt -> {
                    try (Scope scope = Scope.open()) {
                        Frame<Void> unwanted = scope.fork(() -> Frame.delay(DAY));
                        Frame<String> other = scope.forkCall(ScopeFixture::valueSoon);
                        unwanted.cancel();
                        scope.join();
                        assertThat(other.join()).isEqualTo("value");
                        assertThat(rt.framesFailed()).isZero();
                    }
                });
    }

    @Test
    default void aFailureThatNobodyHeardOfGoesToTheHandler() throws Exception {
        Queue<String> uncaught =
                uncaughtIn(
                        rt -> {
                            try (Scope scope = Scope.open()) {
                                scope.fork(() -> ScopeFixture.fail("joined by the scope"));
                                Frame.delay(Duration.ofMillis(1));
                                assertThatExceptionOfType(FrameFailedException.class)
                                        .isThrownBy(scope::join);
                            }
                            try (Scope scope = Scope.open()) {
                                Frame<Object> failing =
                                        scope.forkCall(() -> ScopeFixture.fail("joined itself"));
                                assertThatExceptionOfType(FrameFailedException.class)
                                        .isThrownBy(failing::join);
                            }
                            try (Scope scope = Scope.open()) {
                                scope.fork(() -> ScopeFixture.fail("unheard"));
                                Frame.delay(Duration.ofMillis(1));
                            }
                        });
        assertThat(uncaught).containsExactly("unheard");
    }

    /** Whether the owner or a frame sees the deadline first, which pass at the same time. */
    @Test
    default void aLateScopeThrowsWhatItsFramesThrewMeanwhile() throws Exception {
        Queue<String> uncaught =
                uncaughtIn(
                        rt -> {
                            try (Scope scope = Scope.open(Duration.ofMillis(5))) {
                                for (int i = 0; i < 3; i++) {
                                    scope.fork(ScopeContract::failToEnd);
                                }
                                assertThatExceptionOfType(DeadlineExceededException.class)
                                        .isThrownBy(scope::join)
                                        .satisfies(
                                                late ->
                                                        assertThat(late.getSuppressed())
                                                                .hasSize(3));
                            }
                        });
        assertThat(uncaught).isEmpty();
    }

    private static void failToEnd() throws IOException {
        try {
            Frame.delay(DAY);
        } finally {
            ScopeFixture.fail("while it ends");
        }
    }

    @Test
    @NotSimulated(NotSimulated.OUTSIDE)
    default void onlyItsOwnerUsesAScope() throws Exception {
        assertThatIllegalStateException().isThrownBy(Scope::open).withMessageContaining("rt.spawn");
        inFrame(
                rt -> {
                    Scope scope = Scope.open();
                    rt.spawn(
                                    () -> {
                                        assertThatIllegalStateException()
                                                .isThrownBy(() -> scope.fork(() -> {}));
                                        assertThatIllegalStateException().isThrownBy(scope::join);
                                        assertThatIllegalStateException().isThrownBy(scope::close);
                                    })
                            .join();
                    scope.close();
                    scope.close();
                    assertThatIllegalStateException()
                            .isThrownBy(() -> scope.fork(() -> {}))
                            .withMessageContaining("closed");
                    assertThatIllegalStateException().isThrownBy(scope::join);
                });
    }

    @Test
    default void aScopeThatIsNeverClosedLeavesNoTimer() throws Exception {
        inFrame(
                rt -> {
                    rt.spawn(() -> Scope.open(DAY)).join();
                    ScopeFixture.assertNothingIsLeft(rt);
                });
    }

    @Test
    @NotSimulated(NotSimulated.ENTRY)
    default void aStoppedRuntimeEndsItsScopes() throws Exception {
        AtomicInteger ended = new AtomicInteger();
        AtomicBoolean closed = new AtomicBoolean();
        try (Tardy tardy = tardy().build()) {
            tardy.entry(
                    "x",
                    (rt, x) -> {
                        rt.spawn(
                                () -> {
                                    try (Scope scope = Scope.open(DAY)) {
                                        for (int i = 0; i < 100; i++) {
                                            scope.fork(() -> ScopeFixture.waitForEver(ended));
                                        }
                                        scope.fork(rt::stop);
                                        scope.join();
                                    } finally {
                                        closed.set(true);
                                    }
                                });
                    });
        }
        assertThat(ended).hasValue(100);
        assertThat(closed).isTrue();
    }
}
