package io.tardy.testsuite;

import static io.tardy.testsuite.ScopeFixture.DAY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.tardy.Deadline;
import io.tardy.EmbeddedRuntime;
import io.tardy.Frame;
import io.tardy.FrameBody;
import io.tardy.FrameDecorator;
import io.tardy.FrameStatus;
import io.tardy.Tardy;
import io.tardy.TardyRuntime;
import io.tardy.aio.CancelledException;
import io.tardy.aio.DeadlineExceededException;
import java.io.IOException;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** A runtime inside of a program that has a life of its own. */
@NotSimulated(NotSimulated.ENTRY)
interface EmbeddingContract extends TransportFixture {

    @Test
    default void itGoesOnWithoutFramesAndServesAnyThread() throws Exception {
        Queue<Throwable> uncaught = new ConcurrentLinkedQueue<>();
        try (Tardy tardy = tardy().uncaughtFrame((frame, e) -> uncaught.add(e)).build();
                EmbeddedRuntime embedded = tardy.embed()) {
            Thread first = embedded.call(() -> carrierOf(TardyRuntime.current()));
            FutureTask<Thread> other =
                    new FutureTask<>(() -> embedded.call(() -> carrierOf(TardyRuntime.current())));
            Thread.ofPlatform().start(other);
            assertThat(resultOf(other)).isSameAs(first);
            assertThat(embedded.runtime().isRunning()).isTrue();
            assertThatExceptionOfType(IOException.class)
                    .isThrownBy(
                            () ->
                                    embedded.run(
                                            () -> {
                                                throw new IOException("mine");
                                            }))
                    .withMessage("mine");
            assertThatIllegalStateException()
                    .isThrownBy(tardy::embed)
                    .withMessageContaining("entry");
            assertThat(embedded.call(() -> embedded.call(() -> "in a frame")))
                    .isEqualTo("in a frame");
        }
        assertThat(uncaught).isEmpty();
    }

    /** Of the frame's runtime. */
    private static Thread carrierOf(TardyRuntime rt) {
        CompletableFuture<Thread> loop = new CompletableFuture<>();
        rt.eventLoop().execute(() -> loop.complete(Thread.currentThread()));
        return loop.join();
    }

    @Test
    default void itsThreadIsTheProgramsAndItsAllocatorToo() throws Exception {
        ByteBufAllocator allocator = UnpooledByteBufAllocator.DEFAULT;
        CompletableFuture<Thread> made = new CompletableFuture<>();
        Tardy.Builder builder =
                tardy().allocator(allocator)
                        .threadFactory(
                                body -> {
                                    made.complete(new Thread(body, "tardy-mine"));
                                    return made.join();
                                });
        try (Tardy tardy = builder.build();
                EmbeddedRuntime embedded = tardy.embed()) {
            assertThat(embedded.call(() -> TardyRuntime.current().allocator()))
                    .isSameAs(allocator)
                    .isSameAs(embedded.runtime().allocator());
            assertThat(made.join().isAlive()).isTrue();
        }
        made.join().join(patience().toMillis());
        assertThat(made.join().isAlive()).isFalse();
    }

    @Test
    default void theBodyIsCancelledWithItsCaller() throws Exception {
        try (Tardy tardy = tardy().build();
                Tardy callers = tardy().build();
                EmbeddedRuntime embedded = tardy.embed()) {
            CompletableFuture<Frame<?>> begun = new CompletableFuture<>();
            CompletableFuture<Throwable> ended = new CompletableFuture<>();
            FutureTask<Void> calling =
                    new FutureTask<>(
                            () -> {
                                embedded.run(() -> sleep(begun, ended));
                                return null;
                            });
            Thread caller = Thread.ofPlatform().start(calling);
            resultOf(begun);
            caller.interrupt();
            assertThat(resultOf(ended)).isInstanceOf(CancelledException.class);
            assertThatExceptionOfType(java.util.concurrent.ExecutionException.class)
                    .isThrownBy(() -> resultOf(calling))
                    .withCauseInstanceOf(CancelledException.class);

            CompletableFuture<Throwable> late = new CompletableFuture<>();
            assertThatExceptionOfType(DeadlineExceededException.class)
                    .isThrownBy(
                            () ->
                                    callers.run(
                                            () ->
                                                    Deadline.within(
                                                            Duration.ofMillis(20),
                                                            () ->
                                                                    embedded.run(
                                                                            () ->
                                                                                    sleep(
                                                                                            begun,
                                                                                            late)))));
            assertThat(resultOf(late)).isInstanceOf(CancelledException.class);
        }
    }

