package io.tardy.os;

import io.tardy.aio.SocketKind;
import io.tardy.aio.TardyIOException;
import java.net.SocketOption;
import java.net.StandardSocketOptions;
import java.util.HashMap;
import java.util.Map;

/** The options of sockets: what one was told, and what of that its connections must be told. */
final class SocketSettings {

    /** Whether any socket of this process was told to linger: else none is asked. */
    private static volatile boolean isLingerUsed;

    private SocketSettings() {}

    /**
     * Sets an option; while the socket is open.
     *
     * @param told what the socket was told so far, as far as its system does not tell its
     *     connections
     * @return the same with this option
     */
    static Map<SocketOption<?>, Object> set(
            SocketHandle socket,
            Map<SocketOption<?>, Object> told,
            SocketOption<?> option,
            Object checked)
            throws TardyIOException {
        if (option == StandardSocketOptions.SO_LINGER) {
            isLingerUsed = true;
        }
        socket.doSetOption(option, checked);
        if (socket.kind().isDatagram() || socket.inheritsOptions()) {
            return told;
        }
        Map<SocketOption<?>, Object> more = new HashMap<>(told);
        more.put(option, checked);
        return more;
    }

    /**
     * Gives what a listener was told to a connection of it.
     *
     * @throws TardyIOException if the system refuses, as some do when the connection is gone
     */
    static void copy(Map<SocketOption<?>, Object> told, SocketHandle connection)
            throws TardyIOException {
        for (Map.Entry<SocketOption<?>, Object> option : told.entrySet()) {
            connection.doSetOption(option.getKey(), option.getValue());
        }
    }

    /** Whether the system may keep the thread that closes it waiting for the peer. */
    static boolean lingers(SocketHandle socket) {
        if (!isLingerUsed || socket.kind() != SocketKind.TCP) {
            return false;
        }
        try {
            return socket.doGetOption(StandardSocketOptions.SO_LINGER) instanceof Integer seconds
                    && seconds > 0;
        } catch (TardyIOException | UnsupportedOperationException e) {
            return false; // nothing is left to linger
        }
    }
}
