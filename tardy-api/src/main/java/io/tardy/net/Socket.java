package io.tardy.net;

import io.netty.buffer.ByteBuf;
import io.tardy.Deadline;
import io.tardy.Tardy;
import io.tardy.TardyRuntime;
import io.tardy.aio.AcceptError;
import io.tardy.aio.CancelledException;
import io.tardy.aio.ConnectError;
import io.tardy.aio.Datagram;
import io.tardy.aio.DeadlineExceededException;
import io.tardy.aio.PathlessUnixAddress;
import io.tardy.aio.RecvError;
import io.tardy.aio.SendError;
import io.tardy.aio.SocketError;
import io.tardy.aio.SocketKind;
import io.tardy.aio.TardyIOException;
import io.tardy.fs.File;
import io.tardy.os.SocketHandle;
import io.tardy.stream.LendingStream;
import io.tardy.stream.Stream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketAddress;
import java.net.SocketOption;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A socket: TCP or UDP over IPv4 or IPv6, or of the Unix domain, for streams or for datagrams.
 *
 * <p>{@link #accept}, {@link #connect}, {@code recv} and {@code send} make the calling frame wait
 * and throw {@link IllegalStateException} outside of a frame. Everything else may be called from
 * any thread, and returns at once, except the lookup of a name ({@link #tcp}, {@link #udp}) and a
 * {@link #close} that lingers. A call that the system refuses throws {@link TardyIOException}.
 *
 * <p>A wait ends early if the frame is cancelled, or if the {@link Deadline} around it passes, with
 * {@link CancelledException} or {@link DeadlineExceededException}. The operation is over then, and
 * no data is lost: the next operation receives it.
 *
 * <p>One frame may wait to receive while another waits to send; a second one in the same direction,
 * on the same runtime, is a programming error and gets an {@link IllegalStateException}. One frame
 * on each of several runtimes may accept from the same listening socket.
 *
 * <p>A buffer belongs to the operation until the call returns. One of a {@link
 * java.lang.foreign.Arena} that could be closed meanwhile gets an {@link IllegalArgumentException};
 * use {@code ByteBuffer.allocateDirect} or {@code Arena.ofAuto()}. Until closed, a socket keeps its
 * descriptor, and its last two buffers that are no {@code ByteBuf}s.
 */
public final class Socket extends InputSocket implements LendingStream, AutoCloseable {

    private final SocketTarget target;
    final Lending lending = new Lending();
    volatile Dealer dealer; // null before the first serveEvenly

    Socket(SocketHandle handle, SocketTarget target) {
        super(handle);
        this.target = target;
    }

    /**
     * A TCP socket for this address: to {@link #bind} and {@link #listen} at, or to {@link
     * #connect} to. Opened for the runtime of this thread or, outside of any, for the transport
     * that {@code AsyncType.AUTO} chooses. {@code TCP_NODELAY} and {@code SO_REUSEADDR} are on. A
     * <a href="package-summary.html#names">name</a> is looked up here, for which a frame waits.
     *
     * @param host a name or a literal address; {@code bind} takes the first address of a name
     * @param port 0 to 65535; 0 lets {@code bind} choose
     * @throws TardyIOException if the system gives no socket; else as of {@link Names#resolve}
     */
    public static Socket tcp(String host, int port) throws TardyIOException {
        return SocketOpening.HERE.tcp(host, port);
    }

    /** {@link #tcp(String, int)}, opened for the runtimes of this Tardy, with its resolver. */
    public static Socket tcp(Tardy tardy, String host, int port) throws TardyIOException {
        return SocketOpening.of(tardy).tcp(host, port);
    }

    /** {@link #tcp(String, int)} for an address that is resolved; looks nothing up. */
    public static Socket tcp(InetSocketAddress address) throws TardyIOException {
        return SocketOpening.HERE.tcp(address);
    }

    /** {@link #tcp(InetSocketAddress)}, opened for the runtimes of this Tardy. */
    public static Socket tcp(Tardy tardy, InetSocketAddress address) throws TardyIOException {
        return SocketOpening.of(tardy).tcp(address);
    }

    /**
     * A stream socket of the Unix domain at this path, of at most 107 bytes (poll: 106; macOS and
     * the BSDs: 103, 102), or {@code bind} and {@code connect} fail with {@code NAME_TOO_LONG};
     * opened for the same runtimes as by {@link #tcp}. The file that {@link #bind} makes at the
     * path stays when the socket is closed: delete it before another one is bound there.
     */
    public static Socket unix(Path path) throws TardyIOException {
        return SocketOpening.HERE.unix(SocketKind.UNIX, path);
    }

    /** {@link #unix(Path)}, opened for the runtimes of this Tardy. */
    public static Socket unix(Tardy tardy, Path path) throws TardyIOException {
        return SocketOpening.of(tardy).unix(SocketKind.UNIX, path);
    }

    /**
     * A UDP socket for this address, or the first address of a name: to {@link #bind} at, or to
     * {@link #connect} to. Opened, and names looked up, as by {@link #tcp}.
     */
    public static Socket udp(String host, int port) throws TardyIOException {
        return SocketOpening.HERE.udp(host, port);
    }

    /** {@link #udp(String, int)}, opened for the runtimes of this Tardy, with its resolver. */
    public static Socket udp(Tardy tardy, String host, int port) throws TardyIOException {
        return SocketOpening.of(tardy).udp(host, port);
    }

    /** {@link #udp(String, int)} for an address that is resolved; looks nothing up. */
    public static Socket udp(InetSocketAddress address) throws TardyIOException {
        return SocketOpening.HERE.udp(address);
    }

    /** {@link #udp(InetSocketAddress)}, opened for the runtimes of this Tardy. */
    public static Socket udp(Tardy tardy, InetSocketAddress address) throws TardyIOException {
        return SocketOpening.of(tardy).udp(address);
    }

    /** A datagram socket of the Unix domain at this path; opened as by {@link #tcp}. */
    public static Socket unixDatagram(Path path) throws TardyIOException {
        return SocketOpening.HERE.unix(SocketKind.UNIX_DATAGRAM, path);
    }

    /** {@link #unixDatagram(Path)}, opened for the runtimes of this Tardy. */
    public static Socket unixDatagram(Tardy tardy, Path path) throws TardyIOException {
        return SocketOpening.of(tardy).unix(SocketKind.UNIX_DATAGRAM, path);
    }

    /**
     * Binds to the address; see bind(2). A Unix socket makes a file at its path.
     *
     * @throws IllegalArgumentException if the path of a Unix socket is empty
     * @throws TardyIOException with {@link SocketError#ADDRESS_IN_USE} also if its path exists
     */
    public Socket bind() throws TardyIOException {
        target.bind(handle);
        return this;
    }

    /**
     * Binds this end of a client, before {@link #connect}: at port 0 for any. Addresses of another
     * family are not tried then; {@code 0.0.0.0} and {@code ::} stand for both families.
     *
     * @throws TardyIOException with {@link SocketError#ADDRESS_FAMILY_NOT_SUPPORTED} if no address
     *     is left to try; else as of {@link #bind()}
     */
    public Socket bindLocal(SocketAddress local) throws TardyIOException {
        target.bindLocal(handle, local);
        return this;
    }

    /** Starts to listen; see listen(2). So many connections may wait to be accepted. */
    public Socket listen(int backlog) throws TardyIOException {
        handle.listen(backlog);
        return this;
    }

    /**
     * Waits for a connection whose peer has not given up already. The caller closes it.
     *
     * @throws TardyIOException with {@link AcceptError#PROCESS_FD_QUOTA_EXCEEDED} and its like when
     *     descriptors run out: a server should wait a little and retry
     */
    public Socket accept() throws TardyIOException {
        return AcceptLoop.accept(handle);
    }

    /** Serves one connection, in a frame of its own; the connection is closed when it returns. */
    @FunctionalInterface
    public interface ConnectionHandler {
        void handle(Socket peer) throws Exception;
    }

    /**
     * Accepts connections and spawns a frame for each, until this socket is closed, or the runtime
     * {@link TardyRuntime#drain drains}: then it serves those that wait already and closes this. If
     * descriptors run out, or the system fails for an unknown reason, this logs it once and retries
     * ten times a second. While a static pool of tasks is full it accepts no connection.
     *
     * @throws CancelledException if the frame is cancelled; the connections' frames go on
     * @throws TardyIOException if the socket does not listen
     */
    public void serve(ConnectionHandler handler) throws TardyIOException {
        AcceptLoop.here(this, handle, handler).run();
    }

    /** {@link #serve} by several runtimes, <a href="package-summary.html#evenly">evenly</a>. */
    public void serveEvenly(ConnectionHandler handler) throws TardyIOException {
        Dealer.of(this).serve(handler);
    }

    /**
     * Connects to the address; of {@code 0.0.0.0} and {@code ::}, to the loopback of the same
     * family. If it fails or is cancelled, it closes a stream; a UDP socket may connect again, and
     * until then keeps its previous peer.
     *
     * <p>TCP tries each address of the <a href="package-summary.html#names">name</a>, unless {@link
     * #bind} was called. If all fail, it throws the first failure, with the others suppressed.
     *
     * @throws IllegalArgumentException if the path of a Unix socket is empty
     * @throws TardyIOException for example with {@link ConnectError#CONNECTION_REFUSED}
     */
    public Socket connect() throws TardyIOException {
        target.connect(this);
        return this;
    }

    /** {@link #connect()} in this time, as by {@link Deadline#within}. */
    public Socket connect(Duration within) throws TardyIOException {
        return SocketCall.within(within, this::connect);
    }

    /** TLS on this connection, as its client: {@link Tls#client(Socket, String)}. */
    public TlsSocket tls(Tls tls, String host) throws IOException {
        return tls.client(this, host);
    }

    /**
     * Waits until data is there and receives it. A datagram socket receives one datagram: what has
     * no room is lost, and there is no end.
     *
     * <p>After a reset by the peer every {@code recv}, of any form, behind the data that has
     * arrived throws {@link RecvError#CONNECTION_RESET_BY_PEER}: a reset stream has no orderly end.
     *
     * @param into direct or heap; its position advances; a stream needs room in it to receive
     * @return the number of bytes, which is 0 for an empty datagram, or -1 at the end of the stream
     * @throws IllegalArgumentException if the buffer is read-only
     */
    public int recv(ByteBuffer into) throws TardyIOException {
        return handle.kind().isDatagram()
                ? Datagrams.recv(handle, into)
                : BufferCalls.recv(lending.last().recv(handle, into));
    }

    /** {@link #recv(ByteBuffer)} in this time, as by {@link Deadline#within}; nothing is lost. */
    public int recv(ByteBuffer into, Duration within) throws TardyIOException {
        return SocketCall.within(within, () -> recv(into));
    }

    /**
     * Waits for one datagram and receives it. A stream fails with {@code OPERATION_NOT_SUPPORTED}.
     *
     * @param into as of {@link #recv(ByteBuffer)}; what has no room is lost
     * @return the sender, the length, and whether the datagram was truncated
     */
    public Datagram recvFrom(ByteBuffer into) throws TardyIOException {
        return Datagrams.recvFrom(handle, into);
    }

    /**
     * Sends what remains in the buffer as one datagram. A stream fails with {@code
     * OPERATION_NOT_SUPPORTED}; on poll, a socket of another peer with {@code ALREADY_CONNECTED}.
     *
     * @param to the receiver; of {@code 0.0.0.0} and {@code ::}, the loopback of the same family;
     *     of a Unix socket its path, or a {@link PathlessUnixAddress} with an abstract name
     * @throws IllegalArgumentException if it is none for this kind of socket, or has no name
     * @throws TardyIOException also with {@link SendError#WOULD_BLOCK} if the queue of a Unix
     *     receiver is full: the system does not tell when there is room again
     */
    public void sendTo(ByteBuffer from, SocketAddress to) throws TardyIOException {
        Datagrams.sendTo(handle, from, to);
    }

    @Override
    public int read(ByteBuffer into) throws TardyIOException {
        return recv(into);
    }

    @Override
    public int write(ByteBuffer from) throws TardyIOException {
        return send(from);
    }

    /** {@link #sendFile} from a file, {@link #recvNext} from a socket, else through a buffer. */
    @Override
    public long transferFrom(Stream from, long countMax) throws IOException {
        long sent = Lending.trySend(from, this, countMax);
        return sent < 0 ? LendingStream.super.transferFrom(from, countMax) : sent;
    }

    /**
     * Receives into the writable bytes of a contiguous buffer; its writer index advances.
     *
     * @return the number of bytes, or -1 at the end of the stream
     * @throws IllegalArgumentException if the buffer is read-only, or of several parts
     */
    public int recv(ByteBuf into) throws TardyIOException {
        return BufferCalls.recv(handle, into);
    }

    /**
     * Waits for data, or for a datagram, and returns it in a pooled buffer that is taken only then,
     * or null at the end of the stream. The caller releases it, or {@link #sendAll(ByteBuf)} does.
     */
    public @Nullable ByteBuf recv() throws TardyIOException {
        return BufferCalls.recv(handle);
    }

    /**
     * Waits for data and returns it in memory of the runtime's, or null at the end of the stream.
     * An idle socket holds none; there is nothing to release.
     *
     * <p>The buffer is the frame's to read and to change, up to its capacity of 16 KiB, until its
     * next {@code recvNext} on this socket (a {@link Stream#copy} from it is one), or until it
     * closes the socket. Then it has no bytes any more, and later it has those of another
     * connection: copy what you keep. It may be passed to other calls and other frames until then;
     * {@link #sendAll} sends it back, or through another socket. A datagram socket lends nothing
     * and fails with {@link RecvError#OPERATION_NOT_SUPPORTED}.
     */
    @Override
    public @Nullable ByteBuffer recvNext() throws TardyIOException {
        return lending.next(handle);
    }

    /** {@link #recvNext()} in this time, as by {@link Deadline#within}; nothing is lost. */
    public @Nullable ByteBuffer recvNext(Duration within) throws TardyIOException {
        return SocketCall.within(within, this::recvNext);
    }

    /**
     * Receives until the buffer is full or the stream ends.
     *
     * @return the number of bytes: less than the room at the end of the stream, -1 behind it
     */
    public int recvAll(ByteBuffer into) throws TardyIOException {
        return BufferCalls.recvAll(this, into);
    }

    /**
     * Waits until the system takes something, and sends as much as it takes at once; nothing of an
     * empty buffer. A datagram socket sends one datagram, which may be empty, or fails with {@link
     * SendError#MESSAGE_OVERSIZE}.
     *
     * @param from direct or heap; its position advances
     * @return the number of bytes, which may be fewer than remained
     * @throws TardyIOException with {@link SendError#BROKEN_PIPE} if the peer has closed or reset
     *     it; the first time after a reset maybe {@link SendError#CONNECTION_RESET_BY_PEER}
     */
    public int send(ByteBuffer from) throws TardyIOException {
        return from.hasRemaining() || handle.kind().isDatagram() ? lending.send(handle, from) : 0;
    }

    /** Sends all that remains in the buffer; of a datagram socket, as {@link #send} does. */
    public void sendAll(ByteBuffer from) throws TardyIOException {
        do {
            send(from);
        } while (from.hasRemaining());
    }

    /** Sends all readable bytes, as {@link #send} does; releases the buffer, also on failure. */
    public void sendAll(ByteBuf from) throws TardyIOException {
        BufferCalls.sendAll(handle, from);
    }

    /**
     * {@link #sendAll(ByteBuffer)} of several buffers, together where that is one call. If it
     * fails, their positions tell what was sent. A datagram socket sends one datagram of all.
     */
    public void sendAll(ByteBuffer... from) throws TardyIOException {
        BufferCalls.sendAll(this, from);
    }

    @Override
    public void writeAll(ByteBuffer... from) throws TardyIOException {
        sendAll(from);
    }

    /**
     * Sends a part of a file, up to its end. Uses sendfile(2) for a regular file on io_uring and
     * epoll, and a buffer of 64 KiB otherwise. Waits while the peer does not read.
     *
     * @param offset where in the file, in bytes; the file's position does not change
     * @param count how many bytes at most; what is sent is returned
     * @throws IllegalArgumentException if the offset or the count is negative
     * @throws IllegalStateException if another frame is sending, then nothing of the file is sent;
     *     in a frame that sends meanwhile
     */
    public long sendFile(File file, long offset, long count) throws TardyIOException {
        return new FileSending(handle, this, file).sendAt(offset, count);
    }

    /**
     * {@link #sendFile(File, long, long)} from the file's position, which advances by what the
     * socket took, even on failure. A file without one (a FIFO, a terminal) may be read further.
     */
    public long sendFile(File file, long count) throws TardyIOException {
        return new FileSending(handle, this, file).send(count);
    }

    /**
     * Starts to receive what is sent to a multicast group. For UDP sockets.
     *
     * @param via the interface to listen at
     * @throws TardyIOException with {@link SocketError#ADDRESS_IN_USE} if it is in the group
     * @throws IllegalArgumentException if the address is not a multicast address
     */
    public Socket join(InetAddress group, NetworkInterface via) throws TardyIOException {
        handle.join(group, via);
        return this;
    }

    /** Leaves a group that it has joined. */
    public Socket leave(InetAddress group, NetworkInterface via) throws TardyIOException {
        handle.leave(group, via);
        return this;
    }

    /**
     * Ends the sending direction: behind what was sent the peer reads the end of the stream. After
     * a reset by the peer this does nothing, and the next {@code recv} reports the reset.
     *
     * @throws TardyIOException with {@link SocketError#SOCKET_NOT_CONNECTED}, or of a datagram
     *     socket with {@link SocketError#OPERATION_NOT_SUPPORTED}
     */
    public void shutdownOutput() throws TardyIOException {
        handle.shutdownOutput();
    }

    /**
     * Closes the socket. Frames that wait on it get an error at once ({@code INVALID_FD}). In a
     * frame, even a cancelled one, the descriptor is closed when this returns; if several runtimes
     * use the socket, as soon as all have released it. On another thread that happens soon after.
     * Closing again does nothing. One that <a href="package-summary.html#linger">lingers</a> waits.
     */
    @Override
    public void close() throws TardyIOException {
        target.close(this);
    }

    /** Whether {@link #close} was called. */
    public boolean isClosed() {
        return handle.isClosed();
    }

    /** The address of this end; null if not bound, as the connecting end of a Unix stream. */
    public @Nullable SocketAddress localAddress() throws TardyIOException {
        return handle.localAddress();
    }

    /**
     * The address of the other end, or null if not connected or without a name, as most clients of
     * Unix sockets are. An abstract name is a {@link PathlessUnixAddress}, or null on poll. A
     * stream keeps it until it is closed, even after a reset by the other end.
     */
    public @Nullable SocketAddress remoteAddress() throws TardyIOException {
        return handle.remoteAddress();
    }

    /**
     * Sets one of the <a href="package-summary.html#options">options</a> of {@link
     * java.net.StandardSocketOptions}, at any time before {@link #close}.
     *
     * @throws UnsupportedOperationException if sockets of this kind have no such option
     * @throws IllegalArgumentException if the value is invalid for the option
     * @throws TardyIOException with {@link SocketError#INVALID_FD} if closed, or if refused
     */
    public <T> Socket setOption(SocketOption<T> option, T value) throws TardyIOException {
        target.setOption(handle, Objects.requireNonNull(option), Objects.requireNonNull(value));
        return this;
    }

    /** What {@link #setOption} sets; the system may have rounded or doubled a size. */
    public <T> @Nullable T getOption(SocketOption<T> option) throws TardyIOException {
        return handle.getOption(Objects.requireNonNull(option));
    }

    /** A view for libraries that read streams; the frame waits. Closing it closes this. */
    public InputStream inputStream() {
        return new SocketInputStream(this);
    }

    /** A view for libraries that write streams; unbuffered. Closing it closes this. */
    public OutputStream outputStream() {
        return new SocketOutputStream(this);
    }

    @Override
    public String toString() {
        return handle + target.toString();
    }
}
