package io.tardy.testsuite;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayDeque;
import java.util.Deque;

/** What belongs to one cell of an {@link EdgeTable}: closed in the end, the newest first. */
final class EdgeScene implements AutoCloseable {

    private final Deque<AutoCloseable> opened = new ArrayDeque<>();
    private Path folder;

    /** Keeps it to be closed. */
    <T extends AutoCloseable> T keep(T resource) {
        opened.push(resource);
        return resource;
    }

    /** An empty directory of its own. */
    Path folder() throws IOException {
        if (folder == null) {
            folder = Files.createTempDirectory("junit-edge");
        }
        return folder;
    }

    @Override
    public void close() throws Exception {
        while (!opened.isEmpty()) {
            opened.pop().close();
        }
        if (folder != null) {
            Files.walkFileTree(folder, DELETING);
        }
    }

    private static final SimpleFileVisitor<Path> DELETING =
            new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                        throws IOException {
                    Files.delete(file);
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult postVisitDirectory(Path directory, IOException failure)
                        throws IOException {
                    Files.delete(directory);
                    return FileVisitResult.CONTINUE;
                }
            };
}
