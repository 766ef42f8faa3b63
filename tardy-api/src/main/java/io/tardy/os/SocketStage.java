package io.tardy.os;

import io.tardy.aio.Errno;
import io.tardy.aio.SocketKind;

/**
 * How far a socket has come, and what it refuses for that: asked before any transport is, so that
 * all of them say the same, and none waits for what cannot come. The errors are those of Linux's
 * system calls; null is no refusal.
 *
 * <p>A stream goes from NEW to LISTENING, or over CONNECTING to CONNECTED or FAILED, and from
 * CONNECTED to BROKEN. Datagrams know NEW and CONNECTED only.
 */
enum SocketStage {
    NEW,
    LISTENING,
    CONNECTING,
    CONNECTED,
    /** Its peer has reset it, or the network has given it up: what has come can be received. */
    BROKEN,
    /** Its connect has failed or was cancelled: it can only be closed. */
    FAILED;

    Errno refusesAccept(SocketKind kind) {
        if (kind.isDatagram()) {
            return Errno.EOPNOTSUPP;
        }
        return this == LISTENING ? null : Errno.EINVAL;
    }

    Errno refusesConnect(SocketKind kind) {
        if (kind.isDatagram()) {
            return null;
        }
        return switch (this) {
            case NEW -> null;
            case LISTENING -> kind == SocketKind.TCP ? Errno.EISCONN : Errno.EINVAL;
            case CONNECTING -> Errno.EALREADY;
            case CONNECTED, BROKEN -> Errno.EISCONN;
            case FAILED ->
                    throw new IllegalStateException(
                            "a connect of this socket has failed or was given up: it can only be"
                                    + " closed, so open another one");
        };
    }

    Errno refusesRecv(SocketKind kind) {
        if (kind.isDatagram() || this == CONNECTED || this == BROKEN) {
            return null;
        }
        return kind == SocketKind.UNIX ? Errno.EINVAL : Errno.ENOTCONN;
    }

    Errno refusesAvailable(SocketKind kind) {
        return kind.isDatagram() ? Errno.EOPNOTSUPP : refusesRecv(kind);
    }

    Errno refusesSend(SocketKind kind) {
        if (this == CONNECTED) {
            return null;
        } else if (this == BROKEN) {
            return Errno.EPIPE;
        }
        return switch (kind) {
            case TCP -> this == CONNECTING ? Errno.ENOTCONN : Errno.EPIPE;
            case UNIX, UNIX_DATAGRAM -> Errno.ENOTCONN;
            case UDP -> Errno.EDESTADDRREQ;
        };
    }

    Errno refusesBind(SocketKind kind) {
        return kind.isDatagram() || this == NEW ? null : Errno.EINVAL;
    }

    Errno refusesListen(SocketKind kind) {
        if (kind.isDatagram()) {
            return Errno.EOPNOTSUPP;
        }
        return this == NEW || this == LISTENING ? null : Errno.EINVAL;
    }

    /** Linux lets some sockets end what they have not begun; nothing would come of it. */
    Errno refusesShutdownOutput(SocketKind kind) {
        if (kind.isDatagram()) {
            return Errno.EOPNOTSUPP;
        }
        return this == CONNECTED || this == BROKEN ? null : Errno.ENOTCONN;
    }
}
