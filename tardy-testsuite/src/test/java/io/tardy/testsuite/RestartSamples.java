package io.tardy.testsuite;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.ChannelHandler;
import io.tardy.Tardy;
import io.tardy.net.Handover;
import io.tardy.net.Listener;
import io.tardy.net.ServiceManager;
import io.tardy.net.Socket;
import io.tardy.netty.TardyEventLoopGroup;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** The code of docs/restarts.md. */
final class RestartSamples {

    private RestartSamples() {}

    static void echo(Socket peer) throws IOException {
        for (ByteBuffer data; (data = peer.recvNext()) != null; ) {
            peer.sendAll(data);
        }
    }

    static void activated(Tardy tardy) throws IOException {
        try (Listener listener = Listener.inherited("chat").getFirst();
                Socket socket = listener.socket(tardy)) {
            tardy.entry(socket, (rt, server) -> rt.spawn(() -> server.serve(RestartSamples::echo)));
        }
    }

    static void activated(TardyEventLoopGroup group, ChannelHandler handler) throws IOException {
        Listener listener = Listener.inherited("chat").getFirst();
        new ServerBootstrap()
                .group(group)
                .channelFactory(() -> listener.channel(group))
                .childHandler(handler)
                .register(); // it is bound already
    }

    /** Serves until the next one does. */
    static void serve(Tardy tardy, Path path, InetSocketAddress address) throws IOException {
        try (Handover handover = Handover.at(path, Duration.ofSeconds(30))) {
            List<Listener> listeners = handover.takeOver(); // empty if nobody is there
            if (listeners.isEmpty()) {
                listeners = List.of(Listener.bind("echo", address, 4096));
            }
            try (Socket socket = listeners.getFirst().socket(tardy)) {
                tardy.entryInNewThread(
                        socket, (rt, server) -> rt.spawn(() -> server.serve(RestartSamples::echo)));
                handover.serve(listeners); // the old process stops to accept now
                long next = handover.successor().toCompletableFuture().join(); // it serves now
                ServiceManager.mainProcess(next); // for systemd, if there is one
            } // the socket is closed first: a drain would accept what is the successor's
            tardy.drain(Duration.ofSeconds(5));
        }
    }
}
