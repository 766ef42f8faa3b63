package io.tardy.os;

import io.tardy.aio.AsyncOp;
import io.tardy.aio.AsyncSubmission;
import io.tardy.aio.Errno;
import io.tardy.aio.OpenSocket;
import io.tardy.aio.SocketError;
import io.tardy.aio.SocketKind;
import io.tardy.aio.TardyIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketAddress;
import java.net.SocketOption;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.util.Map;
import java.util.concurrent.CompletionStage;

/**
 * An open socket of the system, with the runtimes that use it. {@link SystemSocket} has the
 * system's calls, which the subclasses make.
 *
 * <p>A runtime that starts an operation attaches first. {@link #close} is the end for everybody at
 * once, but the descriptor is closed only when the last attached runtime has detached: so no
 * runtime ever holds a number that already means another socket.
 *
 * <p>The non-blocking calls ({@link #recv}, {@link #send}, {@link #accept}, {@link #connect}) are
 * made by an attached runtime's thread. All others may be made by any thread.
 */
public abstract class SocketHandle extends SystemSocket {

    /** No datagram of UDP is as long. */
    private static final int UDP_BYTES_BOUND = 64 * 1024;

    /** One runtime's hold on a socket. */
    public interface Attachment {

        /** What attached, compared by identity; null for a hold that is never looked up. */
        Object owner();

        /** Whether a frame waits to send; of meaning on the owner's thread, elsewhere a hint. */
        default boolean isSending() {
            return false;
        }

        /** The socket was closed: call {@link #detach} soon, on the owner's thread. */
        void socketClosed();
    }

    /** One object for both: each connection has it. */
    private final class Progress extends SocketProgress {

        Progress(SocketKind kind) {
            super(kind);
        }

        @Override
        boolean lingers() {
            return stage() != SocketStage.LISTENING && SocketSettings.lingers(SocketHandle.this);
        }

        @Override
        void lingerNoMore() throws TardyIOException {
            doSetOption(StandardSocketOptions.SO_LINGER, -1);
        }

        @Override
        void closeDescriptor() throws TardyIOException {
            SocketHandle.this.closeDescriptor();
        }
    }

    private final Progress progress;

    /** What a stream was told that its system keeps from its connections; replaced as a whole. */
    private volatile Map<SocketOption<?>, Object> told = Map.of();

    /**
     * What is behind a socket that a submission names.
     *
     * @throws IllegalArgumentException if it is none that a transport of Tardy's has opened
     */
    public static SocketHandle of(OpenSocket socket) {
        if (socket instanceof SocketHandle handle) {
            return handle;
        }
        throw new IllegalArgumentException(
                socket + " was opened by no transport of Tardy's: wrap one that was");
    }

    /** Represents a socket that is open. */
    protected SocketHandle(SocketKind kind) {
        this.progress = new Progress(kind);
    }

    /**
     * The system has accepted this socket: it is connected. Called before others see it.
     *
     * @param from the other end, if {@link #doRemoteAddress} may forget it, or null
     */
    protected final void accepted(SocketAddress from) {
        progress.accepted(from);
    }

    /** Another process has made this socket, and it listens. Called before others see it. */
    protected final void inherited() {
        progress.listening();
    }

    /**
     * Gives a connection of this listener the options that {@link #optionsTold} has.
     *
     * @throws TardyIOException if the system refuses, as some do when the connection is gone
     */
    protected final void copyOptionsTo(SocketHandle connection) throws TardyIOException {
        SocketSettings.copy(told, connection);
    }

    /** What this stream was told, as far as its system does not tell its connections. */
    protected final Map<SocketOption<?>, Object> optionsTold() {
        return told;
    }

    /** Whether connections inherit all options of their listener; here they do not. */
    protected boolean inheritsOptions() {
        return false;
    }

    @Override
    public final SocketKind kind() {
        return progress.kind();
    }

    @Override
    public final boolean isClosed() {
        return progress.isClosed();
    }

    /** The attachment of this owner, or null. Called on the owner's thread. */
    public final Attachment attachmentOf(Object owner) {
        return progress.attachmentOf(owner);
    }

    /**
     * Adds a runtime's hold.
     *
     * @return false if the socket is closed
     */
    public final boolean attach(Attachment attachment) {
        return progress.attach(attachment);
    }

    /** Ends a runtime's hold; closes the descriptor if the socket is closed and this was last. */
    public final void detach(Attachment attachment) throws TardyIOException {
        progress.detach(attachment);
    }

