package io.tardy.net;

import io.tardy.TardyRuntime;
import io.tardy.aio.AsyncSubmission;
import io.tardy.aio.AsyncSubmission.AwaitWritable;
import io.tardy.aio.AsyncSubmission.SendFile;
import io.tardy.aio.Errno;
import io.tardy.aio.Resulted;
import io.tardy.aio.SendError;
import io.tardy.aio.TardyIOException;
import io.tardy.fs.File;
import io.tardy.os.FileHandle;
import io.tardy.os.SocketHandle;
import java.nio.ByteBuffer;

/**
 * A file on its way through a socket. The call that moves it may wait for the disk, so a thread of
 * the pool makes it; the frame waits for the socket.
 */
final class FileSending {

    /** The most of one call: a slow disk holds a thread of the pool no longer than this takes. */
    private static final int BYTES_AT_ONCE = 1 << 20;

    private static final int BUFFER_BYTES = 64 * 1024;

    private final SocketHandle socket;
    private final Socket target;
    private final File file;

    FileSending(SocketHandle socket, Socket target, File file) {
        this.socket = socket;
        this.target = target;
        this.file = file;
    }

    long sendAt(long offset, long count) throws TardyIOException {
        if (offset < 0) {
            throw new IllegalArgumentException("offset: " + offset + " is negative");
        }
        return send(offset, count);
    }

    /** From the file's current position. */
    long send(long count) throws TardyIOException {
        return send(AsyncSubmission.CURRENT_POSITION, count);
    }

    private long send(long offset, long count) throws TardyIOException {
        if (count < 0) {
            throw new IllegalArgumentException("count: " + count + " is negative");
        }
        socket.beginSendFile();
        try {
            return sendParts(offset, count);
        } finally {
            socket.endSendFile();
        }
    }

    private long sendParts(long offset, long count) throws TardyIOException {
        long sent = 0;
        while (sent < count) {
            long at = offset < 0 ? offset : offset + sent;
            int bytes = (int) Math.min(count - sent, BYTES_AT_ONCE);
            switch (TardyRuntime.ioAwait(new SendFile(file.handle(), socket, at, bytes))) {
                case Resulted.Actual<Integer, SendError> actual -> {
                    if (actual.value() == 0) {
                        return sent;
                    }
                    sent += actual.value();
                }
                case Resulted.Err<Integer, SendError> err -> {
                    if (isNoSuchCall(err)) {
                        return sent + sendThroughBuffer(at, count - sent);
                    }
                    awaitNextTry(err);
                }
            }
        }
        return sent;
    }

    /**
     * This transport or this kind of file has no such call; if the file cannot be read, reading
     * says so.
     */
    private static boolean isNoSuchCall(Resulted.Err<Integer, SendError> err) {
        return switch (Errno.of(err.errno())) {
            case ENOSYS, EINVAL, ESPIPE -> true;
            default -> false;
        };
    }

    private void awaitNextTry(Resulted.Err<Integer, SendError> err) throws TardyIOException {
        switch (err.error()) {
            case WOULD_BLOCK -> TardyRuntime.ioAwait(new AwaitWritable(socket)).unwrap();
            case INTERRUPTED -> {} // once more
            case CANCELED -> err.unwrap();
            default -> throw new TardyIOException("sendfile", err.error(), err.errno());
        }
    }

    private long sendThroughBuffer(long offset, long countMax) throws TardyIOException {
        ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);
        long sent = 0;
        while (sent < countMax) {
            buffer.clear().limit((int) Math.min(BUFFER_BYTES, countMax - sent));
            int count = offset < 0 ? file.read(buffer) : file.read(buffer, offset + sent);
            if (count < 0) {
                return sent;
            }
            sent += buffer.flip().remaining();
            try {
                target.sendAll(buffer);
            } finally {
                if (offset < 0 && buffer.hasRemaining()) { // cancelled, or the socket has failed
                    ((FileHandle) file.handle()).unread(buffer.remaining());
                }
            }
        }
        return sent;
    }
}
