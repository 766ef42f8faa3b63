package io.tardy.testsuite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.tardy.Frame;
import io.tardy.FrameStatus;
import io.tardy.Pooling;
import io.tardy.Scope;
import io.tardy.Tardy;
import io.tardy.TardyEntry;
import io.tardy.TardyRuntime;
import io.tardy.TaskPoolFullException;
import io.tardy.aio.CancelledException;
import io.tardy.sync.Latch;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The end of a frame as a future of the JDK's, and frames that are had only as such. */
interface StageContract extends TransportFixture {

    @Test
    default void theStageOfAFrameHasItsValue() throws Exception {
        inFrame(
                rt -> {
                    Frame<String> frame = rt.spawnCall(() -> "value");
                    CompletableFuture<String> early = frame.toCompletionStage();
                    assertThat(early).isNotDone();
                    assertThat(rt.await(early)).isEqualTo("value");
                    assertThat(frame.toCompletionStage()).isCompletedWithValue("value");
                    Frame<Void> noValue = rt.spawn(() -> {});
                    assertThat(rt.await(noValue.toCompletionStage())).isNull();
                    assertThat(frame.join()).isEqualTo("value");
                });
    }

    /** As it is, whatever a future of the JDK's would make of it. */
    @Test
    default void theStageOfAFrameFailsWithWhatTheBodyHasThrown() throws Exception {
        assertThat(
                        uncaughtIn(
                                rt -> {
                                    for (Throwable thrown :
                                            List.of(
                                                    new IOException("checked"),
                                                    new CompletionException(new IOException()),
                                                    new AssertionError("an error"))) {
                                        Frame<Void> failing = rt.spawn(() -> fail(thrown));
                                        assertFailsWith(rt, failing.toCompletionStage(), thrown);
                                        assertFailsWith(rt, failing.toCompletionStage(), thrown);
                                    }
                                }))
                .isEmpty();
    }

    private static void fail(Throwable thrown) throws Exception {
        if (thrown instanceof Error error) {
            throw error;
        }
        throw (Exception) thrown;
    }

    private static void assertFailsWith(
            TardyRuntime rt, CompletableFuture<?> stage, Throwable thrown) throws Exception {
        AtomicReference<Throwable> seen = new AtomicReference<>();
        awaitEnd(rt, stage.whenComplete((value, failure) -> seen.set(failure)));
        assertThat(seen).hasValue(thrown);
    }

    /** Waits for the end, whatever it is. */
    private static void awaitEnd(TardyRuntime rt, CompletableFuture<?> future) throws Exception {
        rt.await(future.handle((value, failure) -> null));
    }

    @Test
    default void theStageOfACancelledFrameFails() throws Exception {
        inFrame(
                rt -> {
                    Frame<Void> frame = rt.spawn(() -> Frame.delay(Duration.ofDays(1)));
                    CompletableFuture<Void> stage = frame.toCompletionStage();
                    Frame.yield();
                    frame.cancel();
                    assertThatExceptionOfType(CancelledException.class)
                            .isThrownBy(() -> rt.await(stage));
                    assertThat(stage.isCancelled()).as("by its own cancel").isFalse();
                    assertThat(frame.status()).isEqualTo(FrameStatus.CANCELLED);
                });
    }

    @Test
    default void whatDependsOnTheStageRunsOnTheRuntimeAndInNoFrame() throws Exception {
        inFrame(
                rt -> {
                    CompletableFuture<TardyRuntime> where =
                            rt.spawn(() -> Frame.delay(Duration.ZERO))
                                    .toCompletionStage()
                                    .thenApply(
                                            nothing ->
                                                    TardyRuntime.isInFrame()
                                                            ? null
                                                            : TardyRuntime.current());
                    assertThat(rt.await(where)).isSameAs(rt);
                });
    }

    @Test
    default void whatDependsOnTheStageAndThrowsHurtsNobody() throws Exception {
        inFrame(
                rt -> {
                    Frame<String> frame = rt.spawnCall(() -> "value");
                    CompletableFuture<Object> failing =
                            frame.toCompletionStage()
                                    .thenApply(
                                            value -> {
                                                throw new IllegalStateException("on purpose");
                                            });
                    CompletableFuture<String> other = frame.toCompletionStage();
                    assertThatExceptionOfType(IllegalStateException.class)
                            .isThrownBy(() -> rt.await(failing));
                    assertThat(rt.await(other)).isEqualTo("value");
                });
    }

