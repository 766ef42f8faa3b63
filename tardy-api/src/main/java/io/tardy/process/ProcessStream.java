package io.tardy.process;

import io.tardy.aio.TardyIOException;
import io.tardy.aio.WriteError;
import io.tardy.stream.Stream;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * This program's end of a stream of a {@link ChildProcess}: its standard input is written, its
 * output and its errors are read. In a frame, of any runtime of the {@code Tardy} that has started
 * it; only that frame waits. One frame at a time may read or write here: another one is refused
 * with an {@link IllegalStateException}.
 *
 * <p>A wait that was given up has taken or left every byte that the buffer's position says. A
 * buffer of an {@link java.lang.foreign.Arena} that can be closed is refused, as by {@code File}.
 *
 * <p>On io_uring and epoll no thread waits. On the other transports each read and each write that
 * waits has one, of which there are at most 256 in a runtime, those for FIFOs and terminals
 * included; one more is a {@link java.util.concurrent.RejectedExecutionException}.
 */
public final class ProcessStream implements Stream, AutoCloseable {

    private final PipeEnd end;
    private final String name;
    private final boolean isRead;
    private final AtomicBoolean isTaken = new AtomicBoolean();

    ProcessStream(PipeEnd end, String name, boolean isRead) {
        this.end = end;
        this.name = name;
        this.isRead = isRead;
    }

    /**
     * Reads what the process has written, waiting until there is something.
     *
     * @return the number of bytes, or -1 at the end: the process, and all to whom it has handed
     *     this stream on, have closed it or ended
     * @throws IllegalArgumentException if the buffer is read-only
     * @throws IllegalStateException of the standard input
     */
    @Override
    public int read(ByteBuffer into) throws TardyIOException {
        requireDirection(true);
        if (!into.hasRemaining()) {
            return 0;
        }
        take("reads");
        try {
            return end.read(into);
        } finally {
            isTaken.set(false);
        }
    }

    /**
     * Writes as much as the pipe takes, waiting until it takes something.
     *
     * @throws TardyIOException with {@link WriteError#BROKEN_PIPE} if the process has ended, or
     *     reads no more
     * @throws IllegalStateException of the output and of the errors
     */
    @Override
    public int write(ByteBuffer from) throws TardyIOException {
        requireDirection(false);
        if (!from.hasRemaining()) {
            return 0;
        }
        take("writes to");
        try {
            return end.write(from);
        } finally {
            isTaken.set(false);
        }
    }

    /** Not every transport would notice a second one, and then each had some of the bytes. */
    private void take(String verb) {
        if (!isTaken.compareAndSet(false, true)) {
            throw new IllegalStateException(
                    "another frame already " + verb + " " + name + ": one at a time may");
        }
    }

    private void requireDirection(boolean reads) {
        if (reads != isRead) {
            throw new IllegalStateException(
                    name + " can only be " + (isRead ? "read" : "written") + " here");
        }
    }

    /**
     * Closes this end, also in a cancelled frame. Of the standard input the process then reads the
     * end. Frames that wait here get {@code INVALID_FD}. Closing again does nothing.
     */
    @Override
    public void close() throws TardyIOException {
        end.close();
    }

    /** Whether {@link #close} was called. */
    public boolean isClosed() {
        return end.isClosed();
    }

    @Override
    public String toString() {
        return name;
    }
}
