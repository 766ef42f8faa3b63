package io.tardy.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.Writer;
import java.lang.management.ManagementFactory;
import java.net.Socket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.management.ObjectName;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** {@code ./tardy top}, on servers in JVMs of their own. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class TopCommandTest {

    private static final int CONNECTIONS = 200;
    private static final Pattern PORT = Pattern.compile("127\\.0\\.0\\.1:(\\d+)");

    private final List<AutoCloseable> open = new ArrayList<>();

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable each : open.reversed()) {
            each.close();
        }
    }

    private Process java(List<String> arguments) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("--add-opens=java.base/java.lang=ALL-UNNAMED");
        command.add("--add-opens=java.base/sun.nio.ch=ALL-UNNAMED");
        command.add("--enable-native-access=ALL-UNNAMED");
        command.addAll(List.of("-cp", System.getProperty("java.class.path")));
        command.addAll(arguments);
        Process process =
                new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        open.add(
                () -> {
                    process.destroyForcibly();
                    process.waitFor();
                });
        return process;
    }

    /** Started, and its port. */
    private record Server(Process process, int port) {}

    private Server server(String... arguments) throws IOException {
        List<String> all = new ArrayList<>(List.of(Main.class.getName()));
        all.addAll(List.of(arguments));
        Process process = java(all);
        BufferedReader said = process.inputReader();
        for (String line; (line = said.readLine()) != null; ) {
            Matcher port = PORT.matcher(line);
            if (line.startsWith("listening") && port.find()) {
                return new Server(process, Integer.parseInt(port.group(1)));
            }
        }
        throw new AssertionError("the server has ended: " + process.onExit().join().exitValue());
    }

    private void connect(Server server, int count) throws IOException {
        for (int i = 0; i < count; i++) {
            Socket socket = new Socket("127.0.0.1", server.port());
            open.add(socket);
        }
    }

    private static String top(int status, String... arguments) {
        StringWriter said = new StringWriter();
        CommandLine line = whoSays(said);
        List<String> all = new ArrayList<>(List.of("top"));
        all.addAll(List.of(arguments));
        assertThat(line.execute(all.toArray(String[]::new))).as("%s", said).isEqualTo(status);
        return said.toString();
    }

    private static CommandLine whoSays(StringWriter said) {
        CommandLine line = Main.commandLine("top");
        line.setOut(new PrintWriter(said)).setErr(new PrintWriter(said));
        return line.setExecutionExceptionHandler(
                (e, failed, parsed) -> {
                    said.append(e.getMessage());
                    return 1;
                });
    }

    private static String pid(Server server) {
        return Long.toString(server.process().pid());
    }

    @ParameterizedTest
    @ValueSource(strings = {"io_uring", "epoll", "poll"})
    void equalWaitsOfTheFramesOfAServerAreOneLine(String transport) throws Exception {
        Server server = server("echo", "--port", "0", "--runtimes", "1", "--transport", transport);
        connect(server, CONNECTIONS);
        String said = top(0, pid(server));
        while (!said.contains(" " + CONNECTIONS + "  ")) { // the last ones may not be accepted yet
            said = top(0, pid(server));
        }
        assertThat(said)
                .startsWith("tardy-0, runtime 0 (" + transport + "): 201 frames")
                .containsPattern("\n +200  accept/connection +recv +\\S+ +.* peer 127\\.0\\.0\\.1:")
                .containsPattern("\n +1  accept +accept +\\S+ +.*127\\.0\\.0\\.1:" + server.port())
                .contains("201 begun, 0 failed");
    }

    @Test
    void eachRuntimeOfANettyServerIsTold() throws Exception {
        Server server = server("frame-http", "--port", "0", "--runtimes", "2");
        connect(server, 10);
        String said = top(0, pid(server));
        assertThat(said.lines().filter(line -> line.contains("runtime "))).hasSize(2);
    }

    @Test
    void aProcessWithoutRuntimesIsNamed() throws Exception {
        Process other = java(List.of(NoTardy.class.getName()));
        assertThat(other.inputReader().readLine()).isEqualTo("begun");
        assertThat(top(1, Long.toString(other.pid())))
                .contains("process " + other.pid() + " has no runtime")
                .contains("-Dio.tardy.jmx=true");
    }

    @Test
    void aProcessThatIsNoJvmIsNamed() throws Exception {
        Process other = new ProcessBuilder("sleep", "60").start();
        open.add(other::destroyForcibly);
        assertThat(top(1, Long.toString(other.pid())))
                .startsWith("process " + other.pid() + " is no JVM");
        assertThat(top(1, "12x")).startsWith("'12x' is no number");
    }

    /** As {@code | head -3} does: nobody reads on. */
    @Test
    void whoAsksAgainAndAgainEndsWhenNobodyReads() throws Exception {
        Server server = server("echo", "--port", "0", "--runtimes", "1");
        CommandLine line = Main.commandLine("top");
        line.setOut(
                new PrintWriter(
                        new Writer() {
                            @Override
                            public void write(char[] chars, int offset, int count)
                                    throws IOException {
                                throw new IOException("Broken pipe");
                            }

                            @Override
                            public void flush() {}

                            @Override
                            public void close() {}
                        }));
        assertThat(line.execute("top", "--every", "1", pid(server))).isZero();
    }

    @Test
    void aProcessThatIsStoppedMeanwhileIsNamed() throws Exception {
        Server server = server("echo", "--port", "0", "--runtimes", "1");
        AtomicBoolean isStopped = new AtomicBoolean();
        StringWriter said =
                new StringWriter() {
                    @Override
                    public void flush() {
                        if (isStopped.compareAndSet(false, true)) {
                            signal("STOP", server);
                        }
                    }
                };
        CommandLine line = whoSays(said);
        try {
            assertThat(line.execute("top", "--every", "1", pid(server))).isEqualTo(1);
            assertThat(said.toString()).contains("does not answer within 10 s");
        } finally {
            signal("CONT", server);
        }
    }

    private static void signal(String name, Server server) {
        try {
            assertThat(new ProcessBuilder("kill", "-" + name, pid(server)).start().waitFor())
                    .isZero();
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void aRuntimeThatEndsBeforeItIsAskedIsNoFailure() throws Exception {
        ObjectName gone = new ObjectName("io.tardy:type=Runtime,name=\"gone-7\"");
        assertThat(TopCommand.dump(ManagementFactory.getPlatformMBeanServer(), gone))
                .isEqualTo("gone-7 has just ended");
    }

    /** A JVM that lives until it is ended. */
    static final class NoTardy {
        public static void main(String[] args) throws Exception {
            System.out.println("begun");
            Thread.sleep(100_000);
        }
    }
}
