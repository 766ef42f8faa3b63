package io.tardy.examples;

import io.netty.buffer.ByteBuf;
import io.tardy.Tardy;
import io.tardy.TardyRuntime;
import io.tardy.net.Socket;
import java.io.IOException;

/** Sends back what it receives: one frame accepts, and one frame serves each connection. */
final class Echo {

    static void serve(Tardy tardy, Socket server) throws IOException {
        server.bind().listen(4096);
        tardy.entry(server, (rt, listener) -> rt.spawn(() -> acceptLoop(rt, listener)));
    }

    static void acceptLoop(TardyRuntime rt, Socket listener) throws IOException {
        for (; ; ) {
            Socket peer = listener.accept();
            rt.spawn(() -> echo(peer));
        }
    }

    static void echo(Socket peer) throws IOException {
        try (peer) {
            for (ByteBuf data; (data = peer.recv()) != null; ) {
                peer.sendAll(data);
            }
        }
    }
}
