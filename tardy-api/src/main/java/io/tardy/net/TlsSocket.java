package io.tardy.net;

import io.netty.buffer.ByteBuf;
import io.netty.util.ReferenceCountUtil;
import io.tardy.aio.AsyncError;
import io.tardy.aio.Errno;
import io.tardy.aio.RecvError;
import io.tardy.aio.SendError;
import io.tardy.aio.TardyIOException;
import io.tardy.os.SocketHandle;
import io.tardy.runtime.RuntimeCore;
import io.tardy.stream.Stream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.RejectedExecutionException;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * A connection behind the handshake of TLS, made by {@link Tls}: a stream like its {@link Socket},
 * with the same waits, deadlines and cancellation.
 *
 * <p>It belongs to the runtime of the frame that made it. One frame may wait to read while another
 * waits to write; a second one in the same direction, or one of another runtime, is a programming
 * error and gets an {@link IllegalStateException}. {@link #close} may be called from any thread.
 *
 * <p>A wait that is given up loses no data: the next {@code read} receives it, and what a {@code
 * write} has taken from its buffer goes out before what is written next.
 *
 * <p>The end: {@code read} returns -1 after the peer's close_notify. Without one, the connection
 * may have been cut by anybody, and {@code read} throws a {@link TlsException} that {@link
 * TlsException#isTruncation says so}, each time. In TLS 1.3 the directions end one by one: {@link
 * #shutdownOutput} here, or the peer's close_notify, leaves the other one open. In TLS 1.2 (RFC
 * 5246, section 7.2.1), and on OpenSSL, the peer's close_notify ends both, and what is written then
 * fails with {@link SendError#BROKEN_PIPE}.
 *
 * <p>A connection whose reader waits holds no buffer, except while a record has come in part.
 */
public final class TlsSocket implements Stream, AutoCloseable {

    /** So many records without data in a row are an attack. */
    private static final int USELESS_MAX = 64;

    private final TlsRecords records;
    private final RuntimeCore runtime;

    /** Decrypted, and more than the reader had room for; or null. */
    private @Nullable ByteBuf unread;

    /** Why nothing can be read any more, or null. */
    private @Nullable TlsException failure;

    private boolean isReading;
    private boolean isWriting;
    private boolean isAtEnd;
    private boolean isReleased;

    /** What was to be said was not, or not all of it. */
    private boolean isCut;

    private int useless;

    /** Answers that the engine wants to give and could not since. */
    private int owed;

    private volatile boolean isClosed;

    TlsSocket(TlsRecords records, RuntimeCore runtime, @Nullable ByteBuf unread) {
        this.records = records;
        this.runtime = runtime;
        this.unread = unread;
    }

    /**
     * Waits until data is there and reads as much of it as has room.
     *
     * @param into direct or heap; its position advances; if it has no room nothing happens
     * @return the number of bytes, or -1 after the peer's close_notify
     * @throws TlsException if TLS fails, or the connection ends without a close_notify
     * @throws IllegalArgumentException if the buffer is read-only
     */
    @Override
    public int read(ByteBuffer into) throws IOException {
        if (into.isReadOnly()) {
            throw new IllegalArgumentException("a read-only buffer cannot be read into");
        }
        beginRead();
        try {
            if (!into.hasRemaining()) {
                return 0;
            }
            for (; ; ) {
                int count = unread == null ? decrypt(into) : take(into);
                if (count > 0) {
                    return count;
                } else if (isAtEnd) {
                    return -1;
                }
                receive();
            }
        } finally {
            endRead();
        }
    }

    /**
     * Waits for data and returns it in a pooled buffer that is taken only then, or null after the
     * peer's close_notify. The caller releases it.
     *
     * @throws TlsException as of {@link #read}
     */
    public @Nullable ByteBuf recv() throws IOException {
        beginRead();
        try {
            for (; ; ) {
                ByteBuf data = unread;
                unread = null;
                if (data == null) {
                    data = decryptAside();
                }
                if (data != null || isAtEnd) {
                    return data;
                }
                receive();
            }
        } finally {
            endRead();
        }
    }

    private void receive() throws IOException {
        if (!records.receive()) {
            failure = TlsException.truncation();
            throw failure;
        }
    }

    private int take(ByteBuffer into) {
        int count = Math.min(unread.readableBytes(), into.remaining());
        unread.readBytes(into.slice(into.position(), count));
        into.position(into.position() + count);
        if (!unread.isReadable()) {
            unread.release();
            unread = null;
        }
        return count;
    }

    /** What has come, in a buffer of its own, or null. */
    private @Nullable ByteBuf decryptAside() throws IOException {
        if (!records.hasReceived() || isAtEnd) {
            return null;
        }
        ByteBuf data = records.plainRoom();
        try {
            data.writerIndex(decrypt(data.nioBuffer(0, data.writableBytes())));
        } finally {
            if (!data.isReadable()) {
                data.release();
            }
        }
        return data.isReadable() ? data : null;
    }

    /**
     * Decrypts what has come, as far as there is room, without waiting for more.
     *
     * @return the number of bytes, which is 0 if no whole record with data has come
     */
    private int decrypt(ByteBuffer into) throws IOException {
        int start = into.position();
        while (!isAtEnd) {
            SSLEngineResult result;
            try {
                result = records.unwrap(into);
                switch (result.getStatus()) {
                    case OK -> answer(result);
                    case CLOSED -> {
                        isAtEnd = true;
                        records.releaseReceived();
                        pay();
                    }
                    case BUFFER_UNDERFLOW -> {
                        return into.position() - start;
                    }
                    case BUFFER_OVERFLOW -> {
                        return into.position() > start ? into.position() - start : overflow(into);
                    }
                }
            } catch (SSLException e) {
                failure = failed(e);
                if (into.position() == start) {
                    throw failure;
                }
                break; // what came before it is told first
            }
        }
        return into.position() - start;
    }

    private int overflow(ByteBuffer into) throws IOException {
        unread = decryptAside();
        return unread == null ? 0 : take(into);
    }

    /** A record has come: does what the engine asks for then. */
    private void answer(SSLEngineResult result) throws IOException {
        if (result.bytesProduced() > 0) {
            useless = 0;
        } else if (++useless > USELESS_MAX) {
            throw new SSLException(USELESS_MAX + " records without data came in a row");
        }
        records.requireNoFailure(result, !isWriting);
        if (result.getHandshakeStatus() == HandshakeStatus.NEED_TASK) {
            records.refuseRenegotiation();
            records.runTasks();
        }
        if (records.status() == HandshakeStatus.NEED_WRAP) {
            pay();
        }
        if (records.status() != HandshakeStatus.NEED_WRAP) {
            owed = 0;
        } else if (result.bytesProduced() == 0 && ++owed > USELESS_MAX) {
            throw new SSLException("the peer asks and asks, and takes no answer");
        }
    }

    /** Sends what is owed, as far as it goes at once; a frame that writes sends it in passing. */
    private void pay() throws SSLException {
        if (!isWriting) {
            records.wrapOwed();
            records.sendAtOnce();
        }
    }

    private TlsException failed(SSLException cause) {
        if (cause instanceof TlsException known) {
            return known;
        }
        try {
            pay();
        } catch (SSLException e) {
            cause.addSuppressed(e);
        }
        return TlsException.ofRecords(cause);
    }

    /**
     * Writes what goes into a few records, and waits until they are sent.
     *
     * @param from direct or heap; its position advances; its bytes may be changed when this returns
     * @return the number of bytes, which may be fewer than remained
     * @throws TardyIOException with {@link SendError#BROKEN_PIPE} if this direction has ended
     * @throws TlsException if TLS has failed
     */
    @Override
    public int write(ByteBuffer from) throws IOException {
        beginWrite();
        try {
            return encrypt(from);
        } finally {
            endWrite();
        }
    }

    /** Writes all that remains in the buffer, as {@link #write} does. */
    @Override
    public void writeAll(ByteBuffer from) throws IOException {
        beginWrite();
        try {
            do {
                encrypt(from);
            } while (from.hasRemaining());
        } finally {
            endWrite();
        }
    }

    @Override
    public void writeAll(ByteBuffer... from) throws IOException {
        try {
            Stream.super.writeAll(from);
        } finally {
            for (ByteBuffer each : from) {
                isCut |= each.hasRemaining(); // behind one that was taken whole
            }
        }
    }

    @Override
    public long transferFrom(Stream from, long countMax) throws IOException {
        try {
            return Stream.super.transferFrom(from, countMax);
        } catch (Throwable t) {
            isCut = true;
            throw t;
        }
    }

    /** Writes all readable bytes, as {@link #write} does; releases the buffer, also on failure. */
    public void sendAll(ByteBuf from) throws IOException {
        try {
            writeAll(from.nioBuffers());
        } finally {
            from.release();
        }
    }

    private int encrypt(ByteBuffer from) throws IOException {
        int remaining = from.remaining();
        boolean isSent = false;
        try {
            records.send(); // what a call that was given up has left
            if (remaining > 0) {
                records.wrap(from);
                isCut = false;
            }
            sendAll();
            isSent = true;
        } catch (SSLException e) {
            throw failed(e);
        } finally {
            isCut |= !isSent && from.hasRemaining(); // what was taken will go
        }
        return remaining - from.remaining();
    }

    /** Also what a frame that reads owes meanwhile. */
    private void sendAll() throws SSLException, TardyIOException {
        do {
            records.send();
            records.wrapOwed();
        } while (records.hasUnsent());
    }

    /**
     * Ends this direction with a close_notify, behind what was written; again does nothing. The
     * connection itself stays. In TLS 1.3 reading goes on until the peer ends its direction; a TLS
     * 1.2 peer ends it at once.
     */
    public void shutdownOutput() throws IOException {
        beginWrite();
        try {
            records.send();
            records.closeOutbound();
            sendAll();
            isCut = false;
        } catch (SSLException e) {
            throw failed(e);
        } finally {
            endWrite();
        }
    }

    /**
     * Says goodbye with a close_notify, and closes the socket. In a frame this waits, for at most 5
     * seconds, until the system has taken what is to be sent; in one that is cancelled or late, on
     * another thread, or while another frame writes, it does not wait, and the peer may find that
     * the connection was cut. Frames that wait on it get an error then ({@code INVALID_FD}).
     * Closing again does nothing.
     *
     * <p>There is no goodbye, and the peer sees a truncation, behind a handler of {@link
     * Tls#serving} that has thrown, and behind a {@code write} that was given up or has failed and
     * had not taken all, or a copy. To leave it out otherwise, close the {@link #socket} before.
     *
     * <p>What has arrived and nobody has read is dropped, up to 256 KiB. With more, or when more
     * arrives, the system resets the connection, and the peer may miss what was sent last: who must
     * know has the peer answer, or calls {@link #shutdownOutput} and reads to the end before.
     */
    @Override
    public void close() throws TardyIOException {
        if (RuntimeCore.currentOrNull() == runtime) {
            closeHere();
            return;
        }
        isClosed = true;
        records.socket().close();
        try {
            runtime.loop().execute(this::releaseIfClosed);
        } catch (RejectedExecutionException e) {
            releaseIfClosed(); // the runtime has ended, and so have its frames
        }
    }

    private void closeHere() throws TardyIOException {
        boolean isFirst = !isClosed;
        boolean saysGoodbye = isFirst && !isWriting && !isCut && (failure == null || isTruncated());
        isClosed = true;
        try {
            if (saysGoodbye) {
                isWriting = true;
                records.sayGoodbye();
            }
            if (isFirst && !isAtEnd) {
                records.discardReceived(); // tickets, mostly
            }
        } finally {
            isWriting &= !saysGoodbye;
            try {
                records.socket().close();
            } finally {
                releaseIfClosed();
            }
        }
    }

    /** From now on {@link #close} says no goodbye. */
    void cut() {
        isCut = true;
    }

    private boolean isTruncated() {
        return failure != null && failure.isTruncation();
    }

    /** Whether {@link #close} was called. */
    public boolean isClosed() {
        return isClosed;
    }

    /** The protocol that both sides have agreed on (ALPN), or null. */
    public @Nullable String applicationProtocol() {
        return records.applicationProtocol();
    }

    /** The session: version, cipher suite, certificates of both sides, names asked for. */
    public SSLSession session() {
        return records.engine().getSession();
    }

    /** The connection below, for its options and addresses; to close it cuts this one. */
    public Socket socket() {
        return records.socket();
    }

    @Override
    public String toString() {
        return "TLS on " + records.socket();
    }

    private void beginRead() throws IOException {
        require(isReading, "receives from", "recv", RecvError.class);
        if (failure != null && unread == null) { // what came before it is told first
            throw failure.again();
        }
        isReading = true;
    }

    private void endRead() {
        isReading = false;
        releaseIfClosed();
    }

    private void beginWrite() throws IOException {
        require(isWriting, "sends to", "send", SendError.class);
        if (failure != null && !isTruncated()) {
            throw failure.again();
        }
        isWriting = true;
    }

    private void endWrite() {
        isWriting = false;
        releaseIfClosed();
    }

    private <E extends Enum<E> & AsyncError> void require(
            boolean isTaken, String verb, String operation, Class<E> errors)
            throws TardyIOException {
        if (RuntimeCore.currentOrNull() != runtime) {
            throw new IllegalStateException(this + " belongs to the runtime that made it");
        } else if (isTaken) {
            throw SocketHandle.directionTaken(verb);
        } else if (isClosed) {
            throw new TardyIOException(operation, errors, Errno.EBADF.number());
        }
    }

    /** Behind the close: what no frame uses any more. */
    private void releaseIfClosed() {
        if (!isClosed) {
            return;
        }
        if (!isReading) {
            ReferenceCountUtil.release(unread);
            unread = null;
            records.releaseReceived();
        }
        if (!isWriting) {
            records.releaseUnsent();
        }
        if (!isReading && !isWriting && !isReleased) {
            isReleased = true;
            records.releaseEngine();
        }
    }
}
