package io.tardy.testsuite;

import static io.tardy.testsuite.SemaphoreContract.refusal;
import static io.tardy.testsuite.SemaphoreContract.waiting;
import static org.assertj.core.api.Assertions.assertThat;

import io.tardy.Deadline;
import io.tardy.Frame;
import io.tardy.TardyRuntime;
import io.tardy.sync.Condition;
import io.tardy.sync.Held;
import io.tardy.sync.Latch;
import io.tardy.sync.Mutex;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
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

    /** It is cancelled, and cannot end before it holds again what it is to unlock. */
    @Test
    @NotSimulated(NotSimulated.REAL)
    default void aMutexIsNotLostOnAFrameThatItsRuntimeHasLeftBehind() throws Exception {
        Mutex mutex = new Mutex();
        Condition never = mutex.condition();
        Latch waits = new Latch(1);
        Latch locked = new Latch(1);
        CompletableFuture<TardyRuntime> ending = new CompletableFuture<>();
        inFrame(
                tardy(2).stopTimeout(Duration.ofMillis(1)),
                rt -> {
                    if (rt.id() == 1) {
                        waiting(rt, never::waiting, () -> awaitAlone(mutex, never));
                        waits.countDown();
                        locked.await();
                        rt.stop();
                        ending.complete(rt);
                        return;
                    }
                    waits.await();
                    mutex.lock();
                    locked.countDown();
                    TardyRuntime other = rt.await(ending);
                    while (!other.eventLoop().isShutdown()) {
                        Frame.delay(Duration.ofMillis(1));
                    }
                    assertThat(mutex.waiting()).as("it was left behind").isEqualTo(1);
                    mutex.unlock();
                    Deadline.within(Duration.ofSeconds(5), mutex::lock);
                    mutex.unlock();
                });
    }

    private static void awaitAlone(Mutex mutex, Condition condition) throws Exception {
        try (Held held = mutex.hold()) {
            condition.await();
        }
    }
}
