package io.tardy.testsuite;

import static io.tardy.testsuite.FileContract.bytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.tardy.Deadline;
import io.tardy.Frame;
import io.tardy.FrameStatus;
import io.tardy.Scope;
import io.tardy.Tardy;
import io.tardy.aio.AsyncError;
import io.tardy.aio.CancelledException;
import io.tardy.aio.DeadlineExceededException;
import io.tardy.aio.StartError;
import io.tardy.aio.TardyIOException;
import io.tardy.aio.WriteError;
import io.tardy.fs.File;
import io.tardy.process.ChildProcess;
import io.tardy.process.ProcessResult;
import io.tardy.process.ProcessStream;
import io.tardy.stream.ByteReader;
import io.tardy.stream.TooLongException;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Processes: their start, their streams, their end. Shells and their tools are the processes. */
@EnabledOnOs(OS.LINUX)
@NotSimulated(NotSimulated.PROCESSES)
interface ProcessContract extends TransportFixture {

    /** It ends in the minute in which a test that fails leaves it behind. */
    ProcessBuilder SLEEP = new ProcessBuilder("sleep", "60");

    private static ProcessBuilder shell(String script) {
        return new ProcessBuilder("sh", "-c", script);
    }

    @Test
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

    @Test
    default void everyWaitHasADeadlineAndLeavesTheProcessAlone() throws Exception {
        inFrame(
                rt -> {
                    try (ChildProcess child = ChildProcess.start(SLEEP)) {
                        assertLate(child::waitFor);
                        assertLate(() -> child.stdout().read(ByteBuffer.allocate(1)));
                        assertLate(
                                () -> {
                                    for (; ; ) { // until the pipe is full
                                        child.stdin().writeAll(ByteBuffer.allocateDirect(4096));
                                    }
                                });
                        for (int i = 0; i < 10_000; i++) {
                            assertThatExceptionOfType(DeadlineExceededException.class)
                                    .isThrownBy(
                                            () -> Deadline.callWithin(
                                                            Duration.ZERO, child::waitFor));
                        }
                        Frame<Integer> waiting = rt.spawnCall(child::waitFor);
                        Frame.yield();
                        waiting.cancel();
                        TransportFixture.assertFailedOf(waiting, CancelledException.class);
                        assertThat(child.isAlive()).isTrue();
                        child.terminate();
                        assertThat(child.waitFor()).isEqualTo(128 + 15);
                    }
                    assertThatExceptionOfType(DeadlineExceededException.class)
                            .isThrownBy(
                                    () -> Deadline.callWithin(
                                                    Duration.ofMillis(50),
                                                    () -> ChildProcess.run(SLEEP, 0)));
                });
    }

    private static void assertLate(java.util.concurrent.Callable<?> wait) {
        assertThatExceptionOfType(DeadlineExceededException.class)
                .isThrownBy(() -> Deadline.callWithin(Duration.ofMillis(50), wait));
    }

    @Test
    default void closingEndsTheProcessAlsoInAFrameThatWasCancelled() throws Exception {
        AtomicReference<ChildProcess> started = new AtomicReference<>();
        inFrame(
                rt -> {
                    Frame<Integer> waiting =
                            rt.spawnCall(
                                    () -> {
                                        try (ChildProcess child = ChildProcess.start(SLEEP)) {
                                            started.set(child);
                                            return child.waitFor();
                                        }
                                    });
                    while (started.get() == null) {
                        Frame.delay(Duration.ofMillis(1));
                    }
                    waiting.cancel();
                    TransportFixture.assertFailedOf(waiting, CancelledException.class);
                    assertEnded(started.get());
                    ChildProcess ended = started.get();
                    ended.close();
                    assertThat(ended.stdout().isClosed()).isTrue();
                    assertThat(ended.waitFor()).isEqualTo(128 + 15);
                });
    }

    /** And nothing is left of it, no zombie either. */
    private static void assertEnded(ChildProcess child) {
        assertThat(child.isAlive()).isFalse();
        assertThat(Path.of("/proc/" + child.pid())).doesNotExist();
    }

