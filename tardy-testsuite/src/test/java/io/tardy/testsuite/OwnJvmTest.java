package io.tardy.testsuite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.atIndex;

import io.tardy.aio.AsyncType;
import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a user meets whose JVM lacks something: on the class path, in a JVM of its own. */
class OwnJvmTest {

    static final String FLAG = "--add-opens=java.base/java.lang=ALL-UNNAMED";

    @Test
    void withTheFlagAFrameRunsOnTheClassPath() throws Exception {
        assertThat(run(List.of(FLAG), classPath())).isEqualTo("spawned");
    }

    @Test
    void withoutTheModuleOfJmxAFrameRuns() throws Exception {
        String modules = "--limit-modules=java.base,java.logging,java.naming,jdk.unsupported";
        assertThat(run(List.of(FLAG, modules), classPath())).endsWith("spawned");
    }

    @Test
    void aRuntimeThatJmxFailsAtTakesTheNextNothing() throws Exception {
        assertThat(run(JmxMain.class, List.of(FLAG, "-Dio.tardy.jmx=true"), classPath()))
                .contains("is not registered with JMX", "OutOfMemoryError: of this test")
                .endsWith("registered");
    }

    @Test
    void withoutTheFlagTheMessageNamesIt() throws Exception {
        assertThat(run(List.of(), classPath()))
                .startsWith("frames need the JVM flag --add-opens java.base/java.lang=ALL-UNNAMED ")
                .doesNotContain("\n");
    }

    @Test
    void aGroupThatSpawnsNoFrameNeedsNoFlag() throws Exception {
        assertThat(run(GroupMain.class, List.of(), classPath())).isEqualTo("echoed");
    }

    @Test
    void withoutTheNativeLibraryTheMessageNamesTheArtifact() throws Exception {
        assertThat(
                        run(
                                List.of(FLAG),
                                classPathWithout(
                                        "netty-transport-native-epoll",
                                        "netty-transport-native-io_uring",
                                        "tardy-transport-poll")))
                .contains("epoll was refused")
                .contains("io.netty:netty-transport-native-epoll with the classifier linux-")
                .contains("io.netty:netty-transport-native-io_uring with the classifier linux-")
                .contains("poll was refused: there is no provider for it")
                .doesNotContain("\n");
    }

    @Test
    void withoutTheNativeLibraryPollRunsAndTheBackendSaysWhy() throws Exception {
        assertThat(
                        run(
                                List.of(FLAG),
                                classPathWithout(
                                        "netty-transport-native-epoll",
                                        "netty-transport-native-io_uring"),
                                "backend"))
                .startsWith("poll by the JDK's ")
                .contains("--add-opens java.base/sun.nio.ch=ALL-UNNAMED")
                .contains("epoll was refused: Netty's native library did not load")
                .doesNotContain("\n");
    }

    @Test
    void theFirstSocketOfAProcessMayFindNoDescriptorLeftAndTheNextOneWorks() throws Exception {
        assertThat(
                        run(
                                withDescriptors(256),
                                FirstSocketMain.class,
                                List.of(FLAG, "-XX:-MaxFDLimit"),
                                classPath()))
                .isEqualTo(
                        "EMFILE, EMFILE, EMFILE, EMFILE, EMFILE, EMFILE, refused, opened, served");
    }

    @ParameterizedTest
    @EnumSource(names = {"IO_URING", "EPOLL"})
    void aTransportThatFoundTooFewDescriptorsSaysSoAndIsThereOnceThereAreSome(AsyncType async)
            throws Exception {
        String said =
                run(
                        withDescriptors(256),
                        FirstTransportMain.class,
                        List.of(FLAG, "-XX:-MaxFDLimit"),
                        classPath(),
                        async.label());
        assertThat(said.lines().toList())
                .hasSize(2)
                .satisfies(
                        first ->
                                assertThat(first)
                                        .contains("Too many open files")
                                        .contains("raise the limit that ulimit -n shows")
                                        .doesNotContain("workdir"),
                        atIndex(0))
                .contains("built " + async.label(), atIndex(1));
    }

    /** At each of these another step of Netty's is the first that the kernel refuses. */
    @ParameterizedTest
    @ValueSource(ints = {0, 4, 8, 16, 32, 40, 64, 160})
    @EnabledOnOs(OS.LINUX)
    void aRingForWhichNoMemoryCanBeLockedIsRefusedAndTheLimitIsNamed(int kibibytes)
            throws Exception {
        assertThat(
                        run(
                                withLockedMemory(kibibytes),
                                SpawnMain.class,
                                List.of(FLAG),
                                classPath(),
                                "backend"))
                .doesNotContain("\n")
                .matches(
                        said ->
                                said.startsWith("io_uring") // a kernel that does not count it
                                        || said.contains("io_uring was refused")
                                                && said.contains("ulimit -l"));
    }

