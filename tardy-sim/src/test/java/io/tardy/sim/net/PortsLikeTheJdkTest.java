package io.tardy.sim.net;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.DatagramChannel;
import java.nio.channels.NetworkChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Who may share a port with whom: simulated, as with the JDK's channels on Linux. */
@EnabledOnOs(OS.LINUX)
class PortsLikeTheJdkTest {

    @TempDir Path directory;

    /** Every pair of sockets at one port, with every pair of flags. */
    @Test
    void sharedPorts() throws IOException {
        Scene.assertSame(
                directory,
                scene -> {
                    for (int flags = 0; flags < 16; flags++) {
                        for (boolean listens : new boolean[] {false, true}) {
                            seeTwoSockets(scene, flags, listens, true);
                            seeTwoSockets(scene, flags, listens, false);
                            seeTwoListeners(scene, flags, listens);
                        }
                        seeTwoDatagramSockets(scene, flags);
                    }
                });
    }

    private static <C extends NetworkChannel> C flagged(C channel, int flags) throws IOException {
        channel.setOption(StandardSocketOptions.SO_REUSEADDR, (flags & 1) != 0);
        channel.setOption(StandardSocketOptions.SO_REUSEPORT, (flags & 2) != 0);
        return channel;
    }

    private static SocketAddress samePort(NetworkChannel channel, boolean wildcard)
            throws IOException {
        return new InetSocketAddress(wildcard ? "0.0.0.0" : "127.0.0.1", Scene.portOf(channel));
    }

    private static void seeTwoSockets(
            Scene scene, int flags, boolean firstListens, boolean wildcard) throws IOException {
        try (NetworkChannel first = flagged(firstListens ? scene.server() : scene.socket(), flags);
                SocketChannel second = flagged(scene.socket(), flags >> 2)) {
            first.bind(Scene.anyPort());
            SocketAddress address = samePort(first, wildcard);
            scene.see(flags + " " + firstListens + wildcard, () -> second.bind(address));
        }
    }

    private static void seeTwoListeners(Scene scene, int flags, boolean firstListens)
            throws IOException {
        try (NetworkChannel first = flagged(firstListens ? scene.server() : scene.socket(), flags);
                ServerSocketChannel second = flagged(scene.server(), flags >> 2)) {
            first.bind(Scene.anyPort());
            SocketAddress address = samePort(first, false);
            scene.see(flags + " listener " + firstListens, () -> second.bind(address));
        }
    }

    private static void seeTwoDatagramSockets(Scene scene, int flags) throws IOException {
        try (DatagramChannel first = flagged(scene.datagrams(), flags);
                DatagramChannel second = flagged(scene.datagrams(), flags >> 2)) {
            first.bind(Scene.anyPort());
            SocketAddress address = samePort(first, false);
            scene.see(flags + " datagrams", () -> second.bind(address));
        }
    }

    /** After connections of a port, and a minute during which one is remembered. */
    @Test
    void portsOfConnections() throws IOException {
        Scene.assertSame(
                directory,
                scene -> {
                    for (boolean reuses : new boolean[] {false, true}) {
                        SocketChannel[] pair = scene.connected();
                        SocketAddress address = pair[1].getLocalAddress();
                        int flags = reuses ? 1 : 0;
                        seeBind(scene, "open", flagged(scene.server(), flags), address);
                        pair[1].close();
                        scene.await(pair[0], SelectionKey.OP_READ);
                        seeBind(scene, "half", flagged(scene.server(), flags), address);
                        pair[0].close();
                        scene.turn();
                        seeBind(scene, "past", flagged(scene.server(), flags), address);
                        seeBind(scene, "socket", flagged(scene.socket(), flags), address);
                    }
                });
    }

    private static void seeBind(
            Scene scene, String what, NetworkChannel channel, SocketAddress address)
            throws IOException {
        scene.see(what, () -> channel.bind(address));
        channel.close();
    }
}
