package io.tardy.sim.disk;

import io.tardy.aio.AsyncOpenFlags;
import io.tardy.aio.Errno;
import io.tardy.aio.FileMode;
import io.tardy.os.ErrnoException;
import io.tardy.os.FileCalls;
import io.tardy.os.FileHandle;
import io.tardy.os.SocketHandle;
import java.nio.ByteBuffer;

/** An open file or directory of a {@link Disk}. */
final class SimFile extends FileHandle {

    /** How much is sent from a file at once. */
    static final int SEND_BYTES_MAX = 64 * 1024;

    private final Disk disk;
    final Node node;
    final AsyncOpenFlags flags;

    /** Which program of the host has opened it; see {@link Disk#restart}. */
    final int program;

    /** Whether its descriptor was closed; the number may mean another file by now. */
    private boolean isOver;

    /** Where the system reads and writes next, where it is not told. */
    long systemsPosition;

    SimFile(Disk disk, Node node, AsyncOpenFlags flags, int program) {
        this.disk = disk;
        this.node = node;
        this.flags = flags;
        this.program = program;
    }

    @Override
    public FileCalls calls() {
        return disk;
    }

    /** As of a regular file on a real disk. */
    @Override
    public CurrentPosition currentPosition() {
        if (!flags.append()) {
            return CurrentPosition.OURS;
        }
        return flags.mode() == FileMode.WRITE ? CurrentPosition.NONE : CurrentPosition.SYSTEMS;
    }

    @Override
    public boolean hasOffsets() {
        return true;
    }

    @Override
    protected void moveSystems(long bytes) {
        systemsPosition = Math.max(systemsPosition + bytes, 0);
    }

    @Override
    protected int sendTo(SocketHandle socket, long offset, int count) {
        return disk.send(this, socket::send, offset, count);
    }

    @Override
    public int closeDescriptor() {
        requireDescriptor();
        isOver = true;
        disk.closed(this);
        return 0;
    }

    /** As many bytes of what was asked for, or, past the cache, as many of its sectors. */
    int whole(int count, int asked) {
        int sectors = Math.max(count / Content.SECTOR_BYTES, 1) * Content.SECTOR_BYTES;
        return flags.direct() && count < asked ? Math.min(sectors, asked) : count;
    }

    /**
     * As a device has it that is read and written past the cache, in whole sectors.
     *
     * @throws ErrnoException EINVAL
     */
    void requireAligned(ByteBuffer buffer, long offset) throws ErrnoException {
        boolean isAligned =
                !flags.direct()
                        || buffer.isDirect()
                                && buffer.alignmentOffset(buffer.position(), Content.SECTOR_BYTES)
                                        == 0
                                && offset % Content.SECTOR_BYTES == 0
                                && buffer.remaining() % Content.SECTOR_BYTES == 0;
        if (!isAligned) {
            throw new ErrnoException(Errno.EINVAL);
        }
    }

    /**
     * On a real disk this could work on another file.
     *
     * @throws IllegalStateException if it has no descriptor any more: a fault of Tardy's
     */
    void requireDescriptor() {
        if (isOver) {
            throw new IllegalStateException(this + ": its descriptor is closed already");
        }
    }

    @Override
    public String toString() {
        return "file " + node.path();
    }
}
