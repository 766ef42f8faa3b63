package io.tardy.testsuite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** A place that has room for a few mebibytes at the most, by no multiple of anything. */
enum FullDisk {
    /** A limit of this process, as {@code ulimit -f} sets it; see setrlimit(2). */
    FILE_SIZE_LIMIT {
        @Override
        AutoCloseable open(Path folder) throws Exception {
            String pid = Long.toString(ProcessHandle.current().pid());
            run("prlimit", "--pid", pid, "--fsize=" + LIMIT_BYTES + ":");
            return () -> run("prlimit", "--pid", pid, "--fsize=unlimited:");
        }
    },
    TMPFS {
        @Override
        AutoCloseable open(Path folder) throws Exception {
            return mount("-t", "tmpfs", "-o", "size=1100k", "tmpfs", folder.toString());
        }
    },
    EXT4 {
        @Override
        AutoCloseable open(Path folder) throws Exception {
            Path image = folder.resolveSibling("image");
            Files.write(image, new byte[4 << 20]);
            run("mkfs.ext4", "-q", "-F", "-O", "^has_journal", image.toString());
            return mount("-o", "loop", image.toString(), folder.toString());
        }
    };

    private static final long LIMIT_BYTES = (1 << 20) + 12_345;

    /**
     * Makes the folder such a place until it is closed. Where that takes rights that this process
     * has not, the test is given up, which shows in the report.
     */
    abstract AutoCloseable open(Path folder) throws Exception;

    private static AutoCloseable mount(String... arguments) throws Exception {
        String folder = arguments[arguments.length - 1];
        String[] command = new String[arguments.length + 1];
        command[0] = "mount";
        System.arraycopy(arguments, 0, command, 1, arguments.length);
        Ended mount = end(command);
        if (mount.status() != 0) {
            return abort("only root can mount a small disk: " + mount.said());
        }
        return () -> run("umount", folder);
    }

    private static void run(String... command) throws IOException, InterruptedException {
        Ended ended = end(command);
        assertThat(ended.status()).as("%s: %s", String.join(" ", command), ended.said()).isZero();
    }

    private record Ended(int status, String said) {}

    /** Runs it to its end, with no pipe left open. */
    private static Ended end(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        process.getErrorStream().close();
        try (InputStream output = process.getInputStream()) {
            String said = new String(output.readAllBytes(), StandardCharsets.UTF_8);
            return new Ended(process.waitFor(), said.strip());
        }
    }
}
