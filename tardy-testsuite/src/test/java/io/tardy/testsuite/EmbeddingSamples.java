package io.tardy.testsuite;

import io.tardy.EmbeddedRuntime;
import io.tardy.Tardy;
import io.tardy.aio.TardyIOException;
import io.tardy.net.Socket;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** What {@code docs/embedding.md} shows, compiled; {@link GuideTest} compares and runs it. */
final class EmbeddingSamples {

    private EmbeddingSamples() {}

    static int answers(Tardy tardy, List<InetSocketAddress> servers) throws IOException {
        int answers = 0;
        try (EmbeddedRuntime embedded = tardy.embed()) {
            for (InetSocketAddress server : servers) {
                answers += embedded.call(() -> isUp(server)) ? 1 : 0; // this thread blocks
            }
        }
        return answers;
    }

    static CompletableFuture<Boolean> isUpLater(
            EmbeddedRuntime embedded, InetSocketAddress server) {
        return embedded.runtime().submit(() -> isUp(server));
    }

    private static boolean isUp(InetSocketAddress server) throws IOException {
        try (Socket socket = Socket.tcp(server.getHostString(), server.getPort())) {
            socket.connect(Duration.ofSeconds(2));
            return true;
        } catch (TardyIOException e) {
            return false;
        }
    }
}
