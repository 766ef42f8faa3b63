package io.tardy.net;

import io.tardy.TardyRuntime;
import io.tardy.aio.AsyncSubmission.AwaitWritable;
import io.tardy.aio.Errno;
import io.tardy.aio.SendError;
import io.tardy.aio.TardyIOException;
import io.tardy.fs.File;
import io.tardy.spi.SocketHandle;
import java.nio.ByteBuffer;

/**
 * A file on its way through a socket. The call that moves it may wait for the disk, so a thread of
 * the pool makes it; the frame waits for the socket.
 */
final class FileSending {

    /** So much in one call: a slow disk keeps a thread of the pool no longer than this takes. */
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

    long send(long offset, long count) throws TardyIOException {
        long sent = 0;
        while (sent < count) {
            long at = offset < 0 ? offset : offset + sent;
            int outcome = sendfile(at, (int) Math.min(count - sent, BYTES_AT_ONCE));
            if (outcome == 0) {
                return sent;
            } else if (outcome > 0) {
                sent += outcome;
            } else if (outcome == -Errno.EAGAIN.number()) {
                TardyRuntime.ioAwait(new AwaitWritable(socket)).unwrap();
            } else if (isNoSuchCall(outcome)) {
                return sent + sendThroughBuffer(at, count - sent);
            } else if (outcome != -Errno.EINTR.number()) {
                throw new TardyIOException("sendfile", SendError.of(-outcome), -outcome);
            }
        }
        return sent;
    }

    private int sendfile(long offset, int count) throws TardyIOException {
        try {
            return TardyRuntime.current()
                    .offload(() -> socket.sendFile(file.handle(), offset, count));
        } catch (TardyIOException | RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new AssertionError("no other checked exception is declared", e);
        }
    }

    /** Not with this transport, or not with this kind of file. */
    private static boolean isNoSuchCall(int outcome) {
        return outcome == -Errno.ENOSYS.number() || outcome == -Errno.EINVAL.number();
    }

    private long sendThroughBuffer(long offset, long count) throws TardyIOException {
        ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);
        long sent = 0;
        while (sent < count) {
            buffer.clear().limit((int) Math.min(BUFFER_BYTES, count - sent));
            if (file.read(buffer, offset < 0 ? offset : offset + sent) < 0) {
                return sent;
            }
            sent += buffer.flip().remaining();
            target.sendAll(buffer);
        }
        return sent;
    }
}
