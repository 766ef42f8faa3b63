package io.tardy.os;

import io.tardy.aio.Errno;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A file that is a channel of the JDK's, or a directory that is a path. */
final class ChannelFile extends FileHandle {

    private final Path path;
    private final FileChannel channel;
    private final CurrentPosition currentPosition;
    private final boolean waits;
    private final List<FileLock> locks = new ArrayList<>(0);

    /**
     * @param waits whether operations on it may wait for another process
     */
    ChannelFile(Path path, FileChannel channel, CurrentPosition currentPosition, boolean waits) {
        this.waits = waits;
        this.path = path;
        this.channel = channel;
        this.currentPosition = currentPosition;
    }

    /** Where it was opened. */
    Path path() {
        return path;
    }

    /** Null for a directory. */
    FileChannel channel() {
        return channel;
    }

    /**
     * Whether operations on it may wait for another process, as those on pipes and terminals do.
     */
    boolean waits() {
        return waits;
    }

    @Override
    public CurrentPosition currentPosition() {
        return currentPosition;
    }

    /** Its channel has locked something; it is given back with {@link #takeLocks}. */
    void addLock(FileLock lock) {
        synchronized (locks) {
            locks.add(lock);
        }
    }

    /** The locks that lie in a part of it; it forgets them. */
    List<FileLock> takeLocks(long offset, long length) {
        synchronized (locks) {
            List<FileLock> taken =
                    locks.stream()
                            .filter(lock -> lock.position() >= offset)
                            .filter(lock -> lock.position() - offset <= length - lock.size())
                            .toList();
            locks.removeAll(taken);
            return taken;
        }
    }

    /** Not asked: the channel says so itself. */
    @Override
    public boolean hasOffsets() {
        return true;
    }

    @Override
    protected void moveSystems(long bytes) {
        try {
            channel.position(Math.max(channel.position() + bytes, 0));
        } catch (IOException e) {
            // It has no position, which does not move then.
        }
    }

    /** The JDK ends its own waits, and takes care of the descriptor meanwhile. */
    @Override
    void endWaits() {
        closeDescriptor();
    }

    @Override
    public int closeDescriptor() {
        try {
            if (channel != null) {
                channel.close();
            }
            return 0;
        } catch (IOException e) {
            return Errno.EIO.number();
        }
    }

    @Override
    public String toString() {
        return "file " + path;
    }
}
