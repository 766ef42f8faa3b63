package io.tardy.os;

import io.tardy.aio.SocketKind;
import io.tardy.aio.TardyIOException;
import java.net.SocketOption;
import java.net.StandardSocketOptions;
import java.util.HashMap;
import java.util.Map;

/** The options of one socket: what it was told, and what of that its connections must be told. */
final class SocketSettings {

    /** Whether any socket of this process was told to linger: else none is asked. */
    private static volatile boolean isLingerUsed;

    /** What a stream was told that its system keeps from its connections; replaced as a whole. */
    private volatile Map<SocketOption<?>, Object> told = Map.of();

    /** Sets an option; while the socket is open. */
    void set(SocketHandle socket, SocketOption<?> option, Object checked) throws TardyIOException {
        if (option == StandardSocketOptions.SO_LINGER) {
            isLingerUsed = true;
        }
        socket.doSetOption(option, checked);
        if (!socket.kind().isDatagram() && !socket.inheritsOptions()) {
            Map<SocketOption<?>, Object> more = new HashMap<>(told);
            more.put(option, checked);
            told = more;
        }
    }

    /** What it was told, as far as its system does not tell its connections. */
    Map<SocketOption<?>, Object> told() {
        return told;
    }

    /**
     * Gives these options to a connection of this listener.
     *
     * @throws TardyIOException if the system refuses, as some do when the connection is gone
     */
    void copyTo(SocketHandle connection) throws TardyIOException {
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
