package io.tardy.stream;

import java.io.IOException;
import java.nio.ByteBuffer;

/** A source and a sink of bytes: a socket, a file, or a program's own. */
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
     * Writes as much as is taken at once, waiting until something is.
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
     * Writes all that remains in the buffers, one behind the other: here in turn, and together
     * where the stream can. If it fails, their positions tell what was taken.
     */
    default void writeAll(ByteBuffer... from) throws IOException {
        for (ByteBuffer each : from) {
            writeAll(each);
        }
    }

    /** A reader of lines, numbers and other parts, of up to {@link ByteReader#BYTES_MAX}. */
    default ByteReader reader() {
        return reader(ByteReader.BYTES_MAX);
    }

    /**
     * A {@link #reader()} with another limit.
     *
     * @param bytesMax how long what is asked for at once may be, unless a call says otherwise
     */
    default ByteReader reader(int bytesMax) {
        return new ByteReader(this, bytesMax);
    }

    /** A writer that collects small writes, until it is told to flush. */
    default ByteWriter writer() {
        return new ByteWriter(this);
    }

    /**
     * Copies from another stream until its end, or up to a number of bytes. It reads again only
     * when it has written what it read. Here it goes through a buffer of {@link #COPY_BYTES}; a
     * stream that knows a shorter way from some others overrides it.
     *
     * @param countMax how many bytes at most
     * @return the number of bytes
     * @throws IllegalArgumentException if the count is negative
     */
    default long transferFrom(Stream from, long countMax) throws IOException {
        if (countMax < 0) {
            throw new IllegalArgumentException("count: " + countMax + " is negative");
        }
        ByteBuffer through = ByteBuffer.allocateDirect(COPY_BYTES);
        long copied = 0;
        while (copied < countMax
                && from.read(through.clear().limit((int) Math.min(COPY_BYTES, countMax - copied)))
                        >= 0) {
            copied += through.flip().remaining();
            writeAll(through);
        }
        return copied;
    }

    /**
     * Copies until the end of {@code from}: {@link #transferFrom} of {@code to}. Closes neither.
     *
     * <p>One pair goes without a buffer of ours, with sendfile(2): from a regular {@code File} to a
     * {@code Socket} of the io_uring or the epoll transport. Every other goes through a buffer: a
     * file to a socket of the poll or the kqueue transport, a file that is not regular, a socket to
     * a file, a socket to a socket, a file to a file, and streams of a program's own. splice(2) and
     * copy_file_range(2) are not used.
     *
     * @return the number of bytes
     */
    static long copy(Stream from, Stream to) throws IOException {
        return to.transferFrom(from, Long.MAX_VALUE);
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
