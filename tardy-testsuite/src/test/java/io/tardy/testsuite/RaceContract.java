package io.tardy.testsuite;

import static io.tardy.testsuite.ScopeFixture.DAY;
import static io.tardy.testsuite.ScopeFixture.SOON;
import static io.tardy.testsuite.ScopeFixture.assertNothingIsLeft;
import static io.tardy.testsuite.ScopeFixture.fail;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.tardy.Frame;
import io.tardy.FrameFailedException;
import io.tardy.FrameStatus;
import io.tardy.Scope;
import io.tardy.aio.CancelledException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** Waiting for the first of several frames. */
interface RaceContract extends TransportFixture {

    @Test
    default void theFirstThatSucceedsWinsAndTheOthersAreCancelled() throws Exception {
        Queue<String> uncaught =
                uncaughtIn(
                        rt -> {
                            try (Scope scope = Scope.open()) {
                                List<Frame<Integer>> racers = new ArrayList<>();
                                racers.add(scope.forkCall(() -> fail("does not matter")));
                                racers.add(
                                        scope.forkCall(
                                                () -> {
                                                    Frame.delay(DAY);
                                                    return 1;
                                                }));
                                racers.add(
                                        scope.forkCall(
                                                () -> {
                                                    Frame.delay(Duration.ofMillis(1));
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
                                    racers.add(scope.forkCall(() -> fail(name)));
                                }
                                assertThatExceptionOfType(FrameFailedException.class)
                                        .isThrownBy(() -> scope.joinFirst(racers))
                                        .satisfies(e -> assertThat(e.getSuppressed()).hasSize(2));
                                assertThatIllegalArgumentException()
                                        .isThrownBy(() -> scope.joinFirst(List.of()));
                            }
                            try (Scope scope = Scope.open(SOON)) {
                                List<Frame<Void>> racers =
                                        List.of(scope.fork(() -> Frame.delay(DAY)));
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
                        Frame<String> winner = scope.forkCall(() -> "won");
                        Frame<String> heard = scope.forkCall(() -> failOfCancellation("heard"));
                        Frame<String> loser = scope.forkCall(() -> failOfCancellation("lost"));
                        Frame.yield(); // they wait
                        assertThat(scope.joinFirst(List.of(heard, loser, winner))).isEqualTo("won");
                        assertThatExceptionOfType(FrameFailedException.class)
                                .isThrownBy(heard::join)
                                .havingCause()
                                .withMessage("heard");
                        Frame<String> other = scope.forkCall(ScopeFixture::valueSoon);
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
        Queue<String> uncaught =
                uncaughtIn(
                        rt -> {
                            try (Scope scope = Scope.open()) {
                                Frame<String> loser =
                                        scope.forkCall(() -> failOfCancellation("lost"));
                                Frame.yield();
                                scope.joinFirst(List.of(loser, scope.forkCall(() -> "won")));
                            }
                            assertNothingIsLeft(rt);
                        });
        assertThat(uncaught).containsExactly("lost");
    }

    private static String failOfCancellation(String message) throws IOException {
        try {
            Frame.delay(DAY);
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
                                rt.spawnCall(
                                        () -> {
                                            waiting.await();
                                            return "of another runtime";
                                        }));
                        spawned.countDown();
                        return;
                    }
                    spawned.await();
                    Frame<String> endless =
                            rt.spawnCall(
                                    () -> {
                                        waiting.countDown();
                                        Frame.delay(DAY);
                                        return "never";
                                    });
                    Frame<String> first = Frame.joinAny(List.of(endless, made.get()));
                    assertThat(first.join()).isEqualTo("of another runtime");

                    Frame<String> failing =
                            rt.spawnCall(
                                    () -> {
                                        Frame.delay(Duration.ofMillis(1));
                                        return fail("heard");
                                    });
                    assertThat(Frame.joinAny(List.of(endless, failing))).isSameAs(failing);
                    assertThat(Frame.joinAny(List.of(endless, failing))).isSameAs(failing);
                    assertThatIllegalArgumentException().isThrownBy(() -> Frame.joinAny(List.of()));
                    endless.cancel();
                });
        assertThat(uncaught).isEmpty();
    }
}
