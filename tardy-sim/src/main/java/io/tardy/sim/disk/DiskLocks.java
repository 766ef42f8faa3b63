package io.tardy.sim.disk;

import io.tardy.aio.LockMode;
import java.util.ArrayList;
import java.util.List;

/** The parts of files that open files have locked, as of {@code F_OFD_SETLK} in fcntl(2). */
final class DiskLocks {

    /**
     * One of them.
     *
     * @param last its last byte
     */
    private record Held(SimFile owner, LockMode mode, long first, long last) {

        boolean overlaps(long otherFirst, long otherLast) {
            return first <= otherLast && otherFirst <= last;
        }

        boolean excludes(SimFile file, LockMode wanted) {
            boolean isShared = mode == LockMode.SHARED && wanted == LockMode.SHARED;
            return owner != file && owner.node == file.node && !isShared;
        }
    }

    private List<Held> held = new ArrayList<>();

    /** Locks a part; what the file has locked of it already it has like this from now on. */
    boolean tryLock(SimFile file, LockMode mode, long first, long last) {
        for (Held other : held) {
            if (other.overlaps(first, last) && other.excludes(file, mode)) {
                return false;
            }
        }
        unlock(file, first, last);
        held.add(new Held(file, mode, first, last));
        return true;
    }

    /** Gives back what the file has locked of a part. */
    void unlock(SimFile file, long first, long last) {
        List<Held> left = new ArrayList<>();
        for (Held lock : held) {
            if (lock.owner != file || !lock.overlaps(first, last)) {
                left.add(lock);
                continue;
            }
            if (lock.first < first) {
                left.add(new Held(file, lock.mode, lock.first, first - 1));
            }
            if (lock.last > last) {
                left.add(new Held(file, lock.mode, last + 1, lock.last));
            }
        }
        held = left;
    }

    /** It was closed. */
    void releaseAll(SimFile file) {
        held.removeIf(lock -> lock.owner == file);
    }

    /** The programs that had any have ended. */
    void clear() {
        held.clear();
    }
}
