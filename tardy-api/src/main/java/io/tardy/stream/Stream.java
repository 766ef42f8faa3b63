package io.tardy.stream;

import io.tardy.fs.File;
import io.tardy.net.Socket;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * What bytes can be read from and written to: a socket, a file, or what a program makes of them.
 */
public interface Stream {

    /** How much {@link #copy(Stream, Stream)} moves at once. */
    int COPY_BYTES = 64 * 1024;

    /**
     * Reads what is there, waiting until there is something.
     *
     * @param into direct or heap; its position advances; if it has no room nothing happens
     * @return the number of bytes, or -1 at the end
     */
    int read(ByteBuffer into) throws IOException;

    /**
     * Writes what is taken at once, waiting until something is.
     *
     * @param from direct or heap; its position advances
     * @return the number of bytes, which may be fewer than remained
     */
    int write(ByteBuffer from) throws IOException;

    /** Writes all that remains in the buffer. */
    default void writeAll(ByteBuffer from) throws IOException {
        while (from.hasRemaining()) {
            write(from);
        }
    }

    /**
     * Copies until the end of {@code from}: nothing is read before what was read last has been
     * written. Closes neither.
     *
     * <p>One pair goes without a buffer of ours, with sendfile(2): from a regular {@link File} to a
     * {@link Socket} of the io_uring or the epoll transport. Every other goes through one of {@link
     * #COPY_BYTES}: a file to a socket of the poll or the kqueue transport, a file that is no
     * regular one, a socket to a file, a socket to a socket, a file to a file, and streams of a
     * program's own. splice(2) and copy_file_range(2) are not used.
     *
     * @return the number of bytes
     */
    static long copy(Stream from, Stream to) throws IOException {
        return from instanceof File file && to instanceof Socket socket
                ? socket.sendFile(file, Long.MAX_VALUE)
                : copy(from, to, ByteBuffer.allocateDirect(COPY_BYTES));
    }

    /**
     * {@link #copy(Stream, Stream)} through a buffer of the caller's.
     *
     * @param through must have room
     */
    static long copy(Stream from, Stream to, ByteBuffer through) throws IOException {
        if (through.capacity() == 0) {
            throw new IllegalArgumentException("a buffer without room copies nothing");
        }
        long copied = 0;
        while (from.read(through.clear()) >= 0) {
            copied += through.flip().remaining();
            to.writeAll(through);
        }
        return copied;
    }
}
