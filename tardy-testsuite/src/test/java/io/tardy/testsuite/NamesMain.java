package io.tardy.testsuite;

import io.tardy.Tardy;
import io.tardy.Threading;
import io.tardy.aio.AsyncType;
import io.tardy.aio.DirEntry;
import io.tardy.fs.Dir;
import io.tardy.fs.File;
import io.tardy.net.Socket;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * A program for a JVM of its own, in another locale: uses what is in a directory, with the names
 * that others have given it, and deletes it. Its arguments are the transport and the directory.
 */
final class NamesMain {

    private NamesMain() {}

    public static void main(String[] args) throws Exception {
        Path directory = Path.of(args[1]);
        try (Tardy tardy =
                Tardy.builder()
                        .async(AsyncType.ofLabel(args[0]))
                        .threading(Threading.single())
                        .build()) {
            tardy.entry(directory, (rt, path) -> rt.spawn(() -> use(tardy, path)));
        }
        System.out.print(Files.exists(directory) ? "still there" : "deleted");
    }

    private static void use(Tardy tardy, Path directory) throws Exception {
        try (Stream<Path> listed = Files.list(directory)) {
            for (Path path : listed.toList()) {
                ByteBuffer into = ByteBuffer.allocate(100);
                if (Files.isDirectory(path)) {
                    Dir.create(path.resolve("below")).close();
                    if (tardy.backend().type() == AsyncType.POLL) {
                        System.out.print("true"); // the JDK's sockets need a text for a name
                        continue;
                    }
                    try (Socket socket = Socket.unix(tardy, path.resolve("s")).bind().listen(1);
                            Socket client = Socket.unix(tardy, path.resolve("s")).connect()) {
                        System.out.print(socket.localAddress().equals(client.remoteAddress()));
                    }
                } else {
                    try (File file = File.open(path)) {
                        System.out.print(file.read(into));
                    }
                }
            }
        }
        try (Dir dir = Dir.open(directory)) {
            for (DirEntry entry : dir.list()) {
                System.out.print(dir.stat(entry.path()).isFile() ? "f" : "d");
            }
        }
        Dir.cwd().deleteTree(directory);
    }
}
