package io.tardy.testsuite;

import static io.tardy.testsuite.FileContract.bytes;
import static io.tardy.testsuite.ProcessFixture.shell;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.tardy.Deadline;
import io.tardy.Frame;
import io.tardy.FrameStatus;
import io.tardy.Scope;
import io.tardy.aio.AsyncType;
import io.tardy.aio.CancelledException;
import io.tardy.aio.TardyIOException;
import io.tardy.aio.WriteError;
import io.tardy.fs.File;
import io.tardy.process.ChildProcess;
import io.tardy.process.ProcessResult;
import io.tardy.process.ProcessStream;
import io.tardy.stream.ByteReader;
import io.tardy.stream.TooLongException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Processes and their streams. */
@NotSimulated(NotSimulated.PROCESSES)
interface ProcessContract extends ProcessFixture {

    @Test
    @EnabledOnOs(OS.LINUX)
    default void aFrameTalksWithAProcessAndWaitsForItsEnd() throws Exception {
        inFrame(
                rt -> {
                    try (ChildProcess child =
                            ChildProcess.start(shell("cat; echo over >&2; exit 3"))) {
                        ByteReader answers = child.stdout().reader();
                        for (int i = 0; i < 100; i++) {
                            child.stdin().writeAll(bytes("line " + i + "\n"));
                            assertThat(answers.readLine()).isEqualTo("line " + i);
                        }
                        assertThat(child.isAlive()).isTrue();
                        assertThat(child.toHandle().pid()).isEqualTo(child.pid());
                        child.stdin().close();
                        assertThat(answers.readLine()).isNull();
                        assertThat(child.stderr().reader().readLine()).isEqualTo("over");
                        assertThat(child.stderr().read(ByteBuffer.allocate(1))).isEqualTo(-1);
                        assertThat(child.waitFor()).isEqualTo(3);
                        assertThat(child.waitFor()).isEqualTo(3);
                        assertThat(child.isAlive()).isFalse();
                    }
                });
    }

    /** Longer than all pipes together, three times at once. */
    @Test
    @EnabledOnOs(OS.LINUX)
    default void aProcessThatFillsBothOutputsWhileItReadsIsServed() throws Exception {
        byte[] input = new byte[1 << 20];
        for (int i = 0; i < input.length; i++) {
            input[i] = (byte) (i * 31 + i / 251);
        }
        inFrame(
                rt -> {
                    ByteBuffer from = ByteBuffer.wrap(input);
                    ProcessResult result =
                            ChildProcess.run(shell("tee /dev/stderr"), from, input.length);
                    assertThat(result.status()).isZero();
                    assertThat(from.hasRemaining()).isFalse();
                    assertThat(Arrays.equals(result.stdout(), input)).isTrue();
                    assertThat(Arrays.equals(result.stderr(), input)).isTrue();
                });
    }

    /** As many threads as there may be would all wait for processes, if they waited there. */
    @Test
    @EnabledOnOs(OS.LINUX)
    default void waitsForProcessesHoldUpNothingElse(@TempDir Path folder) throws Exception {
        Path file = Files.writeString(folder.resolve("file"), "text");
        inFrame(
                tardy().offloadThreadsMax(1),
                rt -> {
                    List<ChildProcess> children = new ArrayList<>();
                    try (Scope scope = Scope.open()) {
                        for (int i = 0; i < 5; i++) {
                            ChildProcess child = ChildProcess.start(shell("read line; echo $line"));
                            children.add(child);
                            scope.fork(
                                    () ->
                                            assertThat(child.stdout().reader().readLine())
                                                    .isEqualTo("now"));
                            scope.fork(
                                    () ->
                                            assertThat(child.stderr().read(ByteBuffer.allocate(1)))
                                                    .isEqualTo(-1));
                            scope.fork(() -> assertThat(child.waitFor()).isZero());
                        }
                        Frame.delay(Duration.ofMillis(20));
                        assertThat(hasThreadsThatWait())
                                .isEqualTo(
                                        !EnumSet.of(AsyncType.IO_URING, AsyncType.EPOLL)
                                                .contains(transport()));
                        assertThat(rt.<String>offload(() -> "offloaded")).isEqualTo("offloaded");
                        try (File opened = File.open(file)) {
                            assertThat(opened.readAll(ByteBuffer.allocate(10))).isEqualTo(4);
                        }
                        for (ChildProcess child : children) {
                            child.stdin().writeAll(bytes("now\n"));
                        }
                        scope.join();
                    } finally {
                        for (ChildProcess child : children) {
                            child.close();
                        }
                    }
                });
    }

