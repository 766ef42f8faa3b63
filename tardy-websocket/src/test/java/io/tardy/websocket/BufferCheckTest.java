package io.tardy.websocket;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBufAllocator;
import org.junit.jupiter.api.Test;

/** The check finds a buffer that is lost. */
class BufferCheckTest {

    @Test
    void aLostBufferIsFound() {
        lose();
        boolean isFound =
                BufferCheck.await(
                        () -> {
                            BufferCheck.collectGarbage();
                            return !RecordingLeakDetector.LEAKS.isEmpty();
                        });
        RecordingLeakDetector.LEAKS.clear();
        assertThat(isFound).isTrue();
    }

    private static void lose() {
        assertThat(ByteBufAllocator.DEFAULT.buffer().refCnt()).isEqualTo(1);
    }
}
