package io.tardy.testsuite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/**
 * A program of the system's that has run to its end, with no pipe to it left open: the JDK closes
 * them a moment after it has told of the end. Where there is no such program the test is skipped,
 * and says so in the report; it fails with {@code -Dtardy.tools.required}, as .ci/run has it.
 *
 * @param said what it wrote
 */
record SystemCommand(int status, String said) {

    static SystemCommand run(String... command) throws IOException, InterruptedException {
        Process process = start(command);
        process.getOutputStream().close();
        process.getErrorStream().close();
        try (InputStream output = process.getInputStream()) {
            String said = new String(output.readAllBytes(), StandardCharsets.UTF_8);
            return new SystemCommand(process.waitFor(), said.strip());
        }
    }

    private static Process start(String... command) throws IOException {
        try {
            return new ProcessBuilder(command).redirectErrorStream(true).start();
        } catch (IOException e) {
            if (Boolean.getBoolean("tardy.tools.required")) {
                throw e;
            }
            return abort(e.getMessage() + ": .ci/install-tools installs it on Debian and its kin");
        }
    }

    /** One that must succeed. */
    static void succeed(String... command) throws IOException, InterruptedException {
        SystemCommand ended = run(command);
        assertThat(ended.status()).as("%s: %s", String.join(" ", command), ended.said()).isZero();
    }
}
