package io.tardy.fs;

import java.util.ArrayList;
import java.util.List;

/**
 * What one open file has locked, or is about to: the system has one owner for all its locks, and so
 * would let two frames that share a file lock the same part. From any thread.
 */
final class FileLocks {

    private final List<FileLock> held = new ArrayList<>(0);

    /**
     * Takes note of a lock.
     *
     * @throws IllegalStateException if the file has locked some of that part already
     */
    synchronized void add(FileLock lock) {
        for (FileLock other : held) {
            if (other.overlaps(lock)) {
                throw new IllegalStateException(
                        lock
                                + ": the same open file has "
                                + other
                                + " already, and the system's locks are an open file's; frames that"
                                + " share one exclude each other with a Mutex, or open it once"
                                + " more");
            }
        }
        held.add(lock);
    }

    synchronized void remove(FileLock lock) {
        held.remove(lock);
    }
}
