package io.tardy.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A server in a process of its own, which says {@code listening on HOST:PORT (...)} and then, if it
 * is one of ours, figures: a line {@code NAME NUMBER} each. Its errors are ours.
 */
final class ServerProcess implements AutoCloseable {

    private static final Pattern LISTENING =
            Pattern.compile("listening on [^ ]*:(\\d+) \\((\\w+), .*");

    private static final int KILLED_SECONDS = 10;

    private final Process process;
    private final BufferedReader out;
    private final Writer in;
    private int port;
    private String transport;

    private ServerProcess(Process process) {
        this.process = process;
        this.out = process.inputReader();
        this.in = process.outputWriter();
    }

    /** Starts it and waits until it listens. */
    static ServerProcess start(List<String> command) throws IOException {
        Process process =
                new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        ServerProcess server = new ServerProcess(process);
        Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
        server.awaitListening(command);
        return server;
    }

    /** A program of this jar, in a JVM whose memory is bounded. */
    static List<String> ofThisJar(String... arguments) {
        List<String> command = new ArrayList<>();
        command.add(ProcessHandle.current().info().command().orElseThrow());
        command.add("-Xmx512m");
        command.add("-XX:MaxDirectMemorySize=128m");
        command.add("--sun-misc-unsafe-memory-access=allow");
        command.add("-jar");
        command.add(System.getProperty("java.class.path"));
        command.addAll(List.of(arguments));
        return command;
    }

    private void awaitListening(List<String> command) throws IOException {
        for (String line; (line = out.readLine()) != null; ) {
            Matcher matcher = LISTENING.matcher(line);
            if (matcher.matches()) {
                port = Integer.parseInt(matcher.group(1));
                transport = matcher.group(2);
                return;
            }
        }
        throw new IOException("no server: " + String.join(" ", command));
    }

    int port() {
        return port;
    }

    /** What it runs on. */
    String transport() {
        return transport;
    }

    /** How much CPU it has taken since its start. */
    Duration cpu() {
        return process.toHandle().info().totalCpuDuration().orElseThrow();
    }

    void say(String word) throws IOException {
        in.write(word + "\n");
        in.flush();
    }

    /** What it tells until the line {@code done}, or until its end. */
    Map<String, Long> readFigures() {
        Map<String, Long> figures = new LinkedHashMap<>();
        try {
            for (String line; (line = out.readLine()) != null && !line.equals("done"); ) {
                String[] words = line.split(" ");
                figures.put(words[0], Long.parseLong(words[1]));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return figures;
    }

    /** SIGTERM. The process's own method would close our end of its output too. */
    void terminate() {
        process.toHandle().destroy();
    }

    boolean awaitExit(Duration within) throws InterruptedException {
        return process.waitFor(TimeUnit.NANOSECONDS.convert(within), TimeUnit.NANOSECONDS);
    }

    /** Of a process that has ended. */
    int status() {
        return process.exitValue();
    }

    @Override
    public void close() throws InterruptedException {
        process.destroyForcibly();
        process.waitFor(KILLED_SECONDS, TimeUnit.SECONDS);
    }
}