    /** Whether more than one runtime has used it, each of which may receive what comes next. */
    public final boolean isShared() {
        return progress.isShared();
    }

    /**
     * Closes the socket. Operations that wait on it fail with {@code EBADF}; the runtimes that use
     * it detach, each on its own thread, and the last to do so closes the descriptor, or has a
     * thread do it that may wait if the socket lingers. Idempotent.
     */
    public final void close() throws TardyIOException {
        progress.close();
    }

    /** Whether it accepts connections: another descriptor of the same may be open then. */
    public final boolean isListening() {
        return progress.stage() == SocketStage.LISTENING;
    }

    /** How far it has come. */
    final SocketStage stage() {
        return progress.stage();
    }

    /**
     * Completes when the descriptor of a socket that lingers ({@code SO_LINGER}) is closed, as soon
     * as the peer lets it; null before that has begun, and for all other sockets.
     */
    public final CompletionStage<Void> lingering() {
        return progress.lingering();
    }

    /**
     * Asks the socket, before a transport is, whether an operation is for one like this; in the
     * frame that asks for it. A connect that is not refused has begun: {@link #connectEnded} must
     * follow.
     *
     * @param submission a receive, a send, an accept or a connect
     * @return 0, or the positive error number with which it is refused
     * @throws IllegalArgumentException if its address is none for this kind of socket
     * @throws IllegalStateException if the socket can only be closed, or another frame sends a file
     */
    public final int begin(AsyncSubmission<?, ?> submission) {
        return progress.begin(submission, unixPathBytesMax());
    }

    /**
     * The frame that calls this begins to send a file, in as many parts as it takes, and has the
     * sending direction to itself until {@link #endSendFile}.
     *
     * @throws IllegalStateException if another frame sends, before anything is sent
     */
    public final void beginSendFile() {
        progress.beginSendFile();
    }

    /** The end of what {@link #beginSendFile} has begun. */
    public final void endSendFile() {
        progress.endSendFile();
    }

    /** {@link #isReadable}, on any thread. */
    public final boolean hasInput() throws TardyIOException {
        boolean[] isThere = new boolean[1];
        progress.whileOpen("poll", () -> isThere[0] = isReadable());
        return isThere[0];
    }

    /** How many bytes of a stream the system has that were not received; on any thread. */
    public final int bytesAvailable() throws TardyIOException {
        int[] count = new int[1];
        progress.whileOpen(
                "available",
                () -> {
                    refuse("available", progress.stage().refusesAvailable(kind()));
                    count[0] = doAvailable();
                    if (count[0] < 0) {
                        throw new TardyIOException("available", SocketError.class, -count[0]);
                    }
                });
        return count[0];
    }

    /**
     * A connect that {@link #begin} let pass is over.
     *
     * @param address the one that was reached: that of the submission
     */
    public final void connectEnded(SocketAddress address, boolean succeeded) {
        progress.connectEnded(address, succeeded);
    }

    /**
     * An operation is about to fail. The system says once why a stream has broken, and then that it
     * has come to an orderly end; we say it for ever.
     *
     * @param errno its error number; 0 is the end of the stream
     * @return the number to fail with
     */
    public final int failed(AsyncOp op, int errno) {
        return progress.failed(op, errno);
    }

    /** How long a path of the Unix domain may be, in bytes. */
    protected int unixPathBytesMax() {
        return SocketAddressRules.UNIX_PATH_BYTES_MAX;
    }

    /** See bind(2). */
    public final void bind(SocketAddress address) throws TardyIOException {
        Errno refusal = SocketAddressRules.refusesLocal(kind(), address, unixPathBytesMax());
        progress.whileOpen(
                "bind",
                () -> {
                    refuse("bind", refusal);
                    refuse("bind", progress.stage().refusesBind(kind()));
                    doBind(address);
                });
    }

    /** See listen(2). */
    public final void listen(int backlog) throws TardyIOException {
        progress.whileOpen(
                "listen",
                () -> {
                    refuse("listen", progress.stage().refusesListen(kind()));
                    doListen(backlog);
                    progress.listening();
                });
    }

    /** See shutdown(2). That the peer has reset the connection is left to the next receive. */
    public final void shutdownOutput() throws TardyIOException {
        progress.whileOpen(
                "shutdown",
                () -> {
                    refuse("shutdown", progress.stage().refusesShutdownOutput(kind()));
                    try {
                        doShutdownOutput();
                    } catch (TardyIOException e) {
                        if (e.error() != SocketError.SOCKET_NOT_CONNECTED) {
                            throw e;
                        }
                    }
                });
    }

