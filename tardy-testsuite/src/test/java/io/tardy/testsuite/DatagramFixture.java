package io.tardy.testsuite;

import io.tardy.TardyRuntime;
import io.tardy.net.Socket;
import java.nio.file.Path;

/** Datagram sockets at their addresses, for the contracts that need them. */
interface DatagramFixture extends TransportFixture {

    /** Of UDP, at a port of the system's choice. */
    static Socket bound() throws Exception {
        return Socket.udp("127.0.0.1", 0).bind();
    }

    /** Two bound sockets, closed afterwards. */
    @FunctionalInterface
    interface Two {
        void use(TardyRuntime rt, Socket a, Socket b) throws Exception;
    }

    /** Two of UDP. */
    default void withTwo(Two body) throws Exception {
        inFrame(
                rt -> {
                    try (Socket a = bound();
                            Socket b = bound()) {
                        body.use(rt, a, b);
                    }
                });
    }

    /** Two of the Unix domain, in the folder. */
    default void withTwo(Path folder, Two body) throws Exception {
        inFrame(
                rt -> {
                    try (Socket a = Socket.unixDatagram(folder.resolve("a")).bind();
                            Socket b = Socket.unixDatagram(folder.resolve("b")).bind()) {
                        body.use(rt, a, b);
                    }
                });
    }
}