    /** And may lock no more memory, root included. */
    private static List<String> withLockedMemory(int kibibytes) {
        return List.of(
                "sh",
                "-c",
                "ulimit -l "
                        + kibibytes
                        + " && if [ \"$(id -u)\" = 0 ]; then exec setpriv --bounding-set=-ipc_lock"
                        + " \"$@\"; fi; exec \"$@\"",
                "sh");
    }

    /** The next file that is opened must not get its number: what is printed would go there. */
    @ParameterizedTest
    @EnumSource(names = {"IO_URING", "EPOLL", "POLL"})
    void whatIsPrintedAfterAStandardStreamWasClosedGoesNowhere(
            AsyncType async, @TempDir Path folder) throws Exception {
        String said =
                run(
                        StandardStreamMain.class,
                        List.of(FLAG),
                        classPath(),
                        async.label(),
                        folder.toString());
        assertThat(said).isEqualTo("open");
        for (int i = 0; i < 3; i++) {
            assertThat(folder.resolve("file" + i)).hasContent("precious data");
        }
        assertThat(folder.resolve("read")).hasContent("-1");
    }

    @Test
    void aPropertyThatKeepsNettyFromItsLibrariesIsNamed() throws Exception {
        assertThat(run(List.of(FLAG, "-Dio.netty.transport.noNative=true"), classPath(), "backend"))
                .contains("io_uring was refused: -Dio.netty.transport.noNative=true keeps Netty")
                .contains("epoll was refused: -Dio.netty.transport.noNative=true keeps Netty");
    }

    @Test
    void aJvmWithoutContinuationsIsToldSo() throws Exception {
        assertThat(
                        run(
                                List.of(
                                        FLAG,
                                        "-XX:+UnlockExperimentalVMOptions",
                                        "-XX:-VMContinuations"),
                                classPath()))
                .startsWith("frames need a JVM with continuations: take -XX:-VMContinuations away")
                .doesNotContain("\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"io_uring", "epoll", "poll"})
    void moreRuntimesThanThereAreDescriptorsForAreRefusedInOneSentence(String transport)
            throws Exception {
        assertRefusedForDescriptors("many", transport);
    }

    @ParameterizedTest
    @ValueSource(strings = {"io_uring", "epoll", "poll"})
    void soIsAGroupOfMoreLoopsThanThereAreDescriptorsFor(String transport) throws Exception {
        assertRefusedForDescriptors("many", transport, "group");
    }

    private static void assertRefusedForDescriptors(String... arguments) throws Exception {
        List<String> flags = List.of(FLAG, "-XX:-MaxFDLimit");
        assertThat(run(withDescriptors(160), SpawnMain.class, flags, classPath(), arguments))
                .contains("ulimit -n")
                .doesNotContain("\n");
    }

    /** What begins the command of a JVM that may have no more descriptors. */
    private static List<String> withDescriptors(int max) {
        return List.of("sh", "-c", "ulimit -n " + max + " && exec \"$@\"", "sh");
    }

    private static String classPathWithout(String... artifacts) throws URISyntaxException {
        return Arrays.stream(classPath().split(File.pathSeparator))
                .filter(entry -> Arrays.stream(artifacts).noneMatch(entry::contains))
                .collect(Collectors.joining(File.pathSeparator));
    }

    /** What the tests run with, as a class path. */
    static String classPath() throws URISyntaxException {
        Path tests =
                Path.of(
                                OwnJvmTest.class
                                        .getProtectionDomain()
                                        .getCodeSource()
                                        .getLocation()
                                        .toURI())
                        .resolveSibling("test-classes");
        return String.join(
                File.pathSeparator,
                System.getProperty("jdk.module.path"),
                System.getProperty("java.class.path"),
                tests.toString());
    }

    private static String run(List<String> flags, String classPath, String... arguments)
            throws IOException, InterruptedException {
        return run(SpawnMain.class, flags, classPath, arguments);
    }

    /** With the flag, and with another variable of its environment: {@code NAME=value}. */
    static String run(Class<?> main, String variable, String... arguments)
            throws IOException, InterruptedException, URISyntaxException {
        List<String> before = List.of("env", variable);
        return run(before, main, List.of(FLAG), classPath(), arguments);
    }

    static String run(Class<?> main, List<String> flags, String classPath, String... arguments)
            throws IOException, InterruptedException {
        return run(List.of(), main, flags, classPath, arguments);
    }

    /** With a program before it that runs the JVM. */
    private static String run(
            List<String> before,
            Class<?> main,
            List<String> flags,
            String classPath,
            String... arguments)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(before);
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("--enable-native-access=ALL-UNNAMED");
        command.addAll(flags);
        command.addAll(List.of("-cp", classPath, main.getName()));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        CompletableFuture.delayedExecutor(3, TimeUnit.MINUTES) // one that does not end by itself
                .execute(process::destroyForcibly);
        String output =
                new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        assertThat(process.waitFor()).as(output).isZero();
        return output;
    }
}
