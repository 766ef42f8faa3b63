package io.tardy.process;

import io.tardy.TardyRuntime;
import io.tardy.aio.AsyncError;
import io.tardy.aio.AsyncSubmission;
import io.tardy.aio.AsyncSubmission.Close;
import io.tardy.aio.AsyncSubmission.CloseFile;
import io.tardy.aio.AsyncSubmission.Read;
import io.tardy.aio.AsyncSubmission.Recv;
import io.tardy.aio.AsyncSubmission.Send;
import io.tardy.aio.AsyncSubmission.Write;
import io.tardy.aio.CloseError;
import io.tardy.aio.ReadError;
import io.tardy.aio.TardyIOException;
import io.tardy.aio.WriteError;
import io.tardy.os.ChildPipe;
import io.tardy.os.FileHandle;
import io.tardy.os.SocketHandle;
import io.tardy.runtime.OperationWait;
import java.nio.ByteBuffer;

/** Our end of a pipe, as the transport has it best. */
abstract sealed class PipeEnd {

    /**
     * @param isPolled whether the runtime's transport polls descriptors
     */
    static PipeEnd of(ChildPipe pipe, boolean isPolled) {
        return isPolled ? new Polled(pipe.oursToPoll()) : new Opened(pipe.ours());
    }

    /** The number of bytes, or -1 at the end; there is room. */
    abstract int read(ByteBuffer into) throws TardyIOException;

    /** The number of bytes; something remains. */
    abstract int write(ByteBuffer from) throws TardyIOException;

    /** In a frame that waits for it, or elsewhere; again it does nothing. */
    abstract void close() throws TardyIOException;

    abstract boolean isClosed();

    /** As a file: io_uring reads it as such, and threads do. */
    private static final class Opened extends PipeEnd {
        private final FileHandle handle;

        Opened(FileHandle handle) {
            this.handle = handle;
        }

        @Override
        int read(ByteBuffer into) throws TardyIOException {
            int count =
                    OperationWait.count(new Read(handle, into, AsyncSubmission.CURRENT_POSITION));
            return count == 0 ? -1 : count;
        }

        @Override
        int write(ByteBuffer from) throws TardyIOException {
            return OperationWait.count(new Write(handle, from, AsyncSubmission.CURRENT_POSITION));
        }

        @Override
        void close() throws TardyIOException {
            if (handle.isClosed()) {
                return;
            }
            if (TardyRuntime.isInFrame()) {
                TardyRuntime.ioAwait(new CloseFile(handle)).unwrap();
                return;
            }
            int errno = handle.closeNow();
            if (errno != 0) {
                throw new TardyIOException("close", CloseError.class, errno);
            }
        }

        @Override
        boolean isClosed() {
            return handle.isClosed();
        }
    }

    /** As what the loop is told of when it is ready. */
    private static final class Polled extends PipeEnd {
        private final SocketHandle handle;

        Polled(SocketHandle handle) {
            this.handle = handle;
        }

        @Override
        int read(ByteBuffer into) throws TardyIOException {
            try {
                int count = OperationWait.count(new Recv(handle, into));
                return count == OperationWait.END ? -1 : count;
            } catch (TardyIOException e) {
                throw inTermsOf("read", ReadError.class, e);
            }
        }

        @Override
        int write(ByteBuffer from) throws TardyIOException {
            try {
                return OperationWait.count(new Send(handle, from));
            } catch (TardyIOException e) {
                throw inTermsOf("write", WriteError.class, e);
            }
        }

        /** A cancel and a deadline are subclasses, and stay what they are. */
        private static <E extends Enum<E> & AsyncError> TardyIOException inTermsOf(
                String operation, Class<E> errors, TardyIOException failure) {
            return failure.getClass() == TardyIOException.class
                    ? new TardyIOException(operation, errors, failure.errno())
                    : failure;
        }

        @Override
        void close() throws TardyIOException {
            if (handle.isClosed()) {
                return;
            }
            if (TardyRuntime.isInFrame()) {
                TardyRuntime.ioAwait(new Close(handle)).unwrap();
            } else {
                handle.close();
            }
        }

        @Override
        boolean isClosed() {
            return handle.isClosed();
        }
    }
}
