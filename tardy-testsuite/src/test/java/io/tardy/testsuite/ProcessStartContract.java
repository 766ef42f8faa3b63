package io.tardy.testsuite;

import static io.tardy.testsuite.ProcessFixture.shell;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.tardy.Deadline;
import io.tardy.Frame;
import io.tardy.aio.AsyncError;
import io.tardy.aio.CancelledException;
import io.tardy.aio.DeadlineExceededException;
import io.tardy.aio.StartError;
import io.tardy.aio.TardyIOException;
import io.tardy.process.ChildProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The start of a process, where it fails or is given up. */
@NotSimulated(NotSimulated.PROCESSES)
interface ProcessStartContract extends ProcessFixture {

    /** The call that starts one cannot be interrupted; what it starts is nobody's then. */
    @Test
    @EnabledOnOs(OS.LINUX)
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
        assertThat(ProcessHandle.current().children().filter(ProcessStartContract::isSleep))
                .isEmpty();
    }

    private static boolean isSleep(ProcessHandle process) {
        return process.info().command().filter(command -> command.endsWith("sleep")).isPresent();
    }

    @Test
    @EnabledOnOs(OS.LINUX)
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

    /** A path that is not absolute begins where the process does; PATH is that of the JVM. */
    @Test
    @EnabledOnOs(OS.LINUX)
    default void whyOneDoesNotStartIsLookedForWhereItWould(@TempDir Path folder) throws Exception {
        Path script = Files.writeString(folder.resolve("no-program"), "#!/no/such/interpreter\n");
        assertThat(script.toFile().setExecutable(true)).isTrue();
        assertThat(Path.of("pom.xml")).exists();
        inFrame(
                rt -> {
                    ProcessBuilder there = new ProcessBuilder("./no-program");
                    assertFails(there.directory(folder.toFile()), StartError.NOT_FOUND)
                            .withMessageContaining("interpreter");
                    ProcessBuilder here = new ProcessBuilder("./pom.xml");
                    assertFails(here.directory(folder.toFile()), StartError.NOT_FOUND)
                            .withMessageContaining("which is not there");
                    ProcessBuilder inPath = new ProcessBuilder("no-program");
                    inPath.environment().put("PATH", folder.toString());
                    assertFails(inPath, StartError.NOT_FOUND)
                            .withMessageContaining("of this JVM, not the builder's");
                });
    }

    private static org.assertj.core.api.ThrowableAssertAlternative<TardyIOException> assertFails(
            ProcessBuilder builder, AsyncError error) {
        return assertThatExceptionOfType(TardyIOException.class)
                .isThrownBy(() -> ChildProcess.start(builder))
                .satisfies(e -> assertThat(e.error()).isEqualTo(error))
                .withMessageStartingWith("start failed: " + error);
    }

    /** At each place where a start needs one; the JDK then closes the standard input of all. */
    @Test
    @EnabledOnOs(OS.LINUX)
    default void whereDescriptorsRunOutThatIsSaidAndNoneIsLost() throws Exception {
        Queue<AsyncError> errors = new ConcurrentLinkedQueue<>();
        Path stdin = Files.readSymbolicLink(Path.of("/proc/self/fd/0"));
        inFrame(
                rt -> {
                    // What is needed for both outcomes is loaded then: that takes descriptors too.
                    ChildProcess.run(new ProcessBuilder("true"), 0);
                    assertFails(new ProcessBuilder("/none"), StartError.NOT_FOUND);
                    for (int left = 0; left < 28; left += 3) {
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
                .hasSizeBetween(3, 9) // a place at the end is left for success
                .containsOnly(StartError.PROCESS_FD_QUOTA_EXCEEDED);
        assertThat(Files.readSymbolicLink(Path.of("/proc/self/fd/0"))).isEqualTo(stdin);
    }

    /** Three pipes take six descriptors for a moment. */
    @Test
    @EnabledOnOs(OS.LINUX)
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
