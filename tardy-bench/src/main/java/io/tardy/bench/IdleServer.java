package io.tardy.bench;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Somebody's echo server on the JVM, in a process of its own: what it holds is asked from outside,
 * of the system and with the JDK's {@code jcmd}.
 */
final class IdleServer implements AutoCloseable {

    /** What servers of ours get where nothing else was said: the flags of those beside them. */
    private static final String JAVA_OPTIONS =
            "-XX:+UseParallelGC -Xmx512m --sun-misc-unsafe-memory-access=allow";

    private static final String JAVA_OPTIONS_NAME = "TARDY_JAVA_OPTS";
    private static final String PORT = "{port}";

    private static final Duration STARTED_WITHIN = Duration.ofSeconds(60);
    private static final long LOOK_AGAIN_MS = 50;
    private static final int KILLED_SECONDS = 10;

    /** References that a collection clears make more garbage. */
    private static final int COLLECTIONS = 3;

    private static final int MESSAGE_BYTES = 64;

    /** Room that a collector has left between objects. */
    private static final String FILLER = "jdk.internal.vm.Filler";

    private static final Pattern CLASS = Pattern.compile(" *\\d+: +(\\d+) +(\\d+) +(\\S+).*");
    private static final Pattern RESIDENT = Pattern.compile("Rss: +(\\d+) kB");

    /** Objects of one class, or of all. */
    record Objects(long count, long bytes) {

        Objects plus(Objects other) {
            return new Objects(count + other.count, bytes + other.bytes);
        }

        Objects minus(Objects other) {
            return new Objects(count - other.count, bytes - other.bytes);
        }
    }

    /** What a process holds after a collection. */
    record Held(long residentBytes, Map<String, Objects> classes) {

        /** On the heap. */
        Objects objects() {
            return classes.values().stream().reduce(new Objects(0, 0), Objects::plus);
        }
    }

    private final List<String> command;
    private final Process process;
    private final InetSocketAddress address;

    private IdleServer(List<String> command, Process process, InetSocketAddress address) {
        this.command = command;
        this.process = process;
        this.address = address;
    }

    /**
     * Starts it and waits until it listens.
     *
     * @param command with {@code {port}} where the port belongs
     */
    static IdleServer start(List<String> command) throws IOException, InterruptedException {
        InetSocketAddress address = new InetSocketAddress("127.0.0.1", freePort());
        List<String> words = new ArrayList<>();
        for (String word : command) {
            words.add(word.replace(PORT, Integer.toString(address.getPort())));
        }
        if (words.equals(command)) {
            throw new IOException("no " + PORT + " in the command: " + String.join(" ", command));
        }
        ProcessBuilder builder = new ProcessBuilder(words);
        builder.environment().putIfAbsent(JAVA_OPTIONS_NAME, JAVA_OPTIONS);
        builder.redirectOutput(ProcessBuilder.Redirect.DISCARD);
        builder.redirectError(ProcessBuilder.Redirect.INHERIT);
        Process process = builder.start();
        Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
        IdleServer server = new IdleServer(words, process, address);
        server.awaitListening();
        return server;
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    private void awaitListening() throws IOException, InterruptedException {
        long began = System.nanoTime();
        for (; ; ) {
            try {
                connect().close();
                return;
            } catch (IOException e) {
                boolean isLate = System.nanoTime() - began > STARTED_WITHIN.toNanos();
                if (isLate || !process.isAlive()) {
                    close();
                    throw new IOException("no server: " + String.join(" ", command), e);
                }
                Thread.sleep(LOOK_AGAIN_MS);
            }
        }
    }

    private SocketChannel connect() throws IOException {
        SocketChannel channel = SocketChannel.open(address);
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        return channel;
    }

    /** Opens so many connections, and has each echo one message. */
    List<SocketChannel> open(int connections) throws IOException {
        List<SocketChannel> opened = new ArrayList<>();
        ByteBuffer message = ByteBuffer.allocateDirect(MESSAGE_BYTES);
        for (int i = 0; i < connections; i++) {
            SocketChannel channel = connect();
            opened.add(channel);
            channel.write(message.clear());
            message.clear();
            while (message.hasRemaining()) {
                if (channel.read(message) < 0) {
                    throw new IOException("the server has ended connection " + i);
                }
            }
        }
        return opened;
    }

    /** What it holds now, after a collection. */
    Held held() throws IOException, InterruptedException {
        for (int i = 0; i < COLLECTIONS; i++) {
            jcmd("GC.run");
        }
        Map<String, Objects> classes = new HashMap<>();
        for (String line : jcmd("GC.class_histogram")) {
            Matcher matcher = CLASS.matcher(line);
            if (matcher.matches() && !matcher.group(3).contains(FILLER)) {
                classes.merge(
                        matcher.group(3),
                        new Objects(
                                Long.parseLong(matcher.group(1)), Long.parseLong(matcher.group(2))),
                        Objects::plus); // one name, several loaders
            }
        }
        return new Held(residentBytes(), classes);
    }

    private long residentBytes() throws IOException {
        Path file = Path.of("/proc", Long.toString(process.pid()), "smaps_rollup");
        for (String line : Files.readAllLines(file)) {
            Matcher matcher = RESIDENT.matcher(line);
            if (matcher.matches()) {
                return 1024 * Long.parseLong(matcher.group(1));
            }
        }
        throw new IOException(file + " does not say what is resident");
    }

    private List<String> jcmd(String request) throws IOException, InterruptedException {
        Process jcmd =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                                Long.toString(process.pid()),
                                request)
                        .redirectErrorStream(true)
                        .start();
        List<String> lines = jcmd.inputReader().lines().toList();
        if (jcmd.waitFor() != 0) {
            throw new IOException("jcmd " + request + ": " + String.join("\n", lines));
        }
        return lines;
    }

    @Override
    public void close() throws InterruptedException {
        process.destroyForcibly();
        process.waitFor(KILLED_SECONDS, TimeUnit.SECONDS);
    }
}
