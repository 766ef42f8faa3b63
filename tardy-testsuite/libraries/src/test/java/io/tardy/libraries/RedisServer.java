package io.tardy.libraries;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** A redis-server of the system's, started for a test on a free port of 127.0.0.1. */
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

    /** Returns when it accepts connections. */
    static RedisServer start(Path directory) throws IOException {
        StringBuilder said = new StringBuilder();
        for (int attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
            int port = freePort(); // somebody else may take it before redis-server does
            RedisServer server = new RedisServer(launch(directory, port), port);
            if (server.isReady(said)) {
                return server;
            }
            server.close();
        }
        throw new IOException("redis-server does not start; it says:\n" + said);
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            return socket.getLocalPort();
        }
    }

    private static Process launch(Path directory, int port) {
        ProcessBuilder command =
                new ProcessBuilder(
                        "redis-server",
                        "--port",
                        Integer.toString(port),
                        "--bind",
                        "127.0.0.1",
                        "--save",
                        "",
                        "--dir",
                        directory.toString());
        try {
            return command.redirectErrorStream(true).start();
        } catch (IOException e) {
            throw new AssertionError(
                    "this test needs redis-server: install it with .ci/install-tools"
                            + " (apt-get install redis-server, brew install redis)",
                    e);
        }
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
