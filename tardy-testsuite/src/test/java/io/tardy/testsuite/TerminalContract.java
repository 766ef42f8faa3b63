package io.tardy.testsuite;

import static org.assertj.core.api.Assertions.assertThat;

import io.tardy.Frame;
import io.tardy.FrameStatus;
import io.tardy.aio.CancelledException;
import io.tardy.aio.FileMode;
import io.tardy.fs.File;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** A terminal is written to no faster than somebody looks at it. */
@NotSimulated("there are no terminals")
interface TerminalContract extends TransportFixture {

    /** The other end goes after a while: then no write waits any more. */
    @Test
    @EnabledOnOs(OS.LINUX)
    default void aTerminalThatNobodyLooksAtKeepsOnlyItsWriterWaiting() throws Throwable {
        CountDownLatch wentOn = new CountDownLatch(1);
        AtomicBoolean inTime = new AtomicBoolean();
        try (PseudoTerminal terminal = PseudoTerminal.open()) {
            Path path = terminal.path();
            Thread ending = new Thread(() -> end(terminal, wentOn, inTime, patience()));
            ending.start();
            inFrame(
                    rt -> {
                        try (File file = File.open(path, FileMode.WRITE)) {
                            Frame<Void> writer =
                                    rt.spawn(
                                            () ->
                                                    file.writeAll(
                                                            ByteBuffer.allocateDirect(100_000)));
                            for (int i = 0; i < 20; i++) {
                                Frame.delay(Duration.ofMillis(1));
                            }
                            assertThat(writer.status()).isEqualTo(FrameStatus.ALIVE);
                            assertThat(KernelThreads.count())
                                    .isLessThanOrEqualTo(KernelThreads.MAX);
                            writer.cancel();
                            TransportFixture.assertFailedOf(writer, CancelledException.class);
                            wentOn.countDown();
                        }
                    });
            ending.join();
        }
        assertThat(inTime).as("went on while the writer waited").isTrue();
    }

    private static void end(
            PseudoTerminal terminal,
            CountDownLatch wentOn,
            AtomicBoolean inTime,
            Duration patience) {
        try (terminal) {
            inTime.set(wentOn.await(patience.toMillis() / 2, TimeUnit.MILLISECONDS));
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
