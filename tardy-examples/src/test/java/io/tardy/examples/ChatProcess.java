package io.tardy.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.tardy.aio.AsyncType;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocketHandshakeException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code ./tardy websocket --redis} in a JVM of its own; two runtimes. */
final class ChatProcess implements AutoCloseable {

    private static final int PATIENCE_SECONDS = 30;
    private static final HttpClient HTTP =
            HttpClient.newHttpClient(); // its sockets end with the processes
    private static final Pattern LISTENING =
            Pattern.compile("listening on 127\\.0\\.0\\.1:([0-9]+) .*");

    private final Process process;
    private final int port;
    private final Path errors = Files.createTempFile("chat", ".err");

    ChatProcess(AsyncType transport, int redisPort) throws Exception {
        process = start(transport, redisPort).redirectError(errors.toFile()).start();
        String line = process.inputReader().readLine();
        Matcher matcher = LISTENING.matcher(String.valueOf(line));
        if (!matcher.matches()) {
            close();
        }
        assertThat(matcher.matches()).as("it says: %s", line).isTrue();
        port = Integer.parseInt(matcher.group(1));
    }

    static ProcessBuilder start(AsyncType transport, int redisPort) {
        return new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-Xmx128m",
                "--add-opens",
                "java.base/java.lang=ALL-UNNAMED",
                "--add-opens",
                "java.base/sun.nio.ch=ALL-UNNAMED",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                "io.tardy.examples.Main",
                "websocket",
                "--port",
                "0",
                "--runtimes",
                "2",
                "--transport",
                transport.label(),
                "--redis",
                "redis://127.0.0.1:" + redisPort);
    }

    /** Somebody who has heard this first. */
    Listening enter(String room, String name, String... first) throws InterruptedException {
        Listening listening = new Listening(HTTP, uri(room, name));
        assertThat(listening.nextText()).isEqualTo("slow 0");
        for (String expected : first) {
            assertThat(listening.nextText()).isEqualTo(expected);
        }
        return listening;
    }

    private URI uri(String room, String name) {
        return URI.create("ws://127.0.0.1:" + port + "/rooms/" + room + "?name=" + name);
    }

    /** A room that has no place for it, or another refusal: the status. */
    int refusedToEnter(String room, String name) {
        try {
            new Listening(HTTP, uri(room, name));
            return 101;
        } catch (CompletionException e) {
            return ((WebSocketHandshakeException) e.getCause()).getResponse().statusCode();
        }
    }

    /** What it has complained about. */
    List<String> errors() throws IOException {
        return Files.readAllLines(errors);
    }

    /** How many there are of a class. */
    long instancesOf(String className) throws Exception {
        Process jcmd =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                                Long.toString(process.pid()),
                                "GC.class_histogram")
                        .redirectErrorStream(true)
                        .start();
        try (BufferedReader out = jcmd.inputReader()) {
            List<String> lines = out.lines().toList();
            assertThat(lines).anyMatch(line -> line.contains("java.lang.String "));
            return lines.stream()
                    .filter(line -> line.stripTrailing().endsWith(" " + className))
                    .mapToLong(line -> Long.parseLong(line.strip().split(" +")[1]))
                    .sum();
        } finally {
            jcmd.destroyForcibly();
        }
    }

    void kill() {
        process.destroyForcibly();
        process.onExit().join();
    }

    /** As SIGTERM asks it to. */
    void stop() throws InterruptedException {
        terminate();
        awaitEnd();
    }

    void terminate() {
        process.toHandle().destroy();
    }

    void awaitEnd() throws InterruptedException {
        assertThat(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).as("it ends").isTrue();
        assertThat(process.exitValue()).isZero();
    }

    /** What it says on its way to its end with status 1. */
    static List<String> refusal(AsyncType transport, int redisPort) throws Exception {
        Process process = start(transport, redisPort).redirectErrorStream(true).start();
        try (BufferedReader out = process.inputReader()) {
            List<String> lines = out.lines().toList();
            assertThat(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).as("%s", lines).isEqualTo(1);
            return lines;
        } finally {
            process.destroyForcibly();
        }
    }

    @Override
    public void close() {
        kill();
        try {
            System.err.print(Files.readString(errors));
            Files.delete(errors);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
