package io.tardy.libraries;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import redis.embedded.core.ExecutableProvider;
import redis.embedded.model.OsArchitecture;
import redis.embedded.util.IO;

/**
 * A redis-server started for a test on a free port of 127.0.0.1: one that embedded-redis carries
 * or, where none of those runs, the system's.
 */
final class RedisServer implements AutoCloseable {

    private static final int ATTEMPTS_MAX = 5;

    private final Process process;
    private final int port;
    private final Thread atExit;

    private RedisServer(Process process, int port) {
        this.process = process;
        this.port = port;
        this.atExit = new Thread(process::destroyForcibly);
        Runtime.getRuntime().addShutdownHook(atExit);
    }

    /** Returns when it accepts connections. The directory takes the executable and its files. */
    static RedisServer start(Path directory) throws IOException {
        StringBuilder said = new StringBuilder();
        for (String executable : executables(directory)) {
            for (int attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
                int port = freePort(); // somebody else may take it before redis-server does
                Process process;
                try {
                    process = launch(executable, directory, port);
                } catch (IOException e) {
                    said.append(e.getMessage()).append('\n'); // not for this machine
                    break;
                }
                RedisServer server = new RedisServer(process, port);
                if (server.isReady(said)) {
                    return server;
                }
                server.close();
            }
        }
        throw new IOException(
                "no redis-server starts; one on the PATH would do (.ci/install-tools, apt-get"
                        + " install redis-server, brew install redis). What was tried says:\n"
                        + said);
    }

    /** The one for x86-64 needs OpenSSL 3, the one for 32 bits is static; the others are too. */
    private static List<String> executables(Path directory) throws IOException {
        OsArchitecture here = OsArchitecture.detectOSandArchitecture();
        List<OsArchitecture> carried =
                here.equals(OsArchitecture.UNIX_x86_64)
                        ? List.of(here, OsArchitecture.UNIX_x86)
                        : List.of(here);
        Map<OsArchitecture, String> names = ExecutableProvider.newProvidedVersionsMap();
        List<String> executables = new ArrayList<>();
        for (OsArchitecture machine : carried) {
            if (names.containsKey(machine)) {
                executables.add(
                        IO.writeResourceToExecutableFile(directory.toFile(), names.get(machine))
                                .getPath());
            }
        }
        executables.add("redis-server");
        return executables;
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            return socket.getLocalPort();
        }
    }

    private static Process launch(String executable, Path directory, int port) throws IOException {
        return new ProcessBuilder(
                        executable,
                        "--port",
                        Integer.toString(port),
                        "--bind",
                        "127.0.0.1",
                        "--save",
                        "",
                        "--dir",
                        directory.toString())
                .redirectErrorStream(true)
                .start();
    }

    /** Reads until it is ready, or has ended. */
    private boolean isReady(StringBuilder said) throws IOException {
        CompletableFuture<Void> patience =
                CompletableFuture.runAsync(
                        process::destroyForcibly,
                        CompletableFuture.delayedExecutor(
                                Groups.PATIENCE_SECONDS, TimeUnit.SECONDS));
        BufferedReader output = process.inputReader();
        for (String line; (line = output.readLine()) != null; ) {
            said.append(line).append('\n');
            if (line.contains("Ready to accept connections")) {
                patience.cancel(false);
                return process.isAlive();
            }
        }
        patience.cancel(false);
        return false;
    }

    int port() {
        return port;
    }

    /** Ends it, and waits for its end. */
    @Override
    public void close() {
        Runtime.getRuntime().removeShutdownHook(atExit);
        process.destroyForcibly();
        process.onExit().join();
    }
}
