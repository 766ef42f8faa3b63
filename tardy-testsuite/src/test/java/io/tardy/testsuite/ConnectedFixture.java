package io.tardy.testsuite;

import io.tardy.Tardy;
import io.tardy.TardyRuntime;
import io.tardy.net.Socket;

/** Two sockets that are connected, for the contracts that need them. */
interface ConnectedFixture extends TransportFixture {

    /** Two connected sockets, closed afterwards. */
    @FunctionalInterface
    interface Pair {
        void use(TardyRuntime rt, Socket client, Socket peer) throws Exception;
    }

    default void withPair(Pair pair) throws Exception {
        withPair(tardy(), pair);
    }

    default void withPair(Tardy.Builder builder, Pair pair) throws Exception {
        whenConnected(builder, (rt, listener, client, peer) -> pair.use(rt, client, peer));
    }

    /** Two connected sockets and their listener, closed afterwards. */
    @FunctionalInterface
    interface Connected {
        void use(TardyRuntime rt, Socket listener, Socket client, Socket peer) throws Exception;
    }

    default void whenConnected(Connected body) throws Exception {
        whenConnected(tardy(), body);
    }

    default void whenConnected(Tardy.Builder builder, Connected body) throws Exception {
        inFrame(
                builder,
                rt -> {
                    try (Socket listener = TransportFixture.listenAnywhere();
                            Socket client = TransportFixture.connectTo(listener);
                            Socket peer = listener.accept()) {
                        body.use(rt, listener, client, peer);
                    }
                });
    }
}
