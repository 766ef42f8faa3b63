package io.tardy.libraries;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.PooledByteBufAllocator;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * After the tests of a class no buffer of Netty's has leaked. A buffer that is lost on purpose must
 * be reported, so that silence means something: what was lost before it has been reported too.
 */
final class LeakCheck implements AfterAllCallback {

    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final AtomicInteger CANARIES = new AtomicInteger();

    @Override
    public void afterAll(ExtensionContext context) {
        String canary = "lost on purpose: " + CANARIES.incrementAndGet();
        lose(canary);
        List<String> reports = new ArrayList<>();
        long began = System.nanoTime();
        while (reports.stream().noneMatch(report -> report.contains(canary))) {
            assertThat(System.nanoTime() - began)
                    .as(
                            "time to find a lost buffer: the JVM needs"
                                    + " -Dio.netty.leakDetection.level=paranoid and"
                                    + " -Dio.netty.customResourceLeakDetector="
                                    + LeakRecorder.class.getName())
                    .isLessThan(PATIENCE.toNanos());
            System.gc();
            reports.addAll(LeakRecorder.takeReports());
        }
        assertThat(reports).as("leaks").allMatch(report -> report.contains(canary));
    }

    private static void lose(String hint) {
        PooledByteBufAllocator.DEFAULT.buffer(1).touch(hint);
    }
}
