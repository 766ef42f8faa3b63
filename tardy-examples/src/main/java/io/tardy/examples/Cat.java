package io.tardy.examples;

import io.tardy.fs.File;
import io.tardy.stream.Stream;
import java.io.IOException;
import java.nio.file.Path;

/** Copies a file to the standard output. Call it in a frame. */
final class Cat {

    private Cat() {}

    static void run(Path path) throws IOException {
        try (File file = File.open(path)) {
            Stream.copy(file, File.stdout());
        }
    }
}
