package io.tardy.testsuite.browser;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The example {@code websocket} as a process of its own, as the launcher starts it. */
final class ChatProcess implements AutoCloseable {

    private static final int PATIENCE_SECONDS = 30;
    private static final Path LAUNCHER =
            Path.of(System.getProperty("basedir", "."), "../../tardy").normalize();
    private static final Pattern READY =
            Pattern.compile("listening on 127\\.0\\.0\\.1:([0-9]+) .*");

    private final Process process;
    private final int port;

    /**
     * Returns when it listens.
     *
     * @param port 0 for any
     */
    ChatProcess(int port) throws Exception {
        process =
                new ProcessBuilder(
                                LAUNCHER.toString(),
                                "websocket",
                                "--port",
                                Integer.toString(port),
                                "--runtimes",
                                "2")
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();
        try {
            BufferedReader out = process.inputReader();
            String line =
                    CompletableFuture.supplyAsync(() -> out.lines().findFirst().orElse("nothing"))
                            .get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            Matcher matcher = READY.matcher(line);
            assertThat(matcher.matches()).as("it says: %s", line).isTrue();
            this.port = Integer.parseInt(matcher.group(1));
        } catch (Exception | AssertionError e) {
            close();
            throw e;
        }
    }

    int port() {
        return port;
    }

    /** As SIGTERM does. */
    void stop() throws InterruptedException {
        process.destroy();
        assertThat(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isZero();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
