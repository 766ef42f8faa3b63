package io.tardy.transport.kqueue;

import io.tardy.aio.AcceptError;
import io.tardy.aio.Datagram;
import io.tardy.aio.Errno;
import io.tardy.aio.SocketKind;
import io.tardy.aio.TardyIOException;
import io.tardy.os.SocketHandle;
import java.io.ByteArrayOutputStream;
import java.net.SocketAddress;
import java.net.SocketOption;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Queue;

/**
 * A simulated stream socket: what its peer has sent, room for what it sends, and connections to
 * accept. The methods whose names begin with {@code peer} are the other end.
 */
final class SimSocket extends SocketHandle {

    static final int ROOM = 64;

    private enum State {
        FRESH,
        CONNECTING,
        CONNECTED,
        LISTENING
    }

    private final SimSystem system;
    private final int ident;
    private final Queue<Byte> input = new ArrayDeque<>();
    private final Queue<SimSocket> backlog = new ArrayDeque<>();
    private State state = State.FRESH;
    private boolean inputOver;
    private boolean outputOver;
    private int pendingErrno;
    private int room = ROOM;

    /** All that was sent; of it, {@code ROOM - room()} bytes the peer has not read yet. */
    final ByteArrayOutputStream sent = new ByteArrayOutputStream();

    /** Calls of recv, send, accept and finishConnect. */
    int tries;

    /** How the next accept fails, or 0. */
    int acceptErrno;

    SimSocket(SimSystem system, int ident) {
        super(SocketKind.TCP);
        this.system = system;
        this.ident = ident;
    }

    int ident() {
        return ident;
    }

    SimSocket connected() {
        state = State.CONNECTED;
        accepted(null);
        return this;
    }

    SimSocket listening() {
        state = State.LISTENING;
        return this;
    }

    /** What the filter for reading counts. */
    int available() {
        return state == State.LISTENING ? backlog.size() : input.size();
    }

    boolean isInputOver() {
        return inputOver;
    }

    /** What the filter for writing counts. */
    int room() {
        return state == State.CONNECTED ? room : 0;
    }

    boolean isOutputOver() {
        return outputOver;
    }

    void peerSends(byte[] bytes) {
        for (byte b : bytes) {
            input.add(b);
        }
        system.happened(ident, KEvent.EVFILT_READ);
    }

    void peerEnds() {
        inputOver = true;
        system.happened(ident, KEvent.EVFILT_READ);
    }

    void peerResets() {
        breaks(Errno.ECONNRESET.number());
    }

    void peerReads(int count) {
        room = Math.min(room + count, ROOM);
        system.happened(ident, KEvent.EVFILT_WRITE);
    }

    void peerConnects() {
        backlog.add(system.newSocket().connected());
        system.happened(ident, KEvent.EVFILT_READ);
    }

    void peerAccepts() {
        state = State.CONNECTED;
        system.happened(ident, KEvent.EVFILT_WRITE);
    }

    void peerRefuses() {
        state = State.FRESH;
        breaks(Errno.ECONNREFUSED.number());
    }

    /** As soisdisconnected() does: an error to be told once, and both directions are over. */
    private void breaks(int errno) {
        pendingErrno = errno;
        inputOver = true;
        outputOver = true;
        system.happened(ident, KEvent.EVFILT_READ);
        system.happened(ident, KEvent.EVFILT_WRITE);
    }

    @Override
    public int recv(ByteBuffer into) {
        tries++;
        if (input.isEmpty()) {
            int errno = takeErrno();
            if (errno != 0) {
                return -errno;
            }
            return inputOver ? 0 : -Errno.EAGAIN.number();
        }
        int count = 0;
        while (into.hasRemaining() && !input.isEmpty()) {
            into.put(input.poll());
            count++;
        }
        return count;
    }

    @Override
    public int send(ByteBuffer from) {
        tries++;
        int errno = takeErrno();
        if (errno != 0) {
            return -errno;
        }
        if (outputOver) {
            return -Errno.EPIPE.number();
        }
        int count = Math.min(room(), from.remaining());
        if (count == 0 && from.hasRemaining()) {
            return -Errno.EAGAIN.number();
        }
        for (int i = 0; i < count; i++) {
            sent.write(from.get());
        }
        room -= count;
        return count;
    }

    @Override
    public SocketHandle accept() throws TardyIOException {
        tries++;
        if (acceptErrno != 0) {
            int errno = acceptErrno;
            acceptErrno = 0;
            throw new TardyIOException("accept", AcceptError.class, errno);
        }
        return backlog.poll();
    }

    @Override
    public int connect(SocketAddress address) {
        state = State.CONNECTING;
        return -Errno.EINPROGRESS.number();
    }

    @Override
    public int finishConnect() {
        tries++;
        int errno = takeErrno();
        return errno != 0 ? -errno : state == State.CONNECTED ? 0 : -Errno.EINPROGRESS.number();
    }

    private int takeErrno() {
        int errno = pendingErrno;
        pendingErrno = 0;
        return errno;
    }

    @Override
    protected void doShutdownOutput() {
        outputOver = true;
        system.happened(ident, KEvent.EVFILT_WRITE);
    }

    @Override
    protected void closeDescriptor() {
        system.closed(ident);
    }

    @Override
    public Datagram recvFrom(ByteBuffer into) {
        throw new UnsupportedOperationException();
    }

    @Override
    public int sendTo(ByteBuffer from, SocketAddress to) {
        throw new UnsupportedOperationException();
    }

    @Override
    protected void doBind(SocketAddress address) {}

    @Override
    protected void doListen(int backlog) {}

    @Override
    protected SocketAddress doLocalAddress() {
        return null;
    }

    @Override
    protected SocketAddress doRemoteAddress() {
        return null;
    }

    @Override
    protected void doSetOption(SocketOption<?> option, Object value) {}

    @Override
    protected Object doGetOption(SocketOption<?> option) {
        return null;
    }
}
