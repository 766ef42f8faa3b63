package io.tardy.process;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a process came to that {@link ChildProcess#run} has run.
 *
 * @param status its exit status, as of {@link ChildProcess#waitFor}
 * @param stdout all that it wrote to its standard output
 * @param stderr all that it wrote to its standard error
 */
public record ProcessResult(int status, byte[] stdout, byte[] stderr) {

    /** The standard output as UTF-8. */
    public String text() {
        return new String(stdout, StandardCharsets.UTF_8);
    }

    /** The standard error as UTF-8. */
    public String errorText() {
        return new String(stderr, StandardCharsets.UTF_8);
    }

    /** Whether all three are the same, byte by byte. */
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof ProcessResult result
                && status == result.status
                && Arrays.equals(stdout, result.stdout)
                && Arrays.equals(stderr, result.stderr);
    }

    @Override
    public int hashCode() {
        return Objects.hash(status, Arrays.hashCode(stdout), Arrays.hashCode(stderr));
    }

    @Override
    public String toString() {
        return "status "
                + status
                + ", "
                + stdout.length
                + " bytes of output, "
                + stderr.length
                + " of errors";
    }
}
