package io.tardy.testsuite;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tardy.Tardy;
import io.tardy.Threading;
import io.tardy.aio.AsyncType;
import io.tardy.fs.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A program for a JVM of its own: closes its standard streams, opens files, and prints. The files
 * tell whether they have what it printed.
 */
final class StandardStreamMain {

    private StandardStreamMain() {}

    /**
     * @param args the transport, and a folder
     */
    public static void main(String[] args) throws IOException {
        Tardy.Builder builder = Tardy.builder().async(AsyncType.ofLabel(args[0]));
        try (Tardy tardy = builder.threading(Threading.single()).build()) {
            tardy.entry(Path.of(args[1]), (rt, folder) -> rt.spawn(() -> run(folder)));
        }
    }

    private static void run(Path folder) throws Exception {
        File.stdout().writeAll(ByteBuffer.wrap("open".getBytes(UTF_8)));
        for (File stream : List.of(File.stdin(), File.stdout(), File.stderr())) {
            stream.close();
        }
        for (int i = 0; i < 3; i++) {
            try (File file = File.create(folder.resolve("file" + i))) {
                file.writeAll(ByteBuffer.wrap("precious data".getBytes(UTF_8)), 0);
                System.out.println("noise");
                System.out.flush();
                System.err.println("noise");
            }
        }
        Files.writeString(folder.resolve("read"), Integer.toString(System.in.read()));
    }
}
