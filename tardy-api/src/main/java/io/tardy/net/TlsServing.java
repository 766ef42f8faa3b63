package io.tardy.net;

import java.lang.System.Logger.Level;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Gives each accepted connection its handshake. Used by the frames of all runtimes. */
final class TlsServing implements Socket.ConnectionHandler {

    private static final System.Logger LOGGER = System.getLogger("io.tardy");

    /** More kinds than this are not logged. */
    private static final int KINDS_MAX = 256;

    private final Tls tls;
    private final Tls.Handler handler;
    private final Set<String> kinds = ConcurrentHashMap.newKeySet();

    TlsServing(Tls tls, Tls.Handler handler) {
        this.tls = tls;
        this.handler = handler;
    }

    @Override
    public void handle(Socket socket) throws Exception {
        TlsSocket peer;
        try {
            peer = tls.server(socket);
        } catch (TlsException e) {
            log(e);
            return;
        }
        try (peer) {
            serve(peer);
        }
    }

    /** An answer that was not finished must not end like one that was. */
    private void serve(TlsSocket peer) throws Exception {
        boolean isDone = false;
        try {
            handler.handle(peer);
            isDone = true;
        } finally {
            if (!isDone) {
                peer.cut();
            }
        }
    }

    /** A server under attack must not fill its disk with its log. */
    private void log(TlsException failure) {
        String kind = TlsHandshake.reason(failure.getCause());
        if (kinds.size() < KINDS_MAX && kinds.add(kind)) {
            LOGGER.log(Level.WARNING, "logged once for this kind: " + failure.getMessage());
        }
    }
}
