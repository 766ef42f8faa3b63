package io.tardy.net;

import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * TLS on a {@link Socket} has failed: its handshake, a record that is wrong or that the peer
 * refuses, or an end of the connection without close_notify. Such a connection can only be closed,
 * except that after a {@link #isTruncation truncation} it can still be written to.
 *
 * <p>What the system refuses (a reset, a closed socket) is a {@code TardyIOException} here too, as
 * on a plain socket; within the handshake it is the cause of a {@code TlsException}.
 */
public final class TlsException extends SSLException {

    private static final long serialVersionUID = 1L;

    /** When it failed. */
    enum Stage {
        HANDSHAKE,
        RECORDS,
        TRUNCATION
    }

    private final Stage stage;

    TlsException(Stage stage, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.stage = stage;
    }

    /** The same once more: the connection has not got better. */
    TlsException again() {
        return new TlsException(stage, getMessage(), this);
    }

    /** A record is wrong, or the peer refuses ours. */
    static TlsException ofRecords(SSLException cause) {
        return new TlsException(
                Stage.RECORDS, "TLS has failed: " + TlsHandshake.reason(cause), cause);
    }

    /** The peer has ended the connection, and not TLS: what was read may be cut short. */
    static TlsException truncation() {
        return new TlsException(
                Stage.TRUNCATION,
                "the connection has ended without close_notify: what was read may be cut short",
                null);
    }

    /** Whether there never was a connection: the message says with whom, and why. */
    public boolean isInHandshake() {
        return stage == Stage.HANDSHAKE;
    }

    /**
     * Whether the peer, or somebody on the way, ended the connection without saying so in TLS. What
     * was read is what the peer has sent, but may not be all of it.
     */
    public boolean isTruncation() {
        return stage == Stage.TRUNCATION;
    }
}
