package io.tardy.testsuite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.netty.util.concurrent.DefaultPromise;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.GenericFutureListener;
import io.netty.util.concurrent.Promise;
import io.tardy.Deadline;
import io.tardy.Frame;
import io.tardy.TardyRuntime;
import io.tardy.aio.CancelledException;
import io.tardy.aio.DeadlineExceededException;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

/** A frame waits for a future of Netty's, or a stage of the JDK's; or gives up, and is gone. */
interface AwaitContract extends TransportFixture {

    /** Counts the listeners that it has. */
    final class CountedPromise extends DefaultPromise<String> {

        private int listeners;

        CountedPromise(EventExecutor executor) {
            super(executor);
        }

        @Override
        public Promise<String> addListener(
                GenericFutureListener<? extends Future<? super String>> listener) {
            listeners++;
            return super.addListener(listener);
        }

        @Override
        public Promise<String> removeListener(
                GenericFutureListener<? extends Future<? super String>> listener) {
            listeners--;
            return super.removeListener(listener);
        }
    }

    @Test
    default void whoGivesUpAFutureLeavesNothingBehind() throws Exception {
        inFrame(
                rt -> {
                    CountedPromise promise = new CountedPromise(rt.eventLoop());
                    timeOutAndCancel(rt, () -> rt.await(promise));
                    assertThat(promise.listeners).isZero();
                    Frame<String> waiting = rt.spawnCall(() -> rt.await(promise));
                    Frame.yield();
                    promise.setSuccess("kept");
                    assertThat(waiting.join()).isEqualTo("kept");
                    assertThat(rt.await(promise)).isEqualTo("kept");
                });
    }

    @Test
    default void whoGivesUpAStageLeavesNothingBehind() throws Exception {
        inFrame(
                rt -> {
                    CompletableFuture<String> stage = new CompletableFuture<>();
                    timeOutAndCancel(rt, () -> rt.await(stage));
                    assertThat(stage.getNumberOfDependents()).isZero();
                    Frame<String> waiting = rt.spawnCall(() -> rt.await(stage));
                    CompletionStage<String> minimal = stage.minimalCompletionStage();
                    Frame<String> other = rt.spawnCall(() -> rt.await(minimal));
                    Frame.yield();
                    stage.complete("kept");
                    assertThat(waiting.join()).isEqualTo("kept");
                    assertThat(other.join()).isEqualTo("kept");
                    assertThat(rt.await(stage)).isEqualTo("kept");
                    assertThat(stage.getNumberOfDependents()).isZero();
                });
    }

    /** Twice each: its deadline passes, and it is cancelled. */
    private static void timeOutAndCancel(TardyRuntime rt, Callable<String> waiting)
            throws Exception {
        for (int round = 0; round < 2; round++) {
            assertThatExceptionOfType(DeadlineExceededException.class)
                    .isThrownBy(() -> Deadline.within(Duration.ofMillis(1), waiting::call));
            Frame<String> cancelled = rt.spawnCall(waiting);
            Frame.yield();
            cancelled.cancel();
            TransportFixture.assertFailedOf(cancelled, CancelledException.class);
        }
    }
}