    @Test
    default void whoeverCompletesTheStageHasTheFrameCancelled() throws Exception {
        inFrame(
                rt -> {
                    for (int way = 0; way < 3; way++) {
                        Frame<String> frame =
                                rt.spawnCall(
                                        () -> {
                                            Frame.delay(Duration.ofDays(1));
                                            return "late";
                                        });
                        CompletableFuture<String> other = frame.toCompletionStage();
                        CompletableFuture<String> stage = frame.toCompletionStage();
                        CompletableFuture<String> dependent = stage.thenApply(value -> value);
                        Frame.yield();
                        dependent.cancel(true);
                        Frame.yield();
                        assertThat(frame.status()).isEqualTo(FrameStatus.ALIVE);
                        switch (way) {
                            case 0 -> stage.cancel(true);
                            case 1 -> stage.complete("instead");
                            default -> stage.completeExceptionally(new IOException("late"));
                        }
                        assertThat(stage).isDone();
                        assertThatExceptionOfType(CancelledException.class)
                                .isThrownBy(() -> rt.await(other));
                        assertThat(frame.status()).isEqualTo(FrameStatus.CANCELLED);
                    }
                });
    }

    /** Whoever has cancelled it does not hear of it any more. */
    @Test
    default void aFailureThatNoStageTakesIsUncaught() throws Exception {
        assertThat(
                        uncaughtIn(
                                rt -> {
                                    CompletableFuture<Void> stage =
                                            rt.submit(StageContract::failWhenCancelled);
                                    Frame.yield();
                                    Frame.yield();
                                    stage.cancel(true);
                                }))
                .containsExactly("broken clean-up");
    }

    private static Void failWhenCancelled() {
        try {
            Frame.delay(Duration.ofDays(1));
        } catch (IOException e) {
            throw new IllegalStateException("broken clean-up", e);
        }
        return null;
    }

    /** The loop does its tasks in order: the cancel finds the frame ended, and its future not. */
    @Test
    default void aFailureThatMeetsTheCancelOfItsStageIsUncaught() throws Exception {
        Queue<String> uncaught =
                uncaughtIn(
                        rt -> {
                            for (boolean isTaken : List.of(false, true)) {
                                AtomicReference<CompletableFuture<?>> stage =
                                        new AtomicReference<>();
                                Frame<Void> failing =
                                        rt.spawn(
                                                () -> {
                                                    rt.eventLoop()
                                                            .execute(
                                                                    () -> stage.get().cancel(true));
                                                    throw new IOException("taken: " + isTaken);
                                                });
                                stage.set(failing.toCompletionStage());
                                if (isTaken) {
                                    CompletableFuture<Void> other = failing.toCompletionStage();
                                    awaitEnd(rt, other);
                                }
                            }
                        });
        assertThat(uncaught).containsExactly("taken: false");
    }

    /** It would wait for itself. */
    @Test
    default void theLoopRefusesToWaitForAStage() throws Exception {
        inFrame(
                rt -> {
                    CompletableFuture<String> stage =
                            rt.submit(
                                    () -> {
                                        Frame.delay(Duration.ofMillis(100));
                                        return "value";
                                    });
                    for (CompletableFuture<String> future :
                            List.of(stage, stage.thenApply(value -> value))) {
                        List<Callable<String>> waits =
                                List.of(
                                        () -> future.get(1, TimeUnit.MILLISECONDS),
                                        future::get,
                                        future::join);
                        for (Callable<String> wait : waits) {
                            assertThatExceptionOfType(IllegalStateException.class)
                                    .isThrownBy(() -> rt.await(rt.eventLoop().submit(wait)))
                                    .withMessageContaining("only a frame can wait");
                        }
                        assertThatExceptionOfType(TimeoutException.class)
                                .isThrownBy(
                                        () ->
                                                rt.await(
                                                        rt.eventLoop()
                                                                .submit(
                                                                        () ->
                                                                                future.get(
                                                                                        0,
                                                                                        TimeUnit
                                                                                                .SECONDS))));
                    }
                    assertThat(rt.await(stage)).isEqualTo("value");
                    assertThat(rt.await(rt.eventLoop().submit(stage::join))).isEqualTo("value");
                });
    }

