package io.tardy.net;

import io.netty.buffer.ByteBuf;
import io.tardy.Deadline;
import io.tardy.Tardy;
import io.tardy.TardyRuntime;
import io.tardy.aio.AcceptError;
import io.tardy.aio.AsyncError;
import io.tardy.aio.AsyncSubmission;
import io.tardy.aio.AsyncSubmission.Accept;
import io.tardy.aio.AsyncSubmission.Close;
import io.tardy.aio.AsyncSubmission.Connect;
import io.tardy.aio.AsyncSubmission.Recv;
import io.tardy.aio.AsyncSubmission.RecvBuffer;
import io.tardy.aio.AsyncSubmission.RecvFrom;
import io.tardy.aio.AsyncSubmission.Send;
import io.tardy.aio.AsyncSubmission.SendBuffer;
import io.tardy.aio.AsyncSubmission.SendTo;
import io.tardy.aio.CancelledException;
import io.tardy.aio.ConnectError;
import io.tardy.aio.Datagram;
import io.tardy.aio.DeadlineExceededException;
import io.tardy.aio.Errno;
import io.tardy.aio.OpenSocket;
import io.tardy.aio.PathlessUnixAddress;
import io.tardy.aio.RecvError;
import io.tardy.aio.Resulted;
import io.tardy.aio.SendError;
import io.tardy.aio.SocketError;
import io.tardy.aio.SocketKind;
import io.tardy.aio.TardyIOException;
import io.tardy.fs.File;
import io.tardy.host.HostAddresses;
import io.tardy.os.SocketHandle;
import io.tardy.runtime.TardyAccess;
import io.tardy.runtime.TaskScheduler;
import io.tardy.stream.Stream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketAddress;
import java.net.SocketOption;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.nio.file.ProviderMismatchException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * A socket: TCP or UDP over IPv4 or IPv6, or of the Unix domain, for streams or for datagrams.
 *
 * <p>{@link #accept}, {@link #connect}, {@code recv} and {@code send} make the calling frame wait
 * and throw {@link IllegalStateException} outside of a frame. Everything else may be called from
 * any thread, and returns at once, but for the lookup of a name ({@link #tcp}, {@link #udp}) and a
 * {@link #close} that lingers. All failures of the system are {@link TardyIOException}s.
 *
 * <p>A wait ends early if the frame is cancelled, or if the {@link Deadline} around it passes, with
 * {@link CancelledException} or {@link DeadlineExceededException}. The operation is over then, and
 * what it did not receive the next one will.
 *
 * <p>One frame may wait to receive while another waits to send; a second one in the same direction,
 * on the same runtime, is a programmer's error and gets an {@link IllegalStateException}. A
 * listening socket may be accepted from by one frame on each of several runtimes.
 *
 * <p>A buffer is the operation's until the call returns. One of an {@link java.lang.foreign.Arena}
 * that can be closed is refused with an {@link IllegalArgumentException}, for it could be closed
 * meanwhile: {@code ByteBuffer.allocateDirect}, {@code Arena.ofAuto()} and {@code Arena.global()}
 * make others.
 *
 * <p>Until it is closed a socket keeps the buffer reachable that it received into last, and the one
 * that it sent from last, if they were no {@code ByteBuf}s.
 *
 * <p>A socket that is dropped without {@link #close} keeps its descriptor.
 */
public final class Socket implements Stream, AutoCloseable {

    /** Another one once a race for the host's addresses was won by another one. */
    private volatile SocketHandle handle;

    private final SocketAddress address;

    /** For the addresses of its host, if there are several; else null. */
    private final SocketRace race;

    /** The last of each: most frames use one buffer again and again. Any thread; either will do. */
    private Recv lastRecv;

    private Send lastSend;

    private Socket(SocketHandle handle, SocketAddress address) {
        this(handle, address, null);
    }

    private Socket(SocketHandle handle, SocketAddress address, SocketRace race) {
        this.handle = handle;
        this.address = address;
        this.race = race;
    }

    /**
     * A TCP socket for this address: to {@link #bind} and {@link #listen} at, or to {@link
     * #connect} to. Opened for the runtime of this thread or, outside of any, for the transport
     * that {@code AsyncType.AUTO} chooses. {@code TCP_NODELAY} and {@code SO_REUSEADDR} are on.
     *
     * <p>A name is looked up here, for which a frame waits, until it is cancelled or its {@link
     * Deadline} passes. Outside of a frame the lookup blocks: on a runtime's thread (in the entry
     * function, in a handler of Netty's) all that runs there. A literal address needs no lookup.
     *
     * @param host a name or a literal address; of a name with several addresses {@code bind} takes
     *     the first
     * @param port 0 to 65535; 0 lets {@code bind} choose
     * @throws TardyIOException if the system gives no socket; with {@link
     *     ConnectError#ADDRESS_NOT_AVAILABLE} if the name is unknown
     */
    public static Socket tcp(String host, int port) throws TardyIOException {
        return tcp(() -> TardyAccess.openSocketHere(SocketKind.TCP), host, port);
    }

    /** {@link #tcp(String, int)}, opened for the runtimes of this Tardy. */
    public static Socket tcp(Tardy tardy, String host, int port) throws TardyIOException {
        return tcp(() -> TardyAccess.get().openSocket(tardy, SocketKind.TCP), host, port);
    }

    /**
     * A stream socket of the Unix domain at this path, of at most 107 bytes (poll: 106; macOS and
     * the BSDs: 103, 102), or {@code bind} and {@code connect} fail with {@code NAME_TOO_LONG};
     * opened for whom {@link #tcp} says. What {@link #bind} has made at the path stays when the
     * socket is closed: delete it before the next one is bound.
     */
    public static Socket unix(Path path) throws TardyIOException {
        UnixDomainSocketAddress address = addressOf(path);
        return new Socket(TardyAccess.openSocketHere(SocketKind.UNIX), address);
    }

    /** {@link #unix(Path)}, opened for the runtimes of this Tardy. */
    public static Socket unix(Tardy tardy, Path path) throws TardyIOException {
        UnixDomainSocketAddress address = addressOf(path);
        return new Socket(TardyAccess.get().openSocket(tardy, SocketKind.UNIX), address);
    }

    /** Before anything is opened that would have to be closed again. */
    private static UnixDomainSocketAddress addressOf(Path path) {
        if (path.getFileSystem() != FileSystems.getDefault()) {
            throw new ProviderMismatchException(
                    path + " belongs to another file system than the one that has sockets");
        }
        return UnixDomainSocketAddress.of(path);
    }

    /**
     * A UDP socket for this address, of a name the first: to {@link #bind} at, or to {@link
     * #connect} to. Opened for whom {@link #tcp} says, which also says how a name is looked up.
     */
    public static Socket udp(String host, int port) throws TardyIOException {
        SocketAddress address = HostAddresses.of(host, port).getFirst();
        return new Socket(TardyAccess.openSocketHere(SocketKind.UDP), address);
    }

    /** {@link #udp(String, int)}, opened for the runtimes of this Tardy. */
    public static Socket udp(Tardy tardy, String host, int port) throws TardyIOException {
        SocketAddress address = HostAddresses.of(host, port).getFirst();
        return new Socket(TardyAccess.get().openSocket(tardy, SocketKind.UDP), address);
    }

    /** A datagram socket of the Unix domain at this path; opened for whom {@link #tcp} says. */
    public static Socket unixDatagram(Path path) throws TardyIOException {
        UnixDomainSocketAddress address = addressOf(path);
        return new Socket(TardyAccess.openSocketHere(SocketKind.UNIX_DATAGRAM), address);
    }

    /** {@link #unixDatagram(Path)}, opened for the runtimes of this Tardy. */
    public static Socket unixDatagram(Tardy tardy, Path path) throws TardyIOException {
        UnixDomainSocketAddress address = addressOf(path);
        return new Socket(TardyAccess.get().openSocket(tardy, SocketKind.UNIX_DATAGRAM), address);
    }

    private static Socket tcp(SocketRace.Opening opening, String host, int port)
            throws TardyIOException {
        List<InetSocketAddress> addresses = HostAddresses.of(host, port);
        SocketRace.Opening opensTcp = () -> withDefaults(opening.open());
        SocketRace race = addresses.size() == 1 ? null : new SocketRace(addresses, opensTcp);
        return new Socket(opensTcp.open(), addresses.getFirst(), race);
    }

    private static SocketHandle withDefaults(SocketHandle handle) throws TardyIOException {
        try {
            handle.setOption(StandardSocketOptions.SO_REUSEADDR, true);
            handle.setOption(StandardSocketOptions.TCP_NODELAY, true);
            return handle;
        } catch (TardyIOException | RuntimeException | Error e) {
            handle.close();
            throw e;
        }
    }

    /**
     * Binds to the address; see bind(2). A Unix socket makes a file at its path.
     *
     * @throws IllegalArgumentException if the path of a Unix socket is empty
     * @throws TardyIOException with {@link SocketError#ADDRESS_IN_USE} also if there is anything at
     *     the path of a Unix socket: a file, a link, or what another socket has left
     */
    public Socket bind() throws TardyIOException {
        if (race != null) {
            race.tryBegin(); // from now on it has one address
        }
        try {
            handle.bind(address);
            return this;
        } catch (TardyIOException e) {
            throw detailed(e, "bind", e.error(), address.toString());
        }
    }

    /**
     * Begins to listen; see listen(2).
     *
     * @param backlog how many connections may wait to be accepted
     */
    public Socket listen(int backlog) throws TardyIOException {
        handle.listen(backlog);
        return this;
    }

    /**
     * Waits for a connection and takes it; it is the caller's to close. Connections that were given
     * up before they could be taken are passed over.
     *
     * @throws TardyIOException with {@link AcceptError#PROCESS_FD_QUOTA_EXCEEDED} and its like when
     *     descriptors run out: a server should wait a little, and go on
     */
    public Socket accept() throws TardyIOException {
        for (; ; ) {
            Resulted<OpenSocket, AcceptError> accepted = TardyRuntime.ioAwait(new Accept(handle));
            switch (accepted) {
                case Resulted.Actual<OpenSocket, AcceptError> actual -> {
                    return new Socket(SocketHandle.of(actual.value()), null);
                }
                case Resulted.Err<OpenSocket, AcceptError> err -> {
                    if (!AcceptLoop.isPeersFault(err.error())) {
                        throw err.toException();
                    }
                }
            }
        }
    }

    /** Serves one connection, in a frame of its own; the connection is closed when it returns. */
    @FunctionalInterface
    public interface ConnectionHandler {
        void handle(Socket peer) throws Exception;
    }

    /**
     * Accepts connections and spawns a frame for each, until this socket is closed. Where
     * descriptors run out, or the system refuses to accept for a reason that is not ours, it says
     * so once in the log and tries again ten times a second; where a static pool of tasks is full
     * it takes no further connection until one is free.
     *
     * @param handler called in each connection's frame
     * @throws CancelledException if the frame is cancelled; the connections' frames go on
     * @throws TardyIOException if the socket does not listen
     */
    public void serve(ConnectionHandler handler) throws TardyIOException {
        new AcceptLoop(this, handler).run();
    }

    /**
     * Connects to the address; of {@code 0.0.0.0} and {@code ::}, to the loopback of the same
     * family. After a failure, or when given up, a stream can only be closed; a UDP socket may
     * connect again, and stays connected to whom it was.
     *
     * <p>Of a host with several addresses TCP tries each: the next one when one fails, or has not
     * answered for 250 ms; IPv4 and IPv6 take turns. The first that connects wins, the others are
     * closed. If all fail, the failure of the first address is thrown, the others suppressed. Every
     * attempt needs a task for a moment; where a static pool has none left they come one after the
     * other. A socket that is bound has one address.
     *
     * @throws IllegalStateException if a stream's connect has failed or was given up before
     * @throws IllegalArgumentException if the path of a Unix socket is empty
     * @throws TardyIOException for example with {@link ConnectError#CONNECTION_REFUSED}
     */
    public Socket connect() throws TardyIOException {
        if (race != null && TardyRuntime.isInFrame() && race.tryBegin()) {
            connectToFirst();
            return this;
        }
        Resulted<Void, ConnectError> connected = TardyRuntime.ioAwait(new Connect(handle, address));
        if (connected instanceof Resulted.Err<Void, ConnectError> err) {
            throw err.error().isCanceled()
                    ? err.toException()
                    : new TardyIOException("connect", err.error(), err.errno(), address.toString());
        }
        return this;
    }

    private void connectToFirst() throws TardyIOException {
        SocketHandle first = handle;
        SocketHandle winner = race.run(first);
        if (winner == first) {
            return;
        }
        handle = winner;
        // Whoever closes this socket meanwhile looks at the handle after that.
        boolean isClosed = first.isClosed();
        close(first);
        if (isClosed) {
            close(winner);
            throw new TardyIOException("connect", ConnectError.INVALID_FD, Errno.EBADF.number());
        }
    }

    /**
     * {@link #connect()} in this time; the same as {@link Deadline#within} around it.
     *
     * @throws DeadlineExceededException if that was not enough
     */
    public Socket connect(Duration within) throws TardyIOException {
        return inTime(within, this::connect);
    }

    /**
     * Receives what is there, waiting until there is something. Of a datagram socket: one datagram;
     * what has no room is lost, and there is no end.
     *
     * <p>A stream that the peer has reset has no orderly end: once what has come is received, every
     * further call, also of the other forms of {@code recv}, throws {@link
     * RecvError#CONNECTION_RESET_BY_PEER}.
     *
     * @param into direct or heap; its position advances; if it has no room, a stream is left as it
     *     is
     * @return the number of bytes, which is 0 for an empty datagram, or -1 at the end of the stream
     * @throws IllegalArgumentException if the buffer is read-only, or of an {@link
     *     java.lang.foreign.Arena} that can be closed
     */
    public int recv(ByteBuffer into) throws TardyIOException {
        if (handle.kind().isDatagram()) {
            return Math.min(into.remaining(), recvFrom(into).length());
        }
        return recv(recvInto(into), into);
    }

    private static int recv(Recv recv, ByteBuffer into) throws TardyIOException {
        if (!into.hasRemaining()) {
            return 0;
        }
        int count = TaskScheduler.countAwait(recv);
        return count == TaskScheduler.END ? -1 : count;
    }

    /**
     * {@link #recv(ByteBuffer)} in this time; the same as {@link Deadline#within} around it.
     *
     * @throws DeadlineExceededException if nothing came; nothing is lost
     */
    public int recv(ByteBuffer into, Duration within) throws TardyIOException {
        return inTime(within, () -> recv(into));
    }

    /**
     * Waits for one datagram and receives it. A stream refuses with {@code
     * OPERATION_NOT_SUPPORTED}.
     *
     * @param into direct or heap; its position advances by what had room, the rest is lost
     * @return who sent it, how long it was, and whether something was lost
     * @throws IllegalArgumentException if the buffer is read-only, or of an {@link
     *     java.lang.foreign.Arena} that can be closed
     */
    public Datagram recvFrom(ByteBuffer into) throws TardyIOException {
        Resulted<Datagram, RecvError> received = TardyRuntime.ioAwait(new RecvFrom(handle, into));
        if (received instanceof Resulted.Err<Datagram, RecvError> err
                && err.error() == RecvError.OPERATION_NOT_SUPPORTED) {
            throw noDatagrams("recvFrom", err.error(), err.errno(), "use recv");
        }
        return received.unwrap();
    }

    /**
     * Sends what remains in the buffer as one datagram. A stream refuses with {@code
     * OPERATION_NOT_SUPPORTED}, and so does the transport poll with {@code ALREADY_CONNECTED} if
     * this socket is connected to another than the receiver.
     *
     * @param from direct or heap; its position advances
     * @param to the receiver; of {@code 0.0.0.0} and {@code ::}, the loopback of the same family;
     *     of a Unix socket its path, or a {@link PathlessUnixAddress} with an abstract name
     * @throws IllegalArgumentException if it is none for this kind of socket, an empty path, or the
     *     address of a socket without a name
     * @throws TardyIOException also with {@link SendError#WOULD_BLOCK} where the queue of a
     *     receiver of the Unix domain is full: the system does not tell when it no longer is
     */
    public void sendTo(ByteBuffer from, SocketAddress to) throws TardyIOException {
        if (to instanceof InetSocketAddress inet && inet.isUnresolved()) {
            throw new IllegalArgumentException(to + " is not resolved");
        }
        Resulted<Integer, SendError> sent = TardyRuntime.ioAwait(new SendTo(handle, from, to));
        if (sent instanceof Resulted.Err<Integer, SendError> err
                && err.error() == SendError.OPERATION_NOT_SUPPORTED) {
            throw noDatagrams("sendTo", err.error(), err.errno(), "use send or sendAll");
        }
        sent.unwrap();
    }

    private static TardyIOException noDatagrams(
            String operation, AsyncError error, int errno, String wayOut) {
        return new TardyIOException(
                operation, error, errno, "a stream has no datagrams; " + wayOut);
    }

    /** {@link #recv(ByteBuffer)}. */
    @Override
    public int read(ByteBuffer into) throws TardyIOException {
        return recv(into);
    }

    /** {@link #send(ByteBuffer)}. */
    @Override
    public int write(ByteBuffer from) throws TardyIOException {
        return send(from);
    }

    /** {@link #sendFile(File, long)} from a file; other streams are copied through a buffer. */
    @Override
    public long transferFrom(Stream from, long countMax) throws IOException {
        return from instanceof File file
                ? sendFile(file, countMax)
                : Stream.super.transferFrom(from, countMax);
    }

    /**
     * Receives into the writable bytes of a buffer, which must lie together; its writer index
     * advances.
     *
     * @return the number of bytes, or -1 at the end of the stream
     * @throws IllegalArgumentException if the buffer is read-only, or of several parts
     */
    public int recv(ByteBuf into) throws TardyIOException {
        if (into.isReadOnly() || into.nioBufferCount() != 1) {
            throw new IllegalArgumentException(
                    into
                            + " is read-only, or its bytes do not lie together: recv needs one that"
                            + " can be filled in one piece");
        }
        int writerIndex = into.writerIndex();
        // Each time another view: nobody asks for it again, and so it is not kept.
        ByteBuffer room = into.nioBuffer(writerIndex, into.writableBytes());
        int count = handle.kind().isDatagram() ? recv(room) : recv(new Recv(handle, room), room);
        if (count > 0) {
            into.writerIndex(writerIndex + count);
        }
        return count;
    }

    /**
     * Waits for data and returns it in a pooled buffer, which is taken only once the data is there:
     * a socket that is idle holds none. The buffer is the caller's to release, or to hand to {@link
     * #sendAll(ByteBuf)}. Of a datagram socket: one datagram, whole.
     *
     * @return the data, or null at the end of the stream
     */
    public @Nullable ByteBuf recv() throws TardyIOException {
        Resulted<ByteBuf, RecvError> received = TardyRuntime.ioAwait(new RecvBuffer(handle));
        return isEnd(received) ? null : received.unwrap();
    }

    /**
     * Receives until the buffer is full or the stream ends.
     *
     * @return the number of bytes; fewer than there was room for only at the end of the stream, and
     *     -1 if that came first
     */
    public int recvAll(ByteBuffer into) throws TardyIOException {
        int room = into.remaining();
        while (into.hasRemaining()) {
            if (recv(into) < 0) {
                return into.remaining() == room ? -1 : room - into.remaining();
            }
        }
        return room;
    }

    /**
     * Sends what the system takes at once, waiting until it takes something; of an empty buffer
     * nothing. Of a datagram socket: one datagram, an empty one too, or {@link
     * SendError#MESSAGE_OVERSIZE}.
     *
     * @param from direct or heap; its position advances
     * @return the number of bytes, which may be fewer than remained
     * @throws TardyIOException with {@link SendError#BROKEN_PIPE} where the peer has ended the
     *     connection or has reset it; whoever is the first to notice a reset may be told {@link
     *     SendError#CONNECTION_RESET_BY_PEER}
     * @throws IllegalArgumentException if the buffer is of an {@link java.lang.foreign.Arena} that
     *     can be closed
     */
    public int send(ByteBuffer from) throws TardyIOException {
        return from.hasRemaining() || handle.kind().isDatagram()
                ? TaskScheduler.countAwait(sendFrom(from))
                : 0;
    }

    private Recv recvInto(ByteBuffer into) {
        Recv last = lastRecv;
        if (last == null || last.into() != into || last.socket() != handle) {
            last = new Recv(handle, into);
            lastRecv = last.isReusable() ? last : null;
        }
        return last;
    }

    private Send sendFrom(ByteBuffer from) {
        Send last = lastSend;
        if (last == null || last.from() != from || last.socket() != handle) {
            last = new Send(handle, from);
            lastSend = last.isReusable() ? last : null;
        }
        return last;
    }

    /** Sends all that remains in the buffer; of a datagram socket, as {@link #send} does. */
    public void sendAll(ByteBuffer from) throws TardyIOException {
        if (handle.kind().isDatagram()) {
            send(from);
            return;
        }
        while (from.hasRemaining()) {
            send(from);
        }
    }

    /**
     * Sends all readable bytes, of a datagram socket as one datagram, and releases the buffer, also
     * on failure.
     */
    public void sendAll(ByteBuf from) throws TardyIOException {
        try {
            boolean isToBeSent = from.isReadable() || handle.kind().isDatagram();
            while (isToBeSent) {
                TaskScheduler.countAwait(new SendBuffer(handle, from));
                isToBeSent = from.isReadable();
            }
        } finally {
            from.release();
        }
    }

    /**
     * Sends from a file to the end of it, or of the count: with sendfile(2) from a regular file to
     * a socket of the io_uring or the epoll transport, else through a buffer of 64 KiB. Waits while
     * the peer does not read.
     *
     * @param offset where in the file, in bytes; its current position stays
     * @param count how many bytes at most
     * @return the number of bytes
     * @throws IllegalArgumentException if the offset or the count is negative
     * @throws IllegalStateException if another frame sends; nothing of the file is sent then, and
     *     the same is thrown to who would send while the file is
     */
    public long sendFile(File file, long offset, long count) throws TardyIOException {
        if (offset < 0) {
            throw new IllegalArgumentException("offset: " + offset + " is negative");
        }
        return sendFileAt(file, offset, count);
    }

    /**
     * {@link #sendFile(File, long, long)} from the file's current position, which advances by what
     * the socket took, also if that was given up or has failed. What has no position (a FIFO, a
     * terminal) may have been read further than it was sent.
     */
    public long sendFile(File file, long count) throws TardyIOException {
        return sendFileAt(file, AsyncSubmission.CURRENT_POSITION, count);
    }

    private long sendFileAt(File file, long offset, long count) throws TardyIOException {
        if (count < 0) {
            throw new IllegalArgumentException("count: " + count + " is negative");
        }
        return new FileSending(handle, this, file).send(offset, count);
    }

    /**
     * Begins to receive what is sent to a multicast group; of a UDP socket.
     *
     * @param via the interface to listen at
     * @throws TardyIOException also with {@link SocketError#ADDRESS_IN_USE} if it does so already
     * @throws IllegalArgumentException if the address is none of a group
     */
    public Socket join(InetAddress group, NetworkInterface via) throws TardyIOException {
        handle.join(group, via);
        return this;
    }

    /** Ends what {@link #join} has begun. */
    public Socket leave(InetAddress group, NetworkInterface via) throws TardyIOException {
        handle.leave(group, via);
        return this;
    }

    /**
     * Tells the peer that nothing more will be sent; receiving goes on. The peer reads the end of
     * the stream after what was sent before. Where the peer has reset the connection it does
     * nothing; the next {@code recv} says that.
     *
     * @throws TardyIOException with {@link SocketError#SOCKET_NOT_CONNECTED}, or of a datagram
     *     socket with {@link SocketError#OPERATION_NOT_SUPPORTED}
     */
    public void shutdownOutput() throws TardyIOException {
        handle.shutdownOutput();
    }

    /**
     * Closes the socket. Frames that wait on it get an error at once ({@code INVALID_FD}). In a
     * frame, also a cancelled one, the descriptor is closed when this returns, or, where several
     * runtimes use the socket, as soon as all of them have let go; on another thread that happens
     * soon after. Closing again does nothing.
     *
     * <p>With {@code SO_LINGER} the system waits so long for the peer to take what was sent. Only
     * the frame that closes waits for that, until it is cancelled or its deadline passes; the
     * descriptor is closed by a thread that may wait. Where 256 sockets linger already, the next
     * does not: the system sends what is left all the same, and nobody hears whether it arrived.
     */
    @Override
    public void close() throws TardyIOException {
        if (race != null) {
            race.stop();
        }
        lastRecv = null; // and their buffers with them
        lastSend = null;
        SocketHandle closing;
        do {
            closing = handle;
            close(closing);
        } while (closing != handle); // which has won a race meanwhile
    }

    private static void close(SocketHandle handle) throws TardyIOException {
        if (handle.isClosed()) {
            return;
        }
        if (TardyRuntime.isInFrame()) {
            Resulted<Void, SocketError> closed = TardyRuntime.ioAwait(new Close(handle));
            closed.unwrap();
            awaitLingering(handle.lingering());
        } else {
            handle.close();
        }
    }

    private static void awaitLingering(CompletionStage<Void> lingering) throws TardyIOException {
        if (lingering == null) {
            return;
        }
        try {
            TardyRuntime.current().await(lingering);
        } catch (CancelledException | DeadlineExceededException | IllegalStateException e) {
            // It goes on without this frame, which has given up, or cannot wait here.
        } catch (TardyIOException | RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new AssertionError("no close throws it", e);
        }
    }

    /** Whether {@link #close} was called. */
    public boolean isClosed() {
        return handle.isClosed();
    }

    /**
     * The address of this end; null if it is not bound, which the connecting end of a Unix stream
     * need not be.
     */
    public @Nullable SocketAddress localAddress() throws TardyIOException {
        return handle.localAddress();
    }

    /**
     * The address of the other end, or null if not connected. Of a stream it stays until the socket
     * is closed, also after the other end has reset the connection.
     *
     * <p>Null also where the other end is a Unix socket without a name: a client that is not bound,
     * as most are not. Of one with an abstract name it is a {@link PathlessUnixAddress}; null on
     * poll.
     */
    public @Nullable SocketAddress remoteAddress() throws TardyIOException {
        return handle.remoteAddress();
    }

    /**
     * Sets an option of {@link StandardSocketOptions}, at any time before {@link #close}:
     *
     * <table>
     *   <caption>Options</caption>
     *   <tr><th>option<th>socket<th>values
     *   <tr><td>{@code TCP_NODELAY}, {@code SO_KEEPALIVE}<td>TCP<td>true, false
     *   <tr><td>{@code SO_REUSEADDR}, {@code SO_REUSEPORT}<td>TCP, UDP<td>true, false
     *   <tr><td>{@code SO_RCVBUF}, {@code SO_SNDBUF}<td>all<td>bytes, at least 1; the system
     *       rounds, doubles and limits them
     *   <tr><td>{@code SO_LINGER}<td>TCP, Unix stream<td>seconds; more than 65535 is 65535, and
     *       below 0 is off, which is read as -1; see {@link #close}. On poll the JDK turns it off
     *       when it closes a socket that has waited
     *   <tr><td>{@code SO_BROADCAST}, {@code IP_MULTICAST_LOOP}<td>UDP<td>true, false
     *   <tr><td>{@code IP_MULTICAST_TTL}<td>UDP<td>0 to 255
     *   <tr><td>{@code IP_MULTICAST_IF}<td>UDP<td>an interface; read as null if none was set
     * </table>
     *
     * <p>A connection has the options that its listener was given before the peer connected; one
     * that is set while connections wait to be accepted may or may not reach these.
     *
     * @throws UnsupportedOperationException if a socket of this kind does not have the option, or
     *     Tardy knows no such option
     * @throws IllegalArgumentException if the option has no such value
     * @throws TardyIOException with {@link SocketError#INVALID_FD} if the socket is closed, or if
     *     the system refuses
     */
    public <T> Socket setOption(SocketOption<T> option, T value) throws TardyIOException {
        handle.setOption(Objects.requireNonNull(option), Objects.requireNonNull(value));
        if (race != null) {
            race.told(option, value);
        }
        return this;
    }

    /**
     * The value of such an option. The system may have rounded sizes, or doubled them.
     *
     * @throws UnsupportedOperationException as of {@link #setOption}
     */
    public <T> @Nullable T getOption(SocketOption<T> option) throws TardyIOException {
        return handle.getOption(Objects.requireNonNull(option));
    }

    /**
     * A view for libraries that read streams; its reads wait in the frame. Closing it closes this.
     */
    public InputStream inputStream() {
        return new SocketInputStream(this);
    }

    /** A view for libraries that write streams; unbuffered. Closing it closes this. */
    public OutputStream outputStream() {
        return new SocketOutputStream(this);
    }

    @Override
    public String toString() {
        return handle + (address == null ? "" : " for " + address);
    }

    /** The body throws no other {@code IOException} than ours. */
    private static <T> T inTime(Duration within, Callable<T> body) throws TardyIOException {
        try {
            return Deadline.callWithin(within, body);
        } catch (TardyIOException e) {
            throw e;
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static <T> boolean isEnd(Resulted<T, RecvError> received) {
        return received instanceof Resulted.Err<T, RecvError> err
                && err.error() == RecvError.CLOSED;
    }

    private static TardyIOException detailed(
            TardyIOException cause, String operation, AsyncError error, String detail) {
        if (cause instanceof CancelledException) {
            return cause;
        }
        TardyIOException failure = new TardyIOException(operation, error, cause.errno(), detail);
        failure.initCause(cause);
        return failure;
    }
}
