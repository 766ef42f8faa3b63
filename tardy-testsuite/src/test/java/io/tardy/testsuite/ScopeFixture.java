package io.tardy.testsuite;

import static org.assertj.core.api.Assertions.assertThat;

import io.tardy.Frame;
import io.tardy.TardyRuntime;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/** What the contracts of scopes fork. */
interface ScopeFixture extends TransportFixture {

    Duration DAY = Duration.ofDays(1);

    Duration SOON = Duration.ofMillis(3);

    /** Waits for ever, and counts its end. */
    static void waitForEver(AtomicInteger ended) throws IOException {
        try {
            Frame.delay(DAY);
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
                Frame.delay(Duration.ofMillis(1));
            }
        }
    }

    static <T> T fail(String message) throws IOException {
        throw new IOException(message);
    }

    static void assertNothingIsLeft(TardyRuntime rt) {
        assertThat(rt.tasks()).isEqualTo(1);
        assertThat(rt.timersActive()).isZero();
    }

    static String valueSoon() throws IOException {
        Frame.delay(SOON);
        return "value";
    }
}
