package io.tardy.testsuite;

import static org.junit.jupiter.api.Assumptions.abort;

import java.nio.file.Files;
import java.nio.file.Path;

/** A place that has room for a few mebibytes at the most, by no multiple of anything. */
enum FullDisk {
    /** A limit of this process, as {@code ulimit -f} sets it; see setrlimit(2). */
    FILE_SIZE_LIMIT {
        @Override
        AutoCloseable open(Path folder) throws Exception {
            String pid = Long.toString(ProcessHandle.current().pid());
            SystemCommand.succeed("prlimit", "--pid", pid, "--fsize=" + LIMIT_BYTES + ":");
            return () -> SystemCommand.succeed("prlimit", "--pid", pid, "--fsize=unlimited:");
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
            SystemCommand.succeed("mkfs.ext4", "-q", "-F", "-O", "^has_journal", image.toString());
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
        SystemCommand mount = SystemCommand.run(command);
        if (mount.status() != 0) {
            return abort("only root can mount a small disk: " + mount.said());
        }
        return () -> SystemCommand.succeed("umount", folder);
    }
}
