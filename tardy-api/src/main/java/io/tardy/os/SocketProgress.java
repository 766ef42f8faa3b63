package io.tardy.os;

import io.tardy.aio.AsyncOp;
import io.tardy.aio.AsyncSubmission;
import io.tardy.aio.AsyncSubmission.Connect;
import io.tardy.aio.Errno;
import io.tardy.aio.PathlessUnixAddress;
import io.tardy.aio.SocketKind;
import java.net.SocketAddress;

/**
 * How far one socket has come ({@link SocketStage}), whom it reaches, and which operations it
 * refuses for that. Asked in the frame that wants an operation, before any transport is.
 */
final class SocketProgress {

    private final SocketKind kind;

    /** Whose lock is held while the stage changes, but for the end of a connect. */
    private final SocketLifetime lifetime;

    private volatile SocketStage stage = SocketStage.NEW;

    /** The frame that sends a file, between whose parts nothing may come; null if none does. */
    private volatile Thread fileSender;

    /** The other end of a stream, which the system forgets when it is reset; null if unknown. */
    private volatile SocketAddress peer;

    /** The error number with which a stream has broken, or 0; set before the stage. */
    private volatile int breach;

    SocketProgress(SocketKind kind, SocketLifetime lifetime) {
        this.kind = kind;
        this.lifetime = lifetime;
    }

    SocketStage stage() {
        return stage;
    }

    SocketAddress peer() {
        return peer;
    }

    void accepted(SocketAddress from) {
        peer = from;
        stage = SocketStage.CONNECTED;
    }

    /** With the lock. */
    void listening() {
        stage = SocketStage.LISTENING;
    }

    /**
     * @param unixPathBytesMax how long a path of the Unix domain may be
     */
    int begin(AsyncSubmission<?, ?> submission, int unixPathBytesMax) {
        if (lifetime.isClosed()) {
            return Errno.EBADF.number();
        }
        // Every message passes here: by the constant, and without a call where that is possible.
        return switch (submission.op()) {
            case RECV -> numberOf(refusesRecv(submission));
            case SEND -> beginSend(submission, unixPathBytesMax);
            case ACCEPT -> numberOf(stage.refusesAccept(kind));
            case CONNECT ->
                    numberOf(beginConnect(((Connect) submission).address(), unixPathBytesMax));
            default -> throw new IllegalArgumentException("begins by itself: " + submission);
        };
    }

    private Errno refusesRecv(AsyncSubmission<?, ?> submission) {
        if (submission instanceof AsyncSubmission.RecvFrom) {
            return kind.isDatagram() ? null : Errno.EOPNOTSUPP;
        }
        return kind.isDatagram() && submission instanceof AsyncSubmission.AwaitReadable
                ? Errno.EOPNOTSUPP
                : stage.refusesRecv(kind);
    }

    private int beginSend(AsyncSubmission<?, ?> submission, int unixPathBytesMax) {
        Thread sender = fileSender;
        if (sender != null && sender != Thread.currentThread()) {
            throw SocketHandle.directionTaken("sends to");
        }
        return submission instanceof AsyncSubmission.SendTo sendTo
                ? numberOf(refusesSendTo(sendTo.to(), unixPathBytesMax))
                : numberOf(stage.refusesSend(kind));
    }

    void beginSendFile() {
        synchronized (lifetime) {
            boolean isSending = stage == SocketStage.CONNECTED && lifetime.isAnySending();
            if (isSending || fileSender != null) {
                throw SocketHandle.directionTaken("sends to");
            }
            fileSender = Thread.currentThread();
        }
    }

    void endSendFile() {
        fileSender = null;
    }

    private static int numberOf(Errno refusal) {
        return refusal == null ? 0 : refusal.number();
    }

    private Errno refusesSendTo(SocketAddress to, int unixPathBytesMax) {
        if (!kind.isDatagram()) {
            return Errno.EOPNOTSUPP;
        }
        return kind.isUnix() && to instanceof PathlessUnixAddress address
                ? SocketAddressRules.refusesReceiver(address)
                : SocketAddressRules.refusesRemote(kind, to, unixPathBytesMax);
    }

    private Errno beginConnect(SocketAddress address, int unixPathBytesMax) {
        synchronized (lifetime) {
            Errno refusal = stage.refusesConnect(kind);
            if (refusal == null) {
                refusal = SocketAddressRules.refusesRemote(kind, address, unixPathBytesMax);
            }
            if (refusal == null && !kind.isDatagram()) {
                stage = SocketStage.CONNECTING;
            }
            return refusal;
        }
    }

    void connectEnded(SocketAddress address, boolean succeeded) {
        if (succeeded) {
            peer = kind.isDatagram() ? null : address;
            stage = SocketStage.CONNECTED;
        } else if (!kind.isDatagram()) {
            stage = SocketStage.FAILED;
        }
    }

    int failed(AsyncOp op, int errno) {
        boolean isTransfer = op == AsyncOp.RECV || op == AsyncOp.SEND;
        if (kind.isDatagram() || !isTransfer) {
            return errno;
        } else if (errno == 0) {
            return breach;
        }
        switch (Errno.of(errno)) {
            case ECONNRESET, ECONNABORTED, ETIMEDOUT, EHOSTUNREACH, ENETUNREACH -> broken(errno);
            default -> {}
        }
        return errno;
    }

    private void broken(int errno) {
        synchronized (lifetime) {
            if (stage == SocketStage.CONNECTED) {
                breach = errno;
                stage = SocketStage.BROKEN;
            }
        }
    }
}
