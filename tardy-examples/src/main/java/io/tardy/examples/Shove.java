package io.tardy.examples;

import io.tardy.fs.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** Writes a text to a file, which it creates if necessary. Call it in a frame. */
final class Shove {

    private Shove() {}

    static void run(Path path, String text) throws IOException {
        try (File file = File.create(path)) {
            file.writeAll(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
        }
    }
}
