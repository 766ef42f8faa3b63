package io.tardy.os;

import io.tardy.aio.AsyncOpenFlags;
import io.tardy.aio.Errno;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;

/**
 * Opens directories below another one, however deep, and goes through no symbolic link on the way:
 * what was a directory when it was listed may be a link by now. See openat2(2).
 */
final class DirectoriesBelow {

    private static final int FLAGS =
            LinuxFiles.openFlags(AsyncOpenFlags.DIRECTORY.withoutFollowingLinks());

    private static final int HOW_BYTES = 24;
    private static final long RESOLVE_NO_SYMLINKS = 0x04;
    private static final long RESOLVE_BENEATH = 0x08;

    /** Linux has the call since 5.6, if nothing forbids it. */
    private static volatile boolean isOffered = true;

    private DirectoriesBelow() {}

    /** A descriptor, or a negated error number: {@code ELOOP} or {@code ENOTDIR} of a link. */
    static int open(int directory, Path path) {
        if (isOffered) {
            int outcome = openWhole(directory, path);
            if (outcome == -Errno.ENOSYS.number()
                    || outcome == -Errno.EPERM.number()
                    || outcome == -Errno.EINVAL.number()) {
                isOffered = false;
            } else if (outcome != -Errno.ENAMETOOLONG.number()
                    && outcome != -Errno.EAGAIN.number()) {
                return outcome;
            }
        }
        return openByName(directory, path);
    }

    private static int openWhole(int directory, Path path) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment how = arena.allocate(HOW_BYTES, 8);
            how.set(ValueLayout.JAVA_LONG, 0, FLAGS);
            how.set(ValueLayout.JAVA_LONG, 16, RESOLVE_NO_SYMLINKS | RESOLVE_BENEATH);
            return LinuxCalls.openat2(
                    directory, LinuxFiles.path(path, arena), how, CLibrary.newState(arena));
        }
    }

    /** A path may be longer than the system takes at once. */
    private static int openByName(int directory, Path path) {
        int open = directory;
        for (Path name : path) {
            int inside;
            try (Arena arena = Arena.ofConfined()) {
                inside = LinuxCalls.openat(open, LinuxFiles.path(name, arena), FLAGS, 0);
            } finally {
                if (open != directory) {
                    LinuxCalls.close(open);
                }
            }
            if (inside < 0) {
                return inside;
            }
            open = inside;
        }
        return open;
    }
}
