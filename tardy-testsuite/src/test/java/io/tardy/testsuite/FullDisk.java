package io.tardy.testsuite;

import static org.junit.jupiter.api.Assumptions.abort;

import java.io.File;
import java.io.FileInputStream;
import java.io.FileNotFoundException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;

/** A place that has room for a few mebibytes at the most, by no multiple of anything. */
enum FullDisk {
    /** A limit of this process, as {@code ulimit -f} sets it; see setrlimit(2). */
    FILE_SIZE_LIMIT {
        @Override
        AutoCloseable open(Path folder) throws Exception {
            return limitFileSize(LIMIT_BYTES);
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

    private static final String PID = Long.toString(ProcessHandle.current().pid());
    private static final long LIMIT_BYTES = (1 << 20) + 12_345;

    /**
     * Makes the folder such a place until it is closed. Where that takes rights that this process
     * has not, the test is given up, which shows in the report.
     */
    abstract AutoCloseable open(Path folder) throws Exception;

    /** Of this process, until it is closed. */
    static AutoCloseable limitFileSize(long bytes) throws Exception {
        return limit("--fsize=", Long.toString(bytes), "unlimited");
    }

    /** Leaves this process so many descriptors, until it is closed. */
    static AutoCloseable leaveDescriptors(int count) throws Exception {
        SystemCommand before = SystemCommand.run("prlimit", "--pid", PID, "--nofile", "-o", "SOFT");
        long highest =
                Arrays.stream(new File("/proc/self/fd").list())
                        .mapToLong(Long::parseLong)
                        .max()
                        .orElseThrow();
        String soft = before.said().lines().skip(1).findFirst().orElseThrow().strip();
        AutoCloseable limit = limit("--nofile=", Long.toString(highest + 40), soft);
        Deque<FileInputStream> taken = new ArrayDeque<>();
        try {
            for (; ; ) {
                taken.push(new FileInputStream("/dev/null"));
            }
        } catch (FileNotFoundException e) {
            for (int i = 0; i < count; i++) {
                taken.pop().close();
            }
        }
        return () -> {
            for (FileInputStream one : taken) {
                one.close(); // the command that ends the limit needs some itself
            }
            limit.close();
        };
    }

    private static AutoCloseable limit(String resource, String value, String before)
            throws Exception {
        SystemCommand.succeed("prlimit", "--pid", PID, resource + value + ":");
        return () -> SystemCommand.succeed("prlimit", "--pid", PID, resource + before + ":");
    }

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
