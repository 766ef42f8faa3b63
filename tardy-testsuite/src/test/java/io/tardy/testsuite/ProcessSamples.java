package io.tardy.testsuite;

import io.tardy.Deadline;
import io.tardy.Frame;
import io.tardy.Scope;
import io.tardy.process.ChildProcess;
import io.tardy.process.ProcessResult;
import io.tardy.stream.Stream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** What {@code docs/processes.md} shows, compiled; {@link GuideTest} compares and runs it. */
final class ProcessSamples {

    private ProcessSamples() {}

    static String sorted(String lines) throws IOException {
        ByteBuffer input = ByteBuffer.wrap(lines.getBytes(StandardCharsets.UTF_8));
        ProcessResult sort = ChildProcess.run(new ProcessBuilder("sort"), input, 1 << 20);
        if (sort.status() != 0) {
            throw new IOException("sort says: " + sort.errorText());
        }
        return sort.text();
    }

    static int status(ProcessBuilder builder, Duration within) throws IOException {
        return Deadline.callWithin(within, () -> ChildProcess.run(builder, 1 << 16).status());
    }

    static long copyThrough(ProcessBuilder filter, Stream from, Stream to) throws IOException {
        try (ChildProcess child =
                        ChildProcess.start(filter.redirectError(ProcessBuilder.Redirect.INHERIT));
                Scope scope = Scope.open()) {
            scope.fork(
                    () -> {
                        Stream.copy(from, child.stdin());
                        child.stdin().close(); // the process reads the end
                    });
            Frame<Long> copied = scope.forkCall(() -> Stream.copy(child.stdout(), to));
            scope.join();
            int status = child.waitFor();
            if (status != 0) {
                throw new IOException(child + " has ended with " + status);
            }
            return copied.join();
        }
    }
}
