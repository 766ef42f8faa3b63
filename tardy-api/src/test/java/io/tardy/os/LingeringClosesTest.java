package io.tardy.os;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Closes that linger have a bound, and none waits for another. */
class LingeringClosesTest {

    private static final int CLOSES_MAX = 256;

    @Test
    void noCloseQueuesBehindOneThatLingers() throws Exception {
        CountDownLatch begun = new CountDownLatch(CLOSES_MAX);
        CountDownLatch end = new CountDownLatch(1);
        for (int i = 0; i < CLOSES_MAX; i++) {
            assertThat(LingeringCloses.tryStart(() -> linger(begun, end))).isTrue();
        }
        assertThat(begun.await(20, TimeUnit.SECONDS)).isTrue();
        assertThat(LingeringCloses.tryStart(() -> {})).isFalse();
        end.countDown();
        while (!LingeringCloses.tryStart(() -> {})) {
            Thread.onSpinWait(); // until one of the threads is back
        }
    }

    private static void linger(CountDownLatch begun, CountDownLatch end) {
        begun.countDown();
        try {
            end.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
