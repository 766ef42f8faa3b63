package io.tardy.net;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.util.ReferenceCountUtil;
import io.tardy.Deadline;
import io.tardy.TardyRuntime;
import io.tardy.aio.AsyncOp;
import io.tardy.aio.Errno;
import io.tardy.aio.SendError;
import io.tardy.aio.TardyIOException;
import io.tardy.os.SocketHandle;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLEngineResult.Status;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * The engine of one connection, its socket, and the bytes between them. It has buffers only while
 * it has bytes: an idle connection has none.
 *
 * <p>Of the two directions, each is used by one frame at a time. Reading may owe the peer a record
 * (an alert, an answer to a new key). It never waits to send that, or two peers that both only read
 * while they write could wait for each other for ever. What the system does not take at once goes
 * out before whatever is written next, which is all that RFC 8446 asks for (section 4.6.3).
 */
final class TlsRecords {

    /** So many records are made before they are sent. */
    private static final int RECORDS_AT_ONCE = 4;

    /** How long {@link #sayGoodbye} waits for room for the close_notify. */
    private static final Duration GOODBYE = Duration.ofSeconds(5);

    private static final int DISCARDED_AT_ONCE = 16 * 1024;
    private static final int DISCARDS_MAX = 16;

    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private final Socket socket;
    private final SSLEngine engine;
    private final ByteBufAllocator allocator;

    /** What was received and is not decrypted: whole records, and the beginning of one; or null. */
    private @Nullable ByteBuf arrived;

    /** Records that were made and are not sent, or null. */
    private @Nullable ByteBuf unsent;

    TlsRecords(Socket socket, SSLEngine engine, ByteBufAllocator allocator) {
        this.socket = socket;
        this.engine = engine;
        this.allocator = allocator;
    }

    static ByteBuffer nothing() {
        return NOTHING.duplicate();
    }

    Socket socket() {
        return socket;
    }

    SSLEngine engine() {
        return engine;
    }

    /** What both sides have agreed on, or null. */
    @Nullable String applicationProtocol() {
        try {
            String agreed = engine.getApplicationProtocol();
            return agreed == null || agreed.isEmpty() ? null : agreed;
        } catch (UnsupportedOperationException e) {
            return null; // an engine of Netty's without it
        }
    }

    /** Where the engine has tasks behind the handshake; TLS 1.3 only has new keys then. */
    void refuseRenegotiation() throws SSLException {
        if (!engine.getSession().getProtocol().equals("TLSv1.3")) {
            engine.closeOutbound();
            throw new SSLException("the peer wants to renegotiate, which is refused");
        }
    }

    HandshakeStatus status() {
        return engine.getHandshakeStatus();
    }

    /** A buffer with room for what one record holds. */
    ByteBuf plainRoom() {
        return allocator.buffer(engine.getSession().getApplicationBufferSize());
    }

    /** What somebody else has received for us; copied. */
    void receivedBefore(ByteBuffer bytes) {
        if (bytes.hasRemaining()) {
            arrived = allocator.directBuffer(bytes.remaining()).writeBytes(bytes);
        }
    }

    /** The first byte that is not decrypted, or -1. */
    int firstByte() {
        return arrived == null || !arrived.isReadable()
                ? -1
                : arrived.getUnsignedByte(arrived.readerIndex());
    }

    /**
     * Waits for more of what the peer sends. Loses nothing if it is given up.
     *
     * @return false at the end of the connection
     */
    boolean receive() throws TardyIOException {
        ByteBuf beginning = arrived;
        if (beginning == null) {
            arrived = socket.recv();
            return arrived != null;
        }
        int wanted = engine.getSession().getPacketBufferSize();
        if (beginning.writableBytes() == 0
                || beginning.readableBytes() + beginning.writableBytes() < wanted
                || beginning.nioBufferCount() != 1) {
            // The beginning of a record needs room for the rest of it.
            int size = Math.max(wanted, beginning.readableBytes() * 2);
            ByteBuf roomy = allocator.directBuffer(size).writeBytes(beginning);
            beginning.release();
            arrived = roomy;
        }
        return socket.recv(arrived) >= 0;
    }

    /** Decrypts one record, if there is a whole one and there is room for what is in it. */
    SSLEngineResult unwrap(ByteBuffer into) throws SSLException {
        ByteBuf from = arrived;
        if (from == null) {
            return engine.unwrap(nothing(), into);
        }
        SSLEngineResult result = engine.unwrap(from.nioBuffer(), into);
        from.skipBytes(result.bytesConsumed());
        if (!from.isReadable()) {
            arrived = null;
            from.release();
        }
        return result;
    }

    /**
     * Makes records of these bytes, as many as go at once, and of what the engine itself has to
     * say.
     *
     * @throws TardyIOException if this direction of TLS has ended
     */
    void wrap(ByteBuffer from) throws SSLException, TardyIOException {
        do {
            SSLEngineResult result = wrapOne(from);
            if (result.getStatus() == Status.CLOSED) {
                throw new TardyIOException(
                        AsyncOp.SEND.label(), SendError.class, Errno.EPIPE.number());
            } else if (result.bytesProduced() == 0) {
                throw new SSLException("no data can be sent now: " + result.getHandshakeStatus());
            }
        } while (from.hasRemaining() && hasRoom());
    }

    /** Makes the records that the engine has to send of its own, as many as there is room for. */
    void wrapOwed() throws SSLException {
        while (status() == HandshakeStatus.NEED_WRAP && hasRoom()) {
            SSLEngineResult result = wrapOne(nothing());
            if (result.bytesProduced() == 0) {
                return; // the engine says so again when it has changed its mind
            }
        }
    }

