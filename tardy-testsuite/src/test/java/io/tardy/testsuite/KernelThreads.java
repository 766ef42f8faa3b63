package io.tardy.testsuite;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** The threads that the kernel has started in this process for io_uring. */
final class KernelThreads {

    /** More there never are for a runtime: 16 for files on disk, 16 for the rest. */
    static final int MAX = 32;

    private static final Path TASKS = Path.of("/proc/self/task");

    private KernelThreads() {}

    /** How many there are; 0 on systems that do not tell. */
    static int count() throws IOException {
        if (!Files.isDirectory(TASKS)) {
            return 0;
        }
        int count = 0;
        try (DirectoryStream<Path> tasks = Files.newDirectoryStream(TASKS)) {
            for (Path task : tasks) {
                if (nameOf(task).startsWith("iou-wrk")) {
                    count++;
                }
            }
        }
        return count;
    }

    private static String nameOf(Path task) throws IOException {
        try {
            return Files.readString(task.resolve("comm"));
        } catch (NoSuchFileException e) {
            return ""; // it has ended meanwhile
        } catch (IOException e) {
            if (Files.exists(task)) {
                throw e;
            }
            return "";
        }
    }
}
