package io.tardy.websocket;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBufAllocator;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** After the tests of a class no buffer was lost. */
final class BufferCheck implements AfterAllCallback {

    @Override
    public void afterAll(ExtensionContext context) {
        collectGarbage();
        assertThat(RecordingLeakDetector.LEAKS).as("buffers that were not released").isEmpty();
    }

    /** What is lost is found when it is collected and the next buffer is made. */
    static void collectGarbage() {
        WeakReference<Object> canary = new WeakReference<>(new Object());
        await(
                () -> {
                    System.gc();
                    return canary.get() == null;
                });
        ByteBufAllocator.DEFAULT.buffer().release();
        ByteBufAllocator.DEFAULT.heapBuffer().release();
    }

    /** Asks again and again, for a bounded time. */
    static boolean await(BooleanSupplier condition) {
        long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - end > 0) {
                return false;
            }
            LockSupport.parkNanos(1_000_000);
        }
        return true;
    }
}