    /**
     * OpenSSL's engine keeps to itself that a record was wrong, until its alert is made.
     *
     * @param mayWrap whether no frame sends meanwhile; or the alert is not made
     * @throws SSLException if one was wrong
     */
    void requireNoFailure(SSLEngineResult unwrapped, boolean mayWrap) throws SSLException {
        if (unwrapped.getHandshakeStatus() != HandshakeStatus.NEED_WRAP
                || status() != HandshakeStatus.NOT_HANDSHAKING) {
            return;
        }
        int produced = 1;
        while (mayWrap && produced > 0) {
            produced = wrapOne(nothing()).bytesProduced(); // which throws it, behind the alert
        }
        throw new SSLException("a record is wrong");
    }

    /** Makes the close_notify, for which OpenSSL's engine does not ask. */
    void closeOutbound() throws SSLException {
        engine.closeOutbound();
        while (!engine.isOutboundDone() && hasRoom()) {
            if (wrapOne(nothing()).bytesProduced() == 0) {
                return;
            }
        }
    }

    private boolean hasRoom() {
        return unsent == null
                || unsent.writableBytes() >= engine.getSession().getPacketBufferSize();
    }

    private SSLEngineResult wrapOne(ByteBuffer from) throws SSLException {
        int recordMax = engine.getSession().getPacketBufferSize();
        ByteBuf out = unsent;
        if (out == null) {
            int records = from.remaining() > recordMax / 2 ? RECORDS_AT_ONCE : 1;
            out = allocator.directBuffer(records * recordMax);
            unsent = out;
        } else {
            out.ensureWritable(recordMax);
        }
        SSLEngineResult result = engine.wrap(from, out.nioBuffer(out.writerIndex(), recordMax));
        out.writerIndex(out.writerIndex() + result.bytesProduced());
        if (!out.isReadable()) {
            unsent = null;
            out.release();
        }
        return result;
    }

    boolean hasUnsent() {
        return unsent != null;
    }

    boolean hasReceived() {
        return arrived != null;
    }

    /** Does on the runtime's pool what the engine does not want to do on the loop. */
    void runTasks() throws IOException {
        for (Runnable next; (next = engine.getDelegatedTask()) != null; ) {
            Runnable task = next;
            try {
                TardyRuntime.current()
                        .offload(
                                () -> {
                                    task.run();
                                    return null;
                                });
            } catch (IOException | RuntimeException e) {
                throw e;
            } catch (Exception e) {
                throw new SSLException("a task of the engine has failed: " + e, e);
            }
        }
    }

    /** Sends all records. What was not sent when this is given up is sent by the next call. */
    void send() throws TardyIOException {
        ByteBuf out = unsent;
        if (out == null) {
            return;
        }
        socket.sendAll(out.retain());
        unsent = null;
        out.release();
    }

    /**
     * Sends what the system takes without a wait; for one who may not wait, while nobody sends.
     *
     * @return whether that was all
     */
    boolean sendAtOnce() {
        ByteBuf out = unsent;
        if (out == null) {
            return true;
        }
        SocketHandle handle = socket.handle;
        int count = 1;
        while (out.isReadable() && count > 0 && !handle.isClosed()) {
            count = handle.send(out.nioBuffer());
            if (count > 0) {
                out.skipBytes(count);
            } else if (count != -Errno.EAGAIN.number()) {
                handle.failed(AsyncOp.SEND, -count); // the system says it once; it is kept
            }
        }
        boolean isAll = !out.isReadable();
        if (isAll) {
            unsent = null;
            out.release();
        }
        return isAll;
    }

    /**
     * Sends the rest and the close_notify, in a frame with a wait. Whoever does not get it learns
     * that the connection was cut.
     */
    void sayGoodbye() {
        try {
            closeOutbound();
            boolean isSent = sendAtOnce();
            if (isSent) {
                closeOutbound(); // for which there was no room behind a record that was left
                isSent = sendAtOnce();
            }
            if (!isSent && TardyRuntime.isInFrame()) {
                Deadline.within(
                        GOODBYE,
                        () -> {
                            send();
                            closeOutbound();
                            send();
                        });
            }
        } catch (IOException | IllegalStateException e) { // or it cannot be suspended here
            System.getLogger("io.tardy").log(System.Logger.Level.DEBUG, "no close_notify", e);
        }
    }

    /**
     * Takes what has come and nobody will read: or the system would reset the connection when it is
     * closed, and the peer would not see what was sent last. With a plain socket that is who did
     * not read; here there are tickets and goodbyes, which no program asks for.
     */
    void discardReceived() {
        ByteBuf rest = allocator.directBuffer(DISCARDED_AT_ONCE);
        SocketHandle handle = socket.handle;
        try {
            for (int i = 0; i < DISCARDS_MAX && !handle.isClosed(); i++) {
                if (handle.recv(rest.nioBuffer(0, DISCARDED_AT_ONCE)) <= 0) {
                    break;
                }
            }
        } finally {
            rest.release();
        }
    }

    /** Nobody reads any more. */
    void releaseReceived() {
        ReferenceCountUtil.release(arrived);
        arrived = null;
    }

    /** Nobody writes any more. */
    void releaseUnsent() {
        ReferenceCountUtil.release(unsent);
        unsent = null;
    }

    /** Nobody reads or writes any more. OpenSSL's engines have memory of their own. */
    void releaseEngine() {
        ReferenceCountUtil.release(engine);
    }
}
