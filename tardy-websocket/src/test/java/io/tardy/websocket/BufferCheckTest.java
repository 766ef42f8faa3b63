package io.tardy.websocket;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBufAllocator;
import org.junit.jupiter.api.Test;

/** The check finds a leaked buffer. */
class BufferCheckTest {

    @Test
    void aLeakedBufferIsFound() {
        leak();
        boolean isFound =
                BufferCheck.await(
                        () -> {
                            BufferCheck.collectGarbage();
                            return !RecordingLeakDetector.LEAKS.isEmpty();
                        });
        RecordingLeakDetector.LEAKS.clear();
        assertThat(isFound).isTrue();
    }

    private static void leak() {
        assertThat(ByteBufAllocator.DEFAULT.buffer().refCnt()).isEqualTo(1);
    }
}
