package io.tardy.testsuite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.tardy.Deadline;
import io.tardy.Frame;
import io.tardy.FrameFailedException;
import io.tardy.FrameStatus;
import io.tardy.Scope;
import io.tardy.Tardy;
import io.tardy.TardyRuntime;
import io.tardy.Timer;
import io.tardy.aio.CancelledException;
import io.tardy.aio.DeadlineExceededException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** Frames that do not outlive the block that forked them, and waiting for one of several. */
interface ScopeContract extends TransportFixture {

    Duration DAY = Duration.ofDays(1);
    Duration SOON = Duration.ofMillis(3);

    /** Waits for ever, and counts its end. */
    private static void waitForEver(AtomicInteger ended) throws IOException {
        try {
            Timer.delay(DAY);
        } finally {
            ended.incrementAndGet();
        }
    }

    /** Frames that take their time to end when they are asked to. */
    final class Reluctant {
        private final TardyRuntime rt;
        private final AtomicInteger ended;
        private final AtomicInteger began = new AtomicInteger();

        Reluctant(TardyRuntime rt, AtomicInteger ended) {
            this.rt = rt;
            this.ended = ended;
        }

        Void run() throws Exception {
            return rt.offload(
                    () -> {
                        began.incrementAndGet();
                        try {
                            new CountDownLatch(1).await();
                        } catch (InterruptedException e) {
                            for (int i = 0; i < 100; i++) {
                                Thread.yield();
                            }
                            ended.incrementAndGet();
                        }
                        return null;
                    });
        }

        /** Before it has begun it ends at once. */
        void awaitBegan(int count) throws IOException {
            while (began.get() < count) {
                Timer.delay(Duration.ofMillis(1));
            }
        }
    }

    private static <T> T fail(String message) throws IOException {
        throw new IOException(message);
    }

    private static void assertNothingIsLeft(TardyRuntime rt) {
        assertThat(rt.tasks()).isEqualTo(1);
        assertThat(rt.timersActive()).isZero();
    }

