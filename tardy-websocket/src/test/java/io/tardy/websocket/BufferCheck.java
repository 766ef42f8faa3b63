package io.tardy.websocket;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBufAllocator;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Checks after the tests of a class that no buffer has leaked. */
final class BufferCheck implements AfterAllCallback {

    @Override
    public void afterAll(ExtensionContext context) {
        collectGarbage();
        assertThat(RecordingLeakDetector.LEAKS).as("buffers that were not released").isEmpty();
    }

    /** Netty reports a leak when the buffer is collected and another one is allocated. */
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

    /** Polls the condition for a bounded time. */
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
