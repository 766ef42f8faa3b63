package io.tardy.aio;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What the system tells about a file; see statx(2). Times are to the nanosecond, as far as the file
 * system keeps them.
 *
 * @param size in bytes
 * @param kind what it is
 * @param mode the permission bits, with set-user-ID, set-group-ID and sticky; -1 where unknown
 * @param accessed when it was last read
 * @param modified when its contents last changed
 * @param changed when its owner, mode or links last changed; {@code modified} where unknown
 * @param created when it was made; null where unknown
 * @param inode its number in its file system; 0 where unknown
 * @param links how many names it has; 0 where unknown
 */
public record Stat(
        long size,
        FileKind kind,
        int mode,
        Instant accessed,
        Instant modified,
        Instant changed,
        @Nullable Instant created,
        long inode,
        long links) {

    /** Whether it is a directory. */
    public boolean isDirectory() {
        return kind == FileKind.DIRECTORY;
    }

    /** Whether it is a regular file. */
    public boolean isFile() {
        return kind == FileKind.FILE;
    }
}
