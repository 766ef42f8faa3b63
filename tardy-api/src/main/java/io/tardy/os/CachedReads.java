package io.tardy.os;

import io.tardy.aio.AsyncSubmission;
import io.tardy.aio.Errno;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;

/**
 * Reads what the kernel has in memory, in the frame that asks: such a read needs no transport and
 * no thread, for it never waits. What would wait for the disk is left alone. See {@code RWF_NOWAIT}
 * of preadv2(2).
 *
 * <p>For one runtime, on its thread.
 */
public final class CachedReads {

    /** What is longer would keep the frame's neighbours waiting for its copy. */
    private static final int BYTES_MAX = 64 * 1024;

    private static final int IOVEC_BYTES = 16;

    private final MemorySegment iovec = Arena.ofAuto().allocate(IOVEC_BYTES, 8);

    /** For the error number; null until it is needed. */
    private MemorySegment state;

    /** Memory for the bytes of heap buffers; null until it is needed. */
    private MemorySegment copy;

    /** A frame may be suspended even here, where the JVM loads a class; the others wait then. */
    private boolean isTaken;

    /** For a runtime. */
    public CachedReads() {}

    /** Whether it is worth a try: only files of a disk, of a system that has the call. */
    public boolean isOffered(FileHandle file, ByteBuffer into) {
        return into.remaining() > 0
                && into.remaining() <= BYTES_MAX
                && file instanceof DescriptorFile ours
                && ours.hasCachedReads();
    }

    /**
     * Fills a buffer, and moves its position.
     *
     * @param offset where in the file, in bytes
     * @return how many bytes, if the kernel had all of them until there or until the file's end;
     *     else 0, and the buffer's position is where it was, though some bytes behind it may be the
     *     file's: it would have had to wait, the file ends at the offset, or there was an error;
     *     all this is to be found again
     */
    public int tryRead(FileHandle file, AsyncSubmission.Read read, long offset) {
        ByteBuffer into = read.buffer();
        if (isTaken) {
            return 0;
        }
        isTaken = true;
        try {
            int wanted = into.remaining();
            if (into.isDirect()) {
                long begin = read.address() + into.position();
                int count = read((DescriptorFile) file, begin, wanted, offset);
                into.position(into.position() + count);
                return count;
            }
            MemorySegment memory = copy(wanted);
            int count = read((DescriptorFile) file, memory.address(), wanted, offset);
            if (count > 0) {
                into.put(memory.asSlice(0, count).asByteBuffer());
            }
            return count;
        } finally {
            isTaken = false;
        }
    }

    private int read(DescriptorFile file, long into, int length, long offset) {
        int count = readOnce(file, into, length, offset);
        if (count <= 0 || count == length) {
            return Math.max(count, 0);
        }
        // The file ends here, or in memory is only a part of what is asked for. Nobody expects half
        // a read of a file.
        return readOnce(file, into + count, length - count, offset + count) == 0 ? count : 0;
    }

    private int readOnce(DescriptorFile file, long into, int length, long offset) {
        if (state == null) {
            state = CLibrary.newState();
        }
        iovec.set(ValueLayout.JAVA_LONG, 0, into);
        iovec.set(ValueLayout.JAVA_LONG, 8, length);
        int count = LinuxCalls.preadCached(file.descriptor(), iovec, offset, state);
        if (count < 0 && count != -Errno.EAGAIN.number()) {
            file.endCachedReads(); // most likely its file system has no such thing
        }
        return count;
    }

    private MemorySegment copy(int bytes) {
        if (copy == null || copy.byteSize() < bytes) {
            copy = Arena.ofAuto().allocate(Math.max(bytes, 4096));
        }
        return copy;
    }
}
