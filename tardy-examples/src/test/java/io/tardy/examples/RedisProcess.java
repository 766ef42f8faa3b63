package io.tardy.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * The system's redis-server on a port of its own, with a log that has what is acknowledged; it can
 * be killed and started again. Without one on the PATH the test is left out, or fails with {@code
 * -Dtardy.tools.required}.
 */
final class RedisProcess implements AutoCloseable {

    private final Path directory;
    private final int port;
    private Process process;

    RedisProcess(Path directory) throws Exception {
        this.directory = directory;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        start();
    }

    /** Returns when it accepts connections. */
    void start() throws Exception {
        try {
            process =
                    new ProcessBuilder(
                                    "redis-server",
                                    "--port",
                                    Integer.toString(port),
                                    "--bind",
                                    "127.0.0.1",
                                    "--dir",
                                    directory.toString(),
                                    "--save",
                                    "",
                                    "--appendonly",
                                    "yes",
                                    "--appendfsync",
                                    "always")
                            .redirectErrorStream(true)
                            .start();
        } catch (IOException e) {
            if (Boolean.getBoolean("tardy.tools.required")) {
                throw e;
            }
            abort(e.getMessage() + ": .ci/install-tools installs it on Debian and its kin");
        }
        BufferedReader out = process.inputReader();
        StringBuilder said = new StringBuilder();
        for (String line; (line = out.readLine()) != null; ) {
            said.append(line).append('\n');
            if (line.contains("Ready to accept connections")) {
                return;
            }
        }
        throw new IOException("redis-server has ended: " + said);
    }

    int port() {
        return port;
    }

    void kill() {
        process.destroyForcibly();
        process.onExit().join();
    }

    /** Adds messages to the log of the room lobby, one for each number, in one step. */
    void addToLobby(int from, int to, String origin, String options, String event)
            throws IOException {
        tell(
                ("EVAL \"for i = %d, %d do redis.call('XADD', KEYS[1], %s, 'from', '%s',"
                                + " 'number', i, 'event', %s) end return 1\""
                                + " 1 tardy:chat:lobby:log")
                        .formatted(from, to, options, origin, event));
    }

    /** The value of a line of INFO. */
    long info(String name) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
                BufferedReader in =
                        new BufferedReader(new InputStreamReader(socket.getInputStream()))) {
            socket.getOutputStream().write("INFO\r\nQUIT\r\n".getBytes(StandardCharsets.US_ASCII));
            return in.lines()
                    .filter(line -> line.startsWith(name + ":"))
                    .mapToLong(line -> Long.parseLong(line.substring(name.length() + 1)))
                    .findFirst()
                    .orElseThrow();
        }
    }

    /** A command, in one line. */
    void tell(String command) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.getOutputStream().write((command + "\r\n").getBytes(StandardCharsets.US_ASCII));
            int first = socket.getInputStream().read();
            assertThat((char) first).as("the answer to %s", command).isIn('+', ':', '$');
        }
    }

    /** Of a Redis that has ended. */
    void forget() throws IOException {
        List<Path> kept;
        try (Stream<Path> walk = Files.walk(directory)) {
            kept =
                    walk.filter(p -> !p.equals(directory))
                            .sorted(Comparator.reverseOrder())
                            .toList();
        }
        for (Path each : kept) {
            Files.delete(each);
        }
    }

    /** STOP or CONT. */
    void signal(String name) throws Exception {
        new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start().waitFor();
    }

    @Override
    public void close() {
        kill();
    }
}