    @Test
    default void whoIgnoresSigtermIsKilled() throws Exception {
        inFrame(
                rt -> {
                    ProcessBuilder deaf = shell("trap '' TERM; echo deaf; exec sleep 60");
                    ChildProcess child = ChildProcess.start(deaf);
                    try (child) {
                        child.killAfter(Duration.ofMillis(20));
                        assertThat(child.stdout().reader().readLine()).isEqualTo("deaf");
                    }
                    assertEnded(child);
                    assertThat(child.waitFor()).isEqualTo(128 + 9);
                    ProcessBuilder dutiful =
                            shell("trap 'echo saved; exit 7' TERM; echo up; while :; do sleep 0.1; done");
                    ChildProcess saving = ChildProcess.start(dutiful);
                    ByteReader said = saving.stdout().reader();
                    assertThat(said.readLine()).isEqualTo("up");
                    Frame<String> last = rt.spawnCall(said::readLine);
                    Frame.yield();
                    saving.terminate();
                    assertThat(last.join()).isEqualTo("saved");
                    assertThat(saving.waitFor()).isEqualTo(7);
                    saving.close();
                });
    }

    @Test
    default void aRuntimeThatStopsLeavesNoProcessBehind() throws Exception {
        Queue<ChildProcess> children = new ConcurrentLinkedQueue<>();
        try (Tardy tardy = tardy().build()) {
            tardy.entry(
                    rt -> {
                        for (int i = 0; i < 3; i++) {
                            rt.spawn(
                                    () -> {
                                        try (ChildProcess child = ChildProcess.start(SLEEP)) {
                                            children.add(child);
                                            if (children.size() == 3) {
                                                rt.stop();
                                            }
                                            child.stdout().read(ByteBuffer.allocate(1));
                                        }
                                    });
                        }
                    });
        }
        assertThat(children).hasSize(3).allSatisfy(ProcessContract::assertEnded);
    }

    /** The call that starts one cannot be interrupted; what it starts is nobody's then. */
    @Test
    default void aStartThatIsGivenUpLeavesNothing() throws Exception {
        CountDownLatch held = new CountDownLatch(1);
        inFrame(
                tardy().offloadThreadsMax(1),
                rt -> {
                    Frame<Boolean> holding =
                            rt.spawnCall(() -> rt.offload(() -> held.await(20, TimeUnit.SECONDS)));
                    Frame.yield();
                    Frame<ChildProcess> starting = rt.spawnCall(() -> ChildProcess.start(SLEEP));
                    Frame.yield();
                    starting.cancel();
                    TransportFixture.assertFailedOf(starting, CancelledException.class);
                    held.countDown();
                    assertThat(holding.join()).isTrue();
                    for (int i = 0; i < 20; i++) { // at any moment of it
                        long nanos = i * 200_000;
                        try {
                            Deadline.callWithin(
                                            Duration.ofNanos(nanos),
                                            () -> ChildProcess.start(SLEEP))
                                    .close();
                        } catch (DeadlineExceededException e) {
                            // then nothing is open: the fixture counts
                        }
                    }
                });
        assertThat(ProcessHandle.current().children().filter(ProcessContract::isSleep)).isEmpty();
    }

    private static boolean isSleep(ProcessHandle process) {
        return process.info().command().filter(command -> command.endsWith("sleep")).isPresent();
    }

    @Test
    default void whyOneDoesNotStartIsSaid(@TempDir Path folder) throws Exception {
        Path plain = Files.writeString(folder.resolve("plain"), "text");
        Path script = Files.writeString(folder.resolve("script"), "#!/no/such/interpreter\n");
        assertThat(script.toFile().setExecutable(true)).isTrue();
        inFrame(
                rt -> {
                    assertFails(new ProcessBuilder("no-such-program"), StartError.NOT_FOUND)
                            .withMessageContaining("no-such-program, which no directory of PATH");
                    assertFails(new ProcessBuilder("/no/such"), StartError.NOT_FOUND)
                            .withMessageContaining("/no/such, which is not there");
                    assertFails(new ProcessBuilder(script.toString()), StartError.NOT_FOUND)
                            .withMessageContaining("interpreter");
                    assertFails(new ProcessBuilder(plain.toString()), StartError.ACCESS_DENIED)
                            .withMessageContaining("chmod +x");
                    assertFails(
                                    shell("").directory(folder.resolve("none").toFile()),
                                    StartError.DIRECTORY_NOT_FOUND)
                            .withMessageContaining("working directory is none: " + folder);
                    assertFails(
                                    shell("").redirectInput(folder.resolve("none").toFile()),
                                    StartError.NOT_FOUND)
                            .withMessageContaining(folder + "/none");
                    assertFails(shell("x".repeat(1 << 20)), StartError.ARGUMENTS_TOO_LONG)
                            .withMessageContaining("too long");
                    assertThatExceptionOfType(IllegalArgumentException.class)
                            .isThrownBy(() -> ChildProcess.start(new ProcessBuilder()));
                });
    }

