package io.tardy.examples;

import io.tardy.Frame;
import io.tardy.TardyRuntime;
import io.tardy.fs.Dir;
import io.tardy.fs.File;
import io.tardy.net.Socket;
import io.tardy.stream.Stream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** From a socket to a file and back: a client gets its data back after it has sent all of it. */
final class StreamExample {

    private static final Duration DELETE_TIMEOUT = Duration.ofSeconds(1);

    private StreamExample() {}

    static void start(TardyRuntime rt, Socket listener) {
        rt.spawn("accept", () -> listener.serve(peer -> storeAndReturn(rt, peer)));
    }

    private static void storeAndReturn(TardyRuntime rt, Socket peer) throws Exception {
        Path path = rt.offload(() -> Files.createTempFile("tardy-stream", ".bin"));
        try {
            try (File file = File.create(path)) {
                Stream.copy(peer, file);
            }
            try (File file = File.open(path)) {
                Stream.copy(file, peer);
            }
            peer.shutdownOutput();
        } finally {
            // Also of a connection that a drain has cancelled.
            Frame.uncancellable(DELETE_TIMEOUT, () -> Dir.cwd().deleteFile(path));
        }
    }
}
