package io.tardy.os;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Which mounts are of file systems that have in memory what they tell of a file that they know: to
 * ask them, or to open and close there, waits for no server, no other program and no other file
 * system. See {@code docs/adr/0022-what-the-kernel-knows-is-asked-in-the-frame.md}.
 *
 * <p>What a mount is takes a call that may wait, statfs(2): a thread that may wait {@link #learn
 * learns} it, and the others look it up.
 */
final class LocalMounts {

    /** What is known of a mount. */
    enum Kind {
        LOCAL,
        OTHER,
        UNKNOWN
    }

    /** So many mounts few systems have; when there are more, all are learned anew. */
    private static final int MOUNTS_MAX = 1024;

    /**
     * The number of a mount may be another's later, where it is not unique; then what was learned
     * counts for this long.
     */
    private static final long AGE_NANOS_MAX = 1_000_000_000L;

    /**
     * The file systems' numbers in statfs(2): ext2 to ext4, XFS, btrfs, F2FS, EROFS, SquashFS,
     * tmpfs, ramfs. Not overlayfs, below which may be any other.
     */
    private static final Set<Long> LOCAL =
            Set.of(
                    0xef53L,
                    0x58465342L,
                    0x9123683eL,
                    0xf2f52010L,
                    0xe0f5e1e2L,
                    0x73717368L,
                    0x01021994L,
                    0x858458f6L);

    private static final int STATX_MNT_ID = 0x1000;
    private static final int STATX_MNT_ID_UNIQUE = 0x4000;
    static final int DEVICE_AT = 136;
    private static final int MOUNT_AT = 144;

    /**
     * @param device of the file system
     * @param id of the mount
     */
    private record Mount(long device, long id) {}

    /**
     * @param sinceNanos when it was learned; 0 where that does not matter
     */
    private record Learned(Kind kind, long sinceNanos) {}

    private static final Map<Mount, Learned> MOUNTS = new ConcurrentHashMap<>();

    private LocalMounts() {}

    /**
     * What is known of the mount of a file; never waits.
     *
     * @param statx what the system told of the file, asked for {@link LinuxFiles#STATX_MOUNT} too
     */
    static Kind of(MemorySegment statx) {
        int mask = statx.get(ValueLayout.JAVA_INT, 0);
        if ((mask & (STATX_MNT_ID | STATX_MNT_ID_UNIQUE)) == 0) {
            return Kind.OTHER; // as far as an old kernel tells
        }
        Learned learned = MOUNTS.get(mount(statx));
        if (learned == null
                || learned.sinceNanos != 0
                        && System.nanoTime() - learned.sinceNanos > AGE_NANOS_MAX) {
            return Kind.UNKNOWN;
        }
        return learned.kind;
    }

    private static Mount mount(MemorySegment statx) {
        return new Mount(deviceOf(statx), statx.get(ValueLayout.JAVA_LONG, MOUNT_AT));
    }

    /** The number of the device that has the file; both halves of it. */
    static long deviceOf(MemorySegment statx) {
        return statx.get(ValueLayout.JAVA_LONG, DEVICE_AT);
    }

    /**
     * Learns of the mount of an open file, or of a path's descriptor, if it is not known; may wait.
     *
     * @param statx as above
     * @return what is known now
     */
    static Kind learn(int descriptor, MemorySegment statx) {
        Kind known = of(statx);
        if (known != Kind.UNKNOWN) {
            return known;
        }
        long fileSystem = LinuxCalls.fileSystemOf(descriptor);
        if (fileSystem < 0) {
            return known; // nobody has asked for it
        }
        if (MOUNTS.size() >= MOUNTS_MAX) {
            MOUNTS.clear();
        }
        Kind kind = LOCAL.contains(fileSystem) ? Kind.LOCAL : Kind.OTHER;
        boolean isUnique = (statx.get(ValueLayout.JAVA_INT, 0) & STATX_MNT_ID_UNIQUE) != 0;
        MOUNTS.put(mount(statx), new Learned(kind, isUnique ? 0 : System.nanoTime() | 1));
        return kind;
    }

    /** As if the process had just begun; for tests. */
    static void forget() {
        MOUNTS.clear();
    }
}
