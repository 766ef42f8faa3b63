package io.tardy.net;

import java.io.IOException;
import java.net.SocketAddress;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A connection has not begun with a header of the PROXY protocol, or comes from nobody who may send
 * one: see {@link TrustedProxies#readHeader(Socket)}. The message says from whom, and why, in one
 * line of ASCII.
 */
public final class ProxyException extends IOException {

    private static final long serialVersionUID = 1L;

    /** What is wrong; a server logs each kind once. */
    enum Kind {
        UNTRUSTED,
        NO_HEADER,
        ILLEGAL,
        TOO_LONG,
        CUT,
        LATE,

        /** Not a byte: somebody has looked whether the server is there. */
        PROBE
    }

    private final Kind kind;

    private ProxyException(Kind kind, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.kind = kind;
    }

    static ProxyException of(Kind kind, String reason) {
        return new ProxyException(kind, reason, null);
    }

    static ProxyException illegal(Throwable cause) {
        return new ProxyException(
                Kind.ILLEGAL,
                "it sent an illegal header: " + line(String.valueOf(cause.getMessage())),
                cause);
    }

    /**
     * Of what others have written, as the names of Unix sockets: one line, and no control codes.
     */
    static String line(String message) {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < message.length() && i < 200; i++) {
            char c = message.charAt(i);
            line.append(c < ' ' || c > '~' ? '?' : c);
        }
        return line.toString();
    }

    /** The same with the name of the peer. */
    ProxyException from(@Nullable SocketAddress peer) {
        boolean isNamed = peer != null && !peer.toString().isEmpty();
        String whom = isNamed ? line(peer.toString()) : "a socket without a name";
        String message = "no header of the PROXY protocol from " + whom + ": " + getMessage();
        return new ProxyException(kind, message, getCause());
    }

    Kind kind() {
        return kind;
    }

    /** Of the log. */
    String kindName() {
        return kind.name().toLowerCase(Locale.ROOT);
    }
}
