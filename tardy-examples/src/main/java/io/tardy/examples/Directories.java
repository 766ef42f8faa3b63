package io.tardy.examples;

import io.tardy.aio.MkdirError;
import io.tardy.aio.TardyIOException;
import io.tardy.fs.Dir;
import java.io.IOException;
import java.nio.file.Path;

/** Directories of files that are to be there after a crash. */
public final class Directories {

    private Directories() {}

    /** Makes a directory, if it is not there. */
    public static void make(Path directory) throws IOException {
        try {
            Dir.create(directory).close();
        } catch (TardyIOException e) {
            if (e.error() != MkdirError.ALREADY_EXISTS) {
                throw e;
            }
        }
    }

    /** What is in a file is of no use if a crash takes its name, or its directory's. */
    public static void syncNames(Path directory) throws IOException {
        try (Dir names = Dir.open(directory)) {
            names.sync();
        }
        Path parent = directory.getParent();
        try (Dir names = parent == null ? Dir.cwd() : Dir.open(parent)) {
            names.sync();
        }
    }
}