    private static boolean hasThreadsThatWait() {
        return Thread.getAllStackTraces().keySet().stream()
                .anyMatch(thread -> thread.getName().startsWith("tardy-0-waits"));
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    default void outputHasALimitAndInputNeedNotBeRead() throws Exception {
        inFrame(
                rt -> {
                    assertThatExceptionOfType(TooLongException.class)
                            .isThrownBy(() -> ChildProcess.run(new ProcessBuilder("yes"), 10_000))
                            .withMessageContaining("10000 bytes");
                    ProcessResult exact = ChildProcess.run(shell("printf 1234567890; exit 1"), 10);
                    assertThat(exact.text()).isEqualTo("1234567890");
                    assertThat(exact.errorText()).isEmpty();
                    assertThat(exact.status()).isEqualTo(1);
                    assertThatExceptionOfType(TooLongException.class)
                            .isThrownBy(() -> ChildProcess.run(shell("printf 12345678901"), 10));
                    ByteBuffer input = ByteBuffer.allocate(1 << 20);
                    assertThat(ChildProcess.run(shell("exit 0"), input, 0).status()).isZero();
                    assertThat(input.hasRemaining()).isTrue();
                    try (ChildProcess child = ChildProcess.start(shell("exit 0"))) {
                        child.waitFor();
                        assertThatExceptionOfType(TardyIOException.class)
                                .isThrownBy(() -> child.stdin().writeAll(bytes("to nobody")))
                                .satisfies(
                                        e ->
                                                assertThat(e.error())
                                                        .isEqualTo(WriteError.BROKEN_PIPE));
                    }
                });
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    default void theBuilderSaysWhereStreamsLeadThatAreNoPipes(@TempDir Path folder)
            throws Exception {
        Path input = Files.writeString(folder.resolve("input"), "from a file");
        Path output = folder.resolve("output");
        inFrame(
                rt -> {
                    ProcessBuilder builder =
                            shell("cat; echo said >&2; pwd; echo $WHAT")
                                    .directory(folder.toFile())
                                    .redirectErrorStream(true)
                                    .redirectInput(input.toFile());
                    builder.environment().put("WHAT", "environment");
                    assertThat(ChildProcess.run(builder, 1000).text())
                            .isEqualTo(
                                    "from a filesaid\n" + folder.toRealPath() + "\nenvironment\n");
                    assertThat(builder.redirectOutput()).isEqualTo(Redirect.PIPE);
                    builder.redirectOutput(output.toFile());
                    try (ChildProcess child = ChildProcess.start(builder)) {
                        assertThat(child.waitFor()).isZero();
                        assertThatIllegalStateException()
                                .isThrownBy(child::stdout)
                                .withMessageContaining("is no pipe");
                        assertThatIllegalStateException().isThrownBy(child::stdin);
                        assertThatIllegalStateException().isThrownBy(child::stderr);
                    }
                    assertThat(Files.readString(output)).startsWith("from a filesaid");
                });
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    default void aStreamHasOneDirectionAndCanBeClosedByAnyFrame() throws Exception {
        inFrame(
                rt -> {
                    try (ChildProcess child = ChildProcess.start(SLEEP)) {
                        ProcessStream output = child.stdout();
                        ByteBuffer one = ByteBuffer.allocate(1);
                        assertThatIllegalStateException()
                                .isThrownBy(() -> output.write(one))
                                .withMessageContaining("can only be read");
                        assertThatIllegalStateException()
                                .isThrownBy(() -> child.stdin().read(one))
                                .withMessageContaining("can only be written");
                        Frame<Integer> reading = rt.spawnCall(() -> output.read(one));
                        Frame.delay(Duration.ofMillis(20));
                        assertThat(reading.status()).isEqualTo(FrameStatus.ALIVE);
                        output.close();
                        TransportFixture.assertFailedOf(reading, TardyIOException.class);
                        assertThat(child.isAlive()).isTrue();
                    }
                });
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    default void framesOfAllRuntimesMayUseIt() throws Exception {
        AtomicReference<ChildProcess> shared = new AtomicReference<>();
        AtomicInteger ended = new AtomicInteger();
        inFrame(
                tardy(2),
                rt -> {
                    if (rt.id() == 0) {
                        try (ChildProcess child = ChildProcess.start(shell("read a; echo $a"))) {
                            shared.set(child);
                            assertThat(child.stdout().reader().readLine()).isEqualTo("from 1");
                            assertThat(child.waitFor()).isZero();
                            while (ended.get() == 0) {
                                Frame.delay(Duration.ofMillis(1));
                            }
                        }
                        return;
                    }
                    while (shared.get() == null) {
                        Frame.delay(Duration.ofMillis(1));
                    }
                    shared.get().stdin().writeAll(bytes("from 1\n"));
                    assertThat(shared.get().waitFor()).isZero();
                    ended.incrementAndGet();
                });
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    default void aSecondFrameIsRefusedWhileOneWaits() throws Exception {
        inFrame(
                rt -> {
                    try (ChildProcess child = ChildProcess.start(SLEEP)) {
                        Frame<Integer> reading =
                                rt.spawnCall(() -> child.stdout().read(ByteBuffer.allocate(1)));
                        Frame.delay(Duration.ofMillis(5));
                        assertThatIllegalStateException()
                                .isThrownBy(
                                        () ->
                                                Deadline.callWithin(
                                                        Duration.ofSeconds(5),
                                                        () ->
                                                                child.stdout()
                                                                        .read(
                                                                                ByteBuffer.allocate(
                                                                                        1))))
                                .withMessageContaining("another frame");
                        reading.cancel();
                        TransportFixture.assertFailedOf(reading, CancelledException.class);
                        ProcessFixture.assertLate(
                                () -> child.stdout().read(ByteBuffer.allocate(1)));
                    }
                });
    }
}