    @Test
    default void aFrameOfAScopeHasAStageToo() throws Exception {
        inFrame(
                rt -> {
                    try (Scope scope = Scope.open()) {
                        Frame<String> child = scope.forkCall(() -> "child");
                        CompletableFuture<String> stage = child.toCompletionStage();
                        scope.join();
                        assertThat(rt.await(stage)).isEqualTo("child");
                    }
                });
    }

    @Test
    default void aSubmittedBodyRunsInAFrame() throws Exception {
        Latch asked = new Latch(2); // until then no runtime ends
        inFrame(
                tardy(2),
                rt -> {
                    for (TardyRuntime other : rt.siblings()) {
                        assertThat(rt.await(other.submit(TardyRuntime::current))).isSameAs(other);
                    }
                    asked.countDown();
                    asked.await();
                    IOException broken = new IOException("broken");
                    CompletableFuture<Void> failed =
                            rt.submit(
                                    () -> {
                                        Frame.delay(Duration.ZERO);
                                        throw broken;
                                    });
                    awaitEnd(rt, failed);
                    assertThat(failed.exceptionNow()).isSameAs(broken);
                });
    }

    @Test
    @NotSimulated(NotSimulated.THREADS)
    default void anyThreadSubmitsAndWaits() throws Exception {
        try (Tardy tardy = tardy().build()) {
            TardyEntry entry =
                    tardy.entryInNewThread(
                            "x", (rt, x) -> rt.spawn(() -> rt.scheduler().triggerAwait()));
            TardyRuntime rt = entry.runtimes().getFirst();
            List<CompletableFuture<String>> all =
                    IntStream.range(0, 1000)
                            .mapToObj(i -> rt.submit(() -> TardyRuntime.current() + " " + i))
                            .toList();
            for (int i = 0; i < all.size(); i++) {
                assertThat(resultOf(all.get(i))).isEqualTo(rt + " " + i);
            }
            CompletableFuture<Void> cancelled =
                    rt.submit(
                            () -> {
                                Frame.delay(Duration.ofDays(1));
                                return null;
                            });
            cancelled.cancel(false);
            while (rt.tasks() > 1) {
                Thread.onSpinWait();
            }
            entry.stop();
            entry.await();
            assertRefused(rt);
        }
    }

    private void assertRefused(TardyRuntime ended) {
        CompletableFuture<String> refused = ended.submit(() -> "never");
        assertThat(refused.exceptionNow())
                .isInstanceOf(RejectedExecutionException.class)
                .hasMessageContaining(ended + " has ended");
    }

    @Test
    default void whatKeepsAFrameFromStartingFailsItsFuture() throws Exception {
        inFrame(
                tardy().pooling(Pooling.STATIC).tasksInitial(1),
                rt ->
                        assertThat(rt.submit(() -> "never").exceptionNow())
                                .isInstanceOf(TaskPoolFullException.class));
        AtomicReference<String> bad = new AtomicReference<>();
        inFrame(
                tardy().frameDecorator(
                                body -> {
                                    if (bad.get() != null) {
                                        throw new IllegalStateException(bad.get());
                                    }
                                    return body;
                                }),
                rt -> {
                    bad.set("a broken decorator");
                    assertThat(rt.submit(() -> "never").exceptionNow())
                            .isInstanceOf(IllegalStateException.class)
                            .hasMessage(bad.get());
                });
    }

    @Test
    @NotSimulated(NotSimulated.ENTRY)
    default void theStageOfAFrameThatIsLeftBehindFails() throws Exception {
        CompletableFuture<Void> begun = new CompletableFuture<>();
        CompletableFuture<Void> goOn = new CompletableFuture<>();
        CompletableFuture<Void> stage;
        try (Tardy tardy = tardy().stopTimeout(Duration.ofMillis(10)).build()) {
            TardyEntry entry =
                    tardy.entryInNewThread(
                            "x", (rt, x) -> rt.spawn(() -> rt.scheduler().triggerAwait()));
            stage =
                    entry.runtimes()
                            .getFirst()
                            .submit(
                                    () -> {
                                        begun.complete(null);
                                        return goOn.join(); // not interruptible
                                    });
            resultOf(begun);
            entry.stop();
            entry.await();
        }
        assertThatExceptionOfType(ExecutionException.class)
                .isThrownBy(() -> resultOf(stage))
                .withCauseInstanceOf(RejectedExecutionException.class)
                .withMessageContaining("ended before this frame did");
        goOn.complete(null);
    }
}
