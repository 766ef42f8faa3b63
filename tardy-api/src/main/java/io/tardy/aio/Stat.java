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
 * @param device the number of the file system's device, as stat(2) tells it; two paths with the
 *     same {@code device} and {@code inode} lead to the same file; 0 where unknown
 * @param blocks how much of the disk it takes, in units of 512 bytes, whatever {@code size} says;
 *     -1 where unknown
 * @param blockSize what it is best read and written in, in bytes; -1 where unknown
 * @param owner the number of the user who owns it; -1 where unknown
 * @param group the number of its group; -1 where unknown
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
        long links,
        long device,
        long blocks,
        int blockSize,
        int owner,
        int group) {

    /** What is not said is unknown. */
    public Stat(
            long size,
            FileKind kind,
            int mode,
            Instant accessed,
            Instant modified,
            Instant changed,
            @Nullable Instant created,
            long inode,
            long links) {
        this(
                size, kind, mode, accessed, modified, changed, created, inode, links, 0, -1, -1, -1,
                -1);
    }

    /** Whether it is a directory. */
    public boolean isDirectory() {
        return kind == FileKind.DIRECTORY;
    }

    /** Whether it is a regular file. */
    public boolean isFile() {
        return kind == FileKind.FILE;
    }
}
