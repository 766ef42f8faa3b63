package io.tardy.os;

import io.tardy.aio.AsyncOp;
import io.tardy.aio.AsyncSubmission;
import io.tardy.aio.AsyncSubmission.Connect;
import io.tardy.aio.Errno;
import io.tardy.aio.PathlessUnixAddress;
import io.tardy.aio.SocketKind;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;

/**
 * How far one socket has come ({@link SocketStage}), whom it reaches, and which operations it
 * refuses for that. Asked in the frame that wants an operation, before any transport is. The lock
 * of its lifetime is held while the stage changes, but for the end of a connect.
 */
abstract class SocketProgress extends SocketLifetime {

    private final SocketKind kind;

    private volatile SocketStage stage = SocketStage.NEW;

    /** The frame that sends a file, between whose parts nothing may come; null if none does. */
    private volatile Thread fileSender;

    /** The other end of a stream, which the system forgets when it is reset; null if unknown. */
    private volatile SocketAddress peer;

    // The same of a connection over IPv4 that was accepted, for which a server has no use mostly:
    // the address as a number, and the port, or 0 if there is none.
    private int peerAddress;
    private char peerPort;

    /** The error number with which a stream has broken, or 0; set before the stage. */
    private volatile short breach;

    SocketProgress(SocketKind kind) {
        this.kind = kind;
    }

    final SocketKind kind() {
        return kind;
    }

    final SocketStage stage() {
        return stage;
    }

    final SocketAddress peer() {
        return peerPort == 0 ? peer : acceptedFrom();
    }

    private InetSocketAddress acceptedFrom() {
        byte[] address = ByteBuffer.allocate(Integer.BYTES).putInt(peerAddress).array();
        try {
            return new InetSocketAddress(InetAddress.getByAddress(address), peerPort);
        } catch (UnknownHostException e) {
            throw new AssertionError("an address of four bytes", e);
        }
    }

    /** Before others see the socket. */
    final void accepted(SocketAddress from) {
        if (from instanceof InetSocketAddress inet
                && inet.getAddress() instanceof Inet4Address address
                && inet.getPort() > 0) {
            peerAddress = ByteBuffer.wrap(address.getAddress()).getInt();
            peerPort = (char) inet.getPort();
        } else {
            peer = from;
        }
        stage = SocketStage.CONNECTED;
    }

    /** With the lock. */
    final void listening() {
        stage = SocketStage.LISTENING;
    }

    /**
     * @param unixPathBytesMax how long a path of the Unix domain may be
     */
    final int begin(AsyncSubmission<?, ?> submission, int unixPathBytesMax) {
        if (isClosed()) {
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
        if (submission instanceof AsyncSubmission.AwaitInput && stage == SocketStage.LISTENING) {
            return null;
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

    final synchronized void beginSendFile() {
        boolean isSending = stage == SocketStage.CONNECTED && isAnySending();
        if (isSending || fileSender != null) {
            throw SocketHandle.directionTaken("sends to");
        }
        fileSender = Thread.currentThread();
    }

    final void endSendFile() {
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

    private synchronized Errno beginConnect(SocketAddress address, int unixPathBytesMax) {
        Errno refusal = stage.refusesConnect(kind);
        if (refusal == null) {
            refusal = SocketAddressRules.refusesRemote(kind, address, unixPathBytesMax);
        }
        if (refusal == null && !kind.isDatagram()) {
            stage = SocketStage.CONNECTING;
        }
        return refusal;
    }

    final void connectEnded(SocketAddress address, boolean succeeded) {
        if (succeeded) {
            peer = kind.isDatagram() ? null : address;
            stage = SocketStage.CONNECTED;
        } else if (!kind.isDatagram()) {
            stage = SocketStage.FAILED;
        }
    }

    final int failed(AsyncOp op, int errno) {
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

    private synchronized void broken(int errno) {
        if (stage == SocketStage.CONNECTED) {
            breach = (short) errno; // Linux's are at most 4095
            stage = SocketStage.BROKEN;
        }
    }
}
