package io.tardy.examples;

import io.tardy.Tardy;
import io.tardy.TardyRuntime;
import io.tardy.net.Socket;
import java.io.IOException;
import java.nio.ByteBuffer;

/** Sends back what it receives: one frame accepts, and one frame serves each connection. */
public final class Echo {

    public static void main(String[] args) throws IOException {
        try (Tardy tardy = Tardy.builder().build();
                Socket server = Socket.tcp(tardy, "127.0.0.1", 9862)) {
            server.bind().listen(4096);
            tardy.entry(server, Echo::start); // on each runtime; blocks until they end
        }
    }

    public static void start(TardyRuntime rt, Socket server) {
        rt.spawn("accept", () -> server.serve(Echo::echo)); // a frame for each connection
    }

    static void echo(Socket peer) throws IOException {
        for (ByteBuffer data; (data = peer.recvNext()) != null; ) { // waits; others are served
            peer.sendAll(data);
        }
    }
}
