package io.tardy.examples;

import io.tardy.fs.Dir;
import java.io.IOException;
import java.nio.file.Path;

/** Deletes a directory and everything in it. Call it in a frame. */
final class Rmdir {

    private Rmdir() {}

    static void run(Path path) throws IOException {
        Dir.cwd().deleteTree(path);
    }
}
