package io.tardy.transport.iouring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.netty.channel.IoHandlerFactory;
import io.netty.channel.uring.IoUring;
import io.netty.channel.uring.IoUringIoHandler;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RingProbeTest {

    /** No kernel has it yet; there are 65 or so. */
    private static final byte UNKNOWN = 127;

    @BeforeEach
    void needsIoUring() {
        assumeTrue(IoUring.isAvailable(), "io_uring is not available");
    }

    private static IoHandlerFactory rings() {
        return IoUringIoHandler.newFactory();
    }

    @Test
    void aKernelThatKnowsTheOperationIsTaken() {
        assertThat(RingProbe.refusal(rings(), RingProbe.NEWEST)).isEmpty();
    }

    @Test
    void aKernelWithoutTheOperationIsRefusedAndNamed() {
        Sqe unknown = new Sqe().of(UNKNOWN, -1, 0, 0, 0, 0);
        assertThat(RingProbe.refusal(rings(), unknown).orElseThrow())
                .contains(System.getProperty("os.version"))
                .contains("5.15");
    }

    @Test
    void noDescriptorIsLeft() throws IOException {
        assertThat(RingProbe.refusal(rings(), RingProbe.NEWEST)).isEmpty();
        long before = descriptors();
        for (int i = 0; i < 20; i++) {
            assertThat(RingProbe.refusal(rings(), RingProbe.NEWEST)).isEmpty();
        }
        assertThat(descriptors()).isLessThan(before + 20);
    }

    private static long descriptors() throws IOException {
        try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
            return open.count();
        }
    }
}
