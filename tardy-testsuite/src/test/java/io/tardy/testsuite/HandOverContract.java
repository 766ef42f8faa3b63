package io.tardy.testsuite;

import static io.tardy.testsuite.SemaphoreContract.refusal;
import static org.assertj.core.api.Assertions.assertThat;

import io.tardy.sync.Held;
import io.tardy.sync.Mutex;
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
}