    private static void refuse(String operation, Errno refusal) throws TardyIOException {
        if (refusal != null) {
            throw new TardyIOException(operation, SocketError.class, refusal.number());
        }
    }

    /** The address of this end, or null if there is none. */
    public final SocketAddress localAddress() throws TardyIOException {
        SocketAddress[] address = new SocketAddress[1];
        progress.whileOpen("getsockname", () -> address[0] = doLocalAddress());
        return isUnspecified(address[0]) ? null : address[0];
    }

    /** The system has an address for what is not bound, too: of no port, or of no name. */
    private static boolean isUnspecified(SocketAddress address) {
        return address instanceof InetSocketAddress inet && inet.getPort() == 0
                || address instanceof UnixDomainSocketAddress unix
                        && unix.getPath().toString().isEmpty();
    }

    /** The address of the other end, or null if there is none; of a stream it stays. */
    public final SocketAddress remoteAddress() throws TardyIOException {
        SocketAddress[] address = new SocketAddress[1];
        progress.whileOpen("getpeername", () -> address[0] = doRemoteAddress());
        SocketAddress told = address[0] == null ? progress.peer() : address[0];
        return isUnspecified(told) ? null : told;
    }

    /**
     * Sets an option of {@code java.net.StandardSocketOptions}.
     *
     * @throws UnsupportedOperationException if sockets of this kind do not have it
     * @throws IllegalArgumentException if it has no such value
     */
    public final <T> void setOption(SocketOption<T> option, T value) throws TardyIOException {
        Object checked = SocketOptions.checked(kind(), option, value);
        progress.whileOpen(
                "setsockopt", () -> told = SocketSettings.set(this, told, option, checked));
    }

    /**
     * The value of an option of {@code java.net.StandardSocketOptions}.
     *
     * @throws UnsupportedOperationException if sockets of this kind do not have it
     */
    public final <T> T getOption(SocketOption<T> option) throws TardyIOException {
        SocketOptions.require(kind(), option);
        Object[] value = new Object[1];
        progress.whileOpen("getsockopt", () -> value[0] = doGetOption(option));
        return option.type().cast(value[0]);
    }

    /** So that no memory is taken for a datagram that the system would refuse; see unix(7). */
    final int datagramBytesMax() {
        if (kind() != SocketKind.UNIX_DATAGRAM) {
            return UDP_BYTES_BOUND;
        }
        try {
            return getOption(StandardSocketOptions.SO_SNDBUF);
        } catch (TardyIOException e) {
            return Integer.MAX_VALUE; // the send will say it too
        }
    }

    /**
     * Begins to receive what is sent to a group.
     *
     * @param via where to listen
     */
    public final void join(InetAddress group, NetworkInterface via) throws TardyIOException {
        joinOrLeave("join", group, via, true);
    }

    /** Ends what {@link #join} has begun. */
    public final void leave(InetAddress group, NetworkInterface via) throws TardyIOException {
        joinOrLeave("leave", group, via, false);
    }

    private void joinOrLeave(
            String operation, InetAddress group, NetworkInterface via, boolean joins)
            throws TardyIOException {
        if (!group.isMulticastAddress()) {
            throw new IllegalArgumentException(group + " is no multicast address");
        }
        progress.whileOpen(
                operation,
                () -> {
                    refuse(operation, kind() == SocketKind.UDP ? null : Errno.EOPNOTSUPP);
                    doJoin(group, via, joins);
                });
    }

    /** The programmer's error of a second frame in one direction of a socket. */
    public static IllegalStateException directionTaken(String verb) {
        return new IllegalStateException(
                "another frame already "
                        + verb
                        + " this socket on this runtime: one frame may wait in each direction");
    }

    /** The programmer's error of a socket that this transport cannot drive. */
    public static IllegalStateException ofAnotherTransport(OpenSocket socket) {
        return new IllegalStateException(
                socket
                        + " was opened for another transport: open it with the Tardy that runs it,"
                        + " Socket.tcp(tardy, host, port)");
    }

    /** Logs a failure to close that no caller waits for. */
    public static void logCloseFailure(TardyIOException failure) {
        SocketLifetime.logCloseFailure(failure);
    }
}
