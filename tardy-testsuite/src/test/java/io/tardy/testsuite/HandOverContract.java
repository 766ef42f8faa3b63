package io.tardy.testsuite;

import static io.tardy.testsuite.SemaphoreContract.refusal;
import static io.tardy.testsuite.SemaphoreContract.waiting;
import static org.assertj.core.api.Assertions.assertThat;

import io.tardy.Deadline;
import io.tardy.Frame;
import io.tardy.FrameBody;
import io.tardy.TardyRuntime;
import io.tardy.channel.Channel;
import io.tardy.sync.Held;
import io.tardy.sync.Latch;
import io.tardy.sync.Mutex;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.IntSupplier;
import org.junit.jupiter.api.Test;

/** What is handed to a frame is not lost on it, whatever becomes of that frame. */
interface HandOverContract extends TransportFixture {

    @Test
    default void aMutexThatAnotherFrameTriedToGiveBackIsStillGivenBack() throws Exception {
        inFrame(
                rt -> {
                    Mutex mutex = new Mutex();
                    try (Held held = mutex.hold()) {
                        assertThat(rt.spawnCall(() -> refusal(held::close)).join())
                                .startsWith("unlock without the mutex, which test body holds");
                    }
                    assertThat(mutex.isLocked()).isFalse();
                });
    }

    /** In a frame that outlives its runtime, for it waits where nothing may end its wait. */
    private static void waitBeyondTheEnd(TardyRuntime rt, IntSupplier waiting, FrameBody wait)
            throws Exception {
        waiting(rt, waiting, () -> Frame.uncancellable(Duration.ofHours(1), wait));
        rt.stop();
    }

    private static void awaitEnd(TardyRuntime other) throws Exception {
        while (!other.eventLoop().isShutdown()) {
            Frame.delay(Duration.ofMillis(1));
        }
    }

    @Test
    @NotSimulated(NotSimulated.REAL)
    default void aMutexIsNotLostOnAFrameThatItsRuntimeHasLeftBehind() throws Exception {
        Mutex mutex = new Mutex();
        Latch locked = new Latch(1);
        CompletableFuture<TardyRuntime> ending = new CompletableFuture<>();
        inFrame(
                tardy(2).stopTimeout(Duration.ofMillis(1)),
                rt -> {
                    if (rt.id() == 1) {
                        locked.await();
                        waitBeyondTheEnd(rt, mutex::waiting, () -> mutex.hold().close());
                        ending.complete(rt);
                        return;
                    }
                    mutex.lock();
                    locked.countDown();
                    awaitEnd(rt.await(ending));
                    assertThat(mutex.waiting()).as("it was left behind").isEqualTo(1);
                    mutex.unlock();
                    Deadline.within(Duration.ofSeconds(5), mutex::lock);
                    mutex.unlock();
                });
    }

    @Test
    @NotSimulated(NotSimulated.REAL)
    default void aMessageIsNotLostOnAFrameThatItsRuntimeHasLeftBehind() throws Exception {
        Channel<String> channel = Channel.rendezvous();
        CompletableFuture<String> seen = new CompletableFuture<>();
        CompletableFuture<TardyRuntime> ending = new CompletableFuture<>();
        inFrame(
                tardy(2).stopTimeout(Duration.ofMillis(1)),
                rt -> {
                    if (rt.id() == 1) {
                        waitBeyondTheEnd(
                                rt, channel::receiving, () -> seen.complete(channel.recv()));
                        ending.complete(rt);
                        return;
                    }
                    awaitEnd(rt.await(ending));
                    channel.send("message");
                    assertThat(Deadline.callWithin(Duration.ofSeconds(5), () -> rt.await(seen)))
                            .isEqualTo("message");
                });
    }
}