    @Test
    default void joinWaitsForAll() throws Exception {
        inFrame(
                rt -> {
                    AtomicInteger ended = new AtomicInteger();
                    try (Scope scope = Scope.open()) {
                        scope.join(); // of none
                        Frame<Integer> a =
                                scope.fork(
                                        () -> {
                                            Timer.delay(Duration.ofMillis(2));
                                            return 1;
                                        });
                        Frame<String> b = scope.fork(() -> "two");
                        Frame<Void> c = scope.fork(() -> Timer.delay(Duration.ofMillis(1)));
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
                    assertNothingIsLeft(rt);
                });
    }

    @Test
    default void theFirstFailureCancelsTheRestAndIsRethrown() throws Exception {
        inFrame(
                rt -> {
                    AtomicInteger ended = new AtomicInteger();
                    Reluctant reluctants = new Reluctant(rt, ended);
                    try (Scope scope = Scope.open()) {
                        Frame<Void> waiting = scope.fork(() -> waitForEver(ended));
                        Frame<Void> reluctant = scope.fork(reluctants::run);
                        scope.fork(
                                () -> {
                                    reluctants.awaitBegan(1);
                                    return fail("first");
                                });
                        scope.fork(
                                () -> {
                                    try {
                                        Timer.delay(DAY);
                                    } catch (CancelledException e) {
                                        fail("second");
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
                        assertNothingIsLeft(rt);
                        scope.join(); // has been told
                    }
                });
    }

    @Test
    default void closingWithoutJoinCancelsAndWaitsForTheEnd() throws Exception {
        inFrame(
                rt -> {
                    AtomicInteger ended = new AtomicInteger();
                    try (Scope scope = Scope.open()) {
                        scope.fork(() -> waitForEver(ended));
                        Reluctant reluctants = new Reluctant(rt, ended);
                        scope.fork(reluctants::run);
                        reluctants.awaitBegan(1);
                        scope.fork(() -> waitForEver(ended)); // does not begin before the close
                    }
                    assertThat(ended).hasValue(3);
                    assertNothingIsLeft(rt);
                });
    }

    @Test
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
                                            fail("body");
                                        }
                                    })
                            .withMessage("body");
                    assertThat(ended).hasValue(1);
                    assertNothingIsLeft(rt);
                    assertThatExceptionOfType(StackOverflowError.class)
                            .isThrownBy(
                                    () -> {
                                        try (Scope scope = Scope.open()) {
                                            scope.fork(() -> waitForEver(ended));
                                            Timer.delay(Duration.ofMillis(1));
                                            recurse(0);
                                        }
                                    });
                    assertThat(ended).hasValue(2);
                    assertNothingIsLeft(rt);
                });
    }

    @SuppressWarnings("InfiniteRecursion")
    private static int recurse(int depth) {
        return recurse(depth + 1) + 1;
    }

    @Test
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
                        assertThatExceptionOfType(FrameFailedException.class)
                                .isThrownBy(owner::join)
                                .withCauseInstanceOf(CancelledException.class);
                        assertThat(owner.status()).isEqualTo(FrameStatus.CANCELLED);
                        assertThat(seen).hasValue(joins ? 1 : 2);
                    }
                    assertNothingIsLeft(rt);
                });
    }

    @Test
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
                    assertNothingIsLeft(rt);
                });
    }

    @Test
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
                                            Timer.delay(DAY);
                                        }
                                    });
                    while (began.getCount() > 0) {
                        Timer.delay(Duration.ofMillis(1));
                    }
                    owner.cancel();
                    Timer.delay(SOON); // others run, and so does the loop
                    assertThat(owner.status()).isEqualTo(FrameStatus.ALIVE);
                    assertThat(rt.tasks(io.tardy.TaskState.WAIT_FOR_TRIGGER)).isEqualTo(1);
                    release.countDown();
                    assertThatExceptionOfType(FrameFailedException.class).isThrownBy(owner::join);
                    assertNothingIsLeft(rt);
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
                    long began = System.nanoTime();
                    assertThatExceptionOfType(DeadlineExceededException.class)
                            .isThrownBy(
                                    () -> {
                                        try (Scope scope = Scope.open(SOON)) {
                                            child.set(scope.fork(() -> Timer.delay(DAY)));
                                            scope.join();
                                        }
                                    });
                    assertThat(System.nanoTime() - began).isGreaterThanOrEqualTo(SOON.toNanos());
                    assertThat(child.get().status()).isNotEqualTo(FrameStatus.ALIVE);
                    assertNothingIsLeft(rt);
                    Timer.delay(Duration.ZERO); // it counts no more

                    try (Scope scope = Scope.open()) { // the owner has time
                        Frame<Void> inherits =
                                Deadline.within(SOON, () -> scope.fork(() -> Timer.delay(DAY)));
                        assertThatExceptionOfType(FrameFailedException.class)
                                .isThrownBy(scope::join)
                                .withCauseInstanceOf(DeadlineExceededException.class);
                        assertThat(inherits.status()).isEqualTo(FrameStatus.FAILED);
                    }
                    try (Scope scope = Scope.open(Duration.ZERO)) {
                        Frame<Void> late = scope.fork(() -> Timer.delay(Duration.ZERO));
                        assertThatExceptionOfType(DeadlineExceededException.class)
                                .isThrownBy(scope::join);
                        assertThat(late.status()).isNotEqualTo(FrameStatus.SUCCEEDED);
                    }
                    assertNothingIsLeft(rt);
                });
    }

    @Test
    default void scopesNest() throws Exception {
        inFrame(
                rt -> {
                    AtomicInteger ended = new AtomicInteger();
                    Reluctant reluctants = new Reluctant(rt, ended);
                    try (Scope outer = Scope.open(DAY)) {
                        for (int i = 0; i < 3; i++) {
                            outer.fork(
                                    () -> {
                                        try (Scope inner = Scope.open()) {
                                            inner.fork(() -> waitForEver(ended));
                                            inner.fork(reluctants::run);
                                            inner.join();
                                        }
                                        return null;
                                    });
                        }
                        reluctants.awaitBegan(3);
                        assertThat(rt.tasks()).isEqualTo(10);
                        outer.fork(() -> fail("one of the outer"));
                        assertThatExceptionOfType(FrameFailedException.class)
                                .isThrownBy(outer::join)
                                .havingCause()
                                .withMessage("one of the outer");
                    }
                    assertThat(ended).hasValue(6);
                    assertNothingIsLeft(rt);
                });
    }

    @Test
    default void aCancelledFrameHasNotFailed() throws Exception {
        inFrame(
                rt -> {
                    try (Scope scope = Scope.open()) {
                        Frame<Void> unwanted = scope.fork(() -> Timer.delay(DAY));
                        Frame<String> other =
                                scope.fork(
                                        () -> {
                                            Timer.delay(SOON);
                                            return "value";
                                        });
                        unwanted.cancel();
                        scope.join();
                        assertThat(other.join()).isEqualTo("value");
                        assertThat(rt.framesFailed()).isZero();
                    }
                });
    }

    @Test
    default void aFailureThatNobodyHeardOfGoesToTheHandler() throws Exception {
        Queue<String> uncaught = new ConcurrentLinkedQueue<>();
        inFrame(
                tardy().uncaughtFrame((frame, e) -> uncaught.add(e.getMessage())),
                rt -> {
                    try (Scope scope = Scope.open()) {
                        scope.fork(() -> fail("joined by the scope"));
                        Timer.delay(Duration.ofMillis(1));
                        assertThatExceptionOfType(FrameFailedException.class)
                                .isThrownBy(scope::join);
                    }
                    try (Scope scope = Scope.open()) {
                        Frame<Object> failing = scope.fork(() -> fail("joined itself"));
                        assertThatExceptionOfType(FrameFailedException.class)
                                .isThrownBy(failing::join);
                    }
                    try (Scope scope = Scope.open()) {
                        scope.fork(() -> fail("unheard"));
                        Timer.delay(Duration.ofMillis(1));
                    }
                });
        assertThat(uncaught).containsExactly("unheard");
    }

    @Test
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
                    assertNothingIsLeft(rt);
                });
    }

    @Test
    default void theFirstThatSucceedsWinsAndTheOthersAreCancelled() throws Exception {
        Queue<String> uncaught = new ConcurrentLinkedQueue<>();
        inFrame(
                tardy().uncaughtFrame((frame, e) -> uncaught.add(e.getMessage())),
                rt -> {
                    try (Scope scope = Scope.open()) {
                        List<Frame<Integer>> racers = new ArrayList<>();
                        racers.add(scope.fork(() -> fail("does not matter")));
                        racers.add(
                                scope.fork(
                                        () -> {
                                            Timer.delay(DAY);
                                            return 1;
                                        }));
                        racers.add(
                                scope.fork(
                                        () -> {
                                            Timer.delay(Duration.ofMillis(1));
                                            return 2;
                                        }));
                        Integer first = scope.joinFirst(racers);
                        assertThat(first).isEqualTo(2);
                        scope.join();
                        assertThat(racers.get(1).status()).isEqualTo(FrameStatus.CANCELLED);
                    }
                    try (Scope scope = Scope.open()) {
                        List<Frame<Object>> racers = new ArrayList<>();
                        for (String name : List.of("a", "b", "c")) {
                            racers.add(scope.fork(() -> fail(name)));
                        }
                        assertThatExceptionOfType(FrameFailedException.class)
                                .isThrownBy(() -> scope.joinFirst(racers))
                                .satisfies(e -> assertThat(e.getSuppressed()).hasSize(2));
                        assertThatIllegalArgumentException()
                                .isThrownBy(() -> scope.joinFirst(List.of()));
                    }
                    try (Scope scope = Scope.open(SOON)) {
                        List<Frame<Void>> racers = List.of(scope.fork(() -> Timer.delay(DAY)));
                        assertThatExceptionOfType(Exception.class)
                                .isThrownBy(() -> scope.joinFirst(racers));
                        scope.fork(() -> {});
                    }
                    assertNothingIsLeft(rt);
                });
        assertThat(uncaught).doesNotContain("does not matter", "a", "b", "c");
    }

    @Test
    default void aLoserThatFailsOfItsCancellationIsNoFailureOfTheScope() throws Exception {
        Queue<String> uncaught = new ConcurrentLinkedQueue<>();
        inFrame(
                tardy().uncaughtFrame((frame, e) -> uncaught.add(e.getMessage())),
                rt -> {
                    try (Scope scope = Scope.open()) {
                        Frame<String> winner = scope.fork(() -> "won");
                        Frame<String> heard = scope.fork(() -> failOfCancellation("heard"));
                        Frame<String> loser = scope.fork(() -> failOfCancellation("lost"));
                        Frame.yield(); // they wait
                        assertThat(scope.joinFirst(List.of(heard, loser, winner))).isEqualTo("won");
                        assertThatExceptionOfType(FrameFailedException.class)
                                .isThrownBy(heard::join)
                                .havingCause()
                                .withMessage("heard");
                        Frame<String> other =
                                scope.fork(
                                        () -> {
                                            Timer.delay(SOON);
                                            return "value";
                                        });
                        scope.join();
                        assertThat(other.join()).isEqualTo("value");
                        assertThat(loser.status()).isEqualTo(FrameStatus.FAILED);
                        assertThat(uncaught).containsExactly("lost");
                    }
                    assertNothingIsLeft(rt);
                });
        assertThat(uncaught).containsExactly("lost"); // once
    }

    @Test
    default void whoLosesAndFailsInTheCloseIsReported() throws Exception {
        Queue<String> uncaught = new ConcurrentLinkedQueue<>();
        inFrame(
                tardy().uncaughtFrame((frame, e) -> uncaught.add(e.getMessage())),
                rt -> {
                    try (Scope scope = Scope.open()) {
                        Frame<String> loser = scope.fork(() -> failOfCancellation("lost"));
                        Frame.yield();
                        scope.joinFirst(List.of(loser, scope.fork(() -> "won")));
                    }
                    assertNothingIsLeft(rt);
                });
        assertThat(uncaught).containsExactly("lost");
    }

    private static String failOfCancellation(String message) throws IOException {
        try {
            Timer.delay(DAY);
        } catch (CancelledException e) {
            fail(message);
        }
        return "never";
    }

    @Test
    default void joinAnyReturnsTheFrameThatEndedFirstInSuccessOrFailure() throws Exception {
        AtomicReference<Frame<String>> made = new AtomicReference<>();
        CountDownLatch spawned = new CountDownLatch(1);
        CountDownLatch waiting = new CountDownLatch(1);
        Queue<String> uncaught = new ConcurrentLinkedQueue<>();
        inFrame(
                tardy(2).uncaughtFrame((frame, e) -> uncaught.add(e.getMessage())),
                rt -> {
                    if (rt.id() == 0) {
                        made.set(
                                rt.spawn(
                                        () -> {
                                            waiting.await();
                                            return "of another runtime";
                                        }));
                        spawned.countDown();
                        return;
                    }
                    spawned.await();
                    Frame<String> endless =
                            rt.spawn(
                                    () -> {
                                        waiting.countDown();
                                        Timer.delay(DAY);
                                        return "never";
                                    });
                    Frame<String> first = Frame.joinAny(List.of(endless, made.get()));
                    assertThat(first.join()).isEqualTo("of another runtime");

                    Frame<String> failing =
                            rt.spawn(
                                    () -> {
                                        Timer.delay(Duration.ofMillis(1));
                                        return fail("heard");
                                    });
                    assertThat(Frame.joinAny(List.of(endless, failing))).isSameAs(failing);
                    assertThat(Frame.joinAny(List.of(endless, failing))).isSameAs(failing);
                    assertThatIllegalArgumentException().isThrownBy(() -> Frame.joinAny(List.of()));
                    endless.cancel();
                });
        assertThat(uncaught).isEmpty();
    }

    @Test
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
                                            scope.fork(() -> waitForEver(ended));
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

    @Test
    default void aTreeOfScopesLeavesNothingBehind() throws Exception {
        long seed = Seeds.draw("aTreeOfScopesLeavesNothingBehind");
        SplittableRandom seeds = new SplittableRandom(seed);
        inFrame(
                tardy().uncaughtFrame((frame, e) -> {}),
                rt -> {
                    AtomicInteger alive = new AtomicInteger();
                    for (int round = 0; round < 60; round++) {
                        SplittableRandom random = seeds.split();
                        Frame<Void> root = rt.spawn(() -> growTree(random, 4, alive));
                        if (round % 3 == 0) {
                            Timer.delay(Duration.ofNanos(random.nextInt(2_000_000)));
                            root.cancel();
                        }
                        try {
                            root.join();
                        } catch (FrameFailedException e) {
                            assertThat(e.getCause())
                                    .as("seed %d", seed)
                                    .isInstanceOfAny(IOException.class, FrameFailedException.class);
                        }
                        assertThat(alive).as("seed %d, round %d", seed, round).hasValue(0);
                        assertNothingIsLeft(rt);
                    }
                });
    }

    /** A scope with frames that end, fail, are late or have scopes of their own. */
    private static void growTree(SplittableRandom random, int height, AtomicInteger alive)
            throws Exception {
        alive.incrementAndGet();
        int forked = random.nextInt(1, 5);
        AtomicInteger mine = new AtomicInteger();
        try (Scope scope = openAnyHow(random)) {
            List<Frame<Void>> children = new ArrayList<>();
            for (int i = 0; i < forked; i++) {
                SplittableRandom childs = random.split();
                boolean isLeaf = height == 0 || random.nextInt(3) == 0;
                children.add(
                        scope.fork(
                                () -> {
                                    mine.incrementAndGet();
                                    try {
                                        if (isLeaf) {
                                            endAnyHow(childs);
                                        } else {
                                            growTree(childs, height - 1, alive);
                                        }
                                    } finally {
                                        mine.decrementAndGet();
                                    }
                                }));
            }
            switch (random.nextInt(5)) {
                case 0 -> scope.joinFirst(children);
                case 1 -> Frame.joinAny(children);
                case 2 -> children.get(0).cancel();
                default -> scope.join();
            }
        } finally {
            alive.decrementAndGet();
            if (mine.get() != 0) {
                throw new AssertionError(mine + " frames have outlived their scope");
            }
        }
    }

    private static Scope openAnyHow(SplittableRandom random) {
        return random.nextInt(4) == 0
                ? Scope.open(Duration.ofNanos(random.nextInt(2_000_000)))
                : Scope.open();
    }

    private static void endAnyHow(SplittableRandom random) throws IOException {
        Duration brief = Duration.ofNanos(random.nextInt(500_000));
        switch (random.nextInt(8)) {
            case 0 -> fail("as the seed wants it");
            case 1 -> Deadline.within(brief, () -> Timer.delay(DAY));
            case 2 -> {}
            default -> Timer.delay(brief);
        }
    }
}