    private static org.assertj.core.api.ThrowableAssertAlternative<TardyIOException> assertFails(
            ProcessBuilder builder, AsyncError error) {
        return assertThatExceptionOfType(TardyIOException.class)
                .isThrownBy(() -> ChildProcess.start(builder))
                .satisfies(e -> assertThat(e.error()).isEqualTo(error))
                .withMessageStartingWith("start failed: " + error);
    }

    @Test
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
                                    "from a filesaid\n"
                                            + folder.toRealPath()
                                            + "\nenvironment\n");
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

    /** What has inherited a pipe keeps it open; that is no reason to wait without an end. */
    @Test
    default void aProcessThatLeavesAnotherBehindHasEndedAllTheSame() throws Exception {
        ProcessBuilder leaving = shell("sleep 60 & echo $!; exit 4");
        inFrame(
                rt -> {
                    try (ChildProcess child = ChildProcess.start(leaving)) {
                        ByteReader said = child.stdout().reader();
                        long left = Long.parseLong(said.readLine());
                        assertThat(child.waitFor()).isEqualTo(4);
                        assertLate(said::readLine);
                        assertThat(ProcessHandle.of(left).orElseThrow().destroyForcibly()).isTrue();
                        assertThat(said.readLine()).isNull();
                    }
                });
    }

    /** At each place where a start needs one. */
    @Test
    default void whereDescriptorsRunOutThatIsSaidAndNoneIsLost() throws Exception {
        Queue<AsyncError> errors = new ConcurrentLinkedQueue<>();
        inFrame(
                rt -> {
                    // What is needed for both outcomes is loaded then: that takes descriptors too.
                    ChildProcess.run(new ProcessBuilder("true"), 0);
                    assertFails(new ProcessBuilder("/none"), StartError.NOT_FOUND);
                    for (int left = 0; left < 16; left++) {
                        int count = left;
                        AutoCloseable limit = rt.offload(() -> FullDisk.leaveDescriptors(count));
                        try (ChildProcess child = ChildProcess.start(new ProcessBuilder("true"))) {
                            assertThat(child.waitFor()).isZero();
                        } catch (TardyIOException e) {
                            errors.add(e.error());
                        } finally {
                            rt.offload(
                                    () -> {
                                        limit.close();
                                        return null;
                                    });
                        }
                    }
                });
        assertThat(errors)
                .hasSizeGreaterThan(5)
                .containsOnly(StartError.PROCESS_FD_QUOTA_EXCEEDED);
    }

    @Test
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
    default void outsideOfAFrameNothingWaitsAndClosingKills() throws Exception {
        assertThatIllegalStateException()
                .isThrownBy(() -> ChildProcess.start(SLEEP))
                .withMessageContaining("rt.spawn");
        AtomicReference<ChildProcess> started = new AtomicReference<>();
        inFrame(rt -> started.set(ChildProcess.start(SLEEP)));
        ChildProcess child = started.get();
        assertThatIllegalStateException().isThrownBy(child::waitFor);
        child.close();
        inFrame(rt -> assertThat(child.waitFor()).isEqualTo(128 + 9));
        assertThat(child.stdout().isClosed()).isTrue();
    }

    /** Three pipes take six descriptors for a moment. */
    @Test
    default void whatAStartNeedsForAMomentIsGivenBack() throws Exception {
        inFrame(
                rt -> {
                    for (int i = 0; i < 30; i++) {
                        try (ChildProcess child = ChildProcess.start(new ProcessBuilder("true"))) {
                            assertThat(child.waitFor()).isZero();
                            long pipes = openPipes();
                            child.stdin().close();
                            assertThat(openPipes()).isEqualTo(pipes - 1);
                        }
                        assertThatExceptionOfType(IOException.class)
                                .isThrownBy(() -> ChildProcess.start(new ProcessBuilder("/none")));
                    }
                });
    }

    private static long openPipes() throws IOException {
        try (var open = Files.newDirectoryStream(Path.of("/proc/self/fd"))) {
            long count = 0;
            for (Path each : open) {
                count += isPipe(each) ? 1 : 0;
            }
            return count;
        }
    }

    private static boolean isPipe(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString().startsWith("pipe:");
        } catch (IOException e) {
            return false; // it was that of the listing
        }
    }
}