    private static void sleep(CompletableFuture<Frame<?>> begun, CompletableFuture<Throwable> ended)
            throws IOException {
        begun.complete(null);
        try {
            Frame.delay(DAY);
        } catch (IOException e) {
            ended.complete(e);
            throw e;
        }
    }

    @Test
    default void aDrainLetsFramesFinishAndACloseCancelsThem() throws Exception {
        try (Tardy tardy = tardy().build()) {
            EmbeddedRuntime drained = tardy.embed();
            Frame<String> finishing =
                    drained.runtime()
                            .spawnCall(
                                    () -> {
                                        while (!TardyRuntime.current().isDraining()) {
                                            Frame.delay(Duration.ofMillis(1));
                                        }
                                        Frame.delay(Duration.ofMillis(5));
                                        return "finished";
                                    });
            assertThat(drained.drain(patience())).isTrue();
            assertThat(finishing.join()).isEqualTo("finished");
            assertThatExceptionOfType(RejectedExecutionException.class)
                    .isThrownBy(() -> drained.call(() -> "too late"));
            EmbeddedRuntime closed = tardy.embed(); // one after the other
            Frame<Void> sleeping = closed.runtime().spawn(() -> Frame.delay(DAY));
            closed.close();
            closed.close();
            assertThat(sleeping.status()).isEqualTo(FrameStatus.CANCELLED);
            EmbeddedRuntime left = tardy.embed();
            tardy.close();
            assertThat(left.runtime().isRunning()).isFalse();
        }
    }

    @Test
    default void aThreadThatCannotWaitIsTold() throws Exception {
        try (Tardy tardy = tardy().build();
                EmbeddedRuntime embedded = tardy.embed()) {
            CompletableFuture<Throwable> refused = new CompletableFuture<>();
            embedded.runtime()
                    .eventLoop()
                    .execute(
                            () -> {
                                try {
                                    embedded.call(() -> "no");
                                } catch (IOException | RuntimeException e) {
                                    refused.complete(e);
                                }
                            });
            assertThat(resultOf(refused))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("rt.spawn");
        }
    }

    /** What keeps it is no frame of the program's, which a decorator is to have. */
    @Test
    default void aDecoratorHasTheProgramsFramesOnly() throws Exception {
        Thread program = Thread.currentThread();
        FrameDecorator decorator =
                body -> {
                    if (Thread.currentThread() != program) {
                        throw new IllegalStateException("no context");
                    }
                    return body;
                };
        try (Tardy tardy = tardy().frameDecorator(decorator).build();
                EmbeddedRuntime embedded = tardy.embed()) {
            assertThat(embedded.call(() -> "decorated")).isEqualTo("decorated");
            assertThat(embedded.runtime().isRunning()).isTrue();
        }
    }

    @Test
    default void aDrainDoesNotWaitForWhatDoesNotGiveWay() throws Exception {
        AtomicBoolean over = new AtomicBoolean();
        CompletableFuture<Void> begun = new CompletableFuture<>();
        try (Tardy tardy = tardy().stopTimeout(Duration.ofMillis(20)).build();
                EmbeddedRuntime embedded = tardy.embed()) {
            try {
                embedded.runtime()
                        .spawn(
                                () -> {
                                    begun.complete(null);
                                    while (!over.get()) {
                                        Thread.onSpinWait();
                                    }
                                });
                resultOf(begun);
                FutureTask<Boolean> draining =
                        new FutureTask<>(() -> embedded.drain(Duration.ofMillis(10)));
                Thread.ofPlatform().start(draining);
                assertThat(resultOf(draining)).isFalse();
            } finally {
                over.set(true);
            }
        }
    }

    /** Nobody would ever take what it comes to. */
    @Test
    default void theBodyIsCancelledAlsoWhereItsCallerCannotWait() throws Exception {
        CompletableFuture<Frame<?>> begun = new CompletableFuture<>();
        CompletableFuture<Throwable> ended = new CompletableFuture<>();
        try (Tardy tardy = tardy().build();
                Tardy callers = tardy().build();
                EmbeddedRuntime embedded = tardy.embed()) {
            FrameBody pinned = () -> embedded.run(() -> sleep(begun, ended));
            Object refused =
                    callers.runCall(
                            () ->
                                    PinnedPlace.NATIVE_CODE.call(
                                            () -> {
                                                pinned.run();
                                                return "waited";
                                            }));
            assertThat(refused).isInstanceOf(IllegalStateException.class);
            assertThat(resultOf(ended)).isInstanceOf(CancelledException.class);
        }
    }
}
