package io.tardy.aio;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How to open a file; see open(2). Files are always opened close-on-exec. Begin with {@link #of} or
 * a constant, and add what is to be different:
 *
 * <pre>{@code
 * static final AsyncOpenFlags LOG =
 *         AsyncOpenFlags.of(FileMode.WRITE).withCreate().withPermissions(0640).withAppend();
 * }</pre>
 *
 * @param mode what it will be used for
 * @param permissions of a file that is created, of which the process's umask takes some
 * @param create make the file if it is not there
 * @param exclusive with {@code create}: fail if it is there
 * @param truncate make it empty
 * @param append every write goes to the end
 * @param directory fail if it is no directory
 * @param followsLinks whether a symbolic link at the end of the path is followed; if not, it fails
 *     with {@code LOOP}
 * @param sync a write is over when the device has it
 * @param direct past the system's cache; see {@link #withDirect}
 * @param unnamed a new file without a name, in the directory that the path leads to; see {@link
 *     #withUnnamed}
 */
public record AsyncOpenFlags(
        FileMode mode,
        int permissions,
        boolean create,
        boolean exclusive,
        boolean truncate,
        boolean append,
        boolean directory,
        boolean followsLinks,
        boolean sync,
        boolean direct,
        boolean unnamed) {

    private static final int PERMISSIONS = 0666;

    public AsyncOpenFlags {
        Objects.requireNonNull(mode, "mode");
    }

    /** Neither {@code direct} nor {@code unnamed}. */
    public AsyncOpenFlags(
            FileMode mode,
            int permissions,
            boolean create,
            boolean exclusive,
            boolean truncate,
            boolean append,
            boolean directory,
            boolean followsLinks,
            boolean sync) {
        this(
                mode,
                permissions,
                create,
                exclusive,
                truncate,
                append,
                directory,
                followsLinks,
                sync,
                false,
                false);
    }

    /** What can be added to the flags. */
    private enum Addition {
        CREATE,
        EXCLUSIVE,
        TRUNCATE,
        APPEND,
        DIRECTORY,
        NO_LINKS,
        SYNC,
        DIRECT,
        UNNAMED
    }

    /** To read what is there. */
    public static final AsyncOpenFlags READ = of(FileMode.READ);

    /** A directory, to begin paths at. */
    public static final AsyncOpenFlags DIRECTORY = READ.withDirectory();

    /** To use what is there. */
    public static AsyncOpenFlags of(FileMode mode) {
        return new AsyncOpenFlags(
                mode, PERMISSIONS, false, false, false, false, false, true, false);
    }

    private AsyncOpenFlags with(@Nullable Addition added, int permissions) {
        return new AsyncOpenFlags(
                mode,
                permissions,
                create || added == Addition.CREATE,
                exclusive || added == Addition.EXCLUSIVE,
                truncate || added == Addition.TRUNCATE,
                append || added == Addition.APPEND,
                directory || added == Addition.DIRECTORY,
                followsLinks && added != Addition.NO_LINKS,
                sync || added == Addition.SYNC,
                direct || added == Addition.DIRECT,
                unnamed || added == Addition.UNNAMED);
    }

    private AsyncOpenFlags with(Addition added) {
        return with(added, permissions);
    }

    /** These, and {@link #create}. */
    public AsyncOpenFlags withCreate() {
        return with(Addition.CREATE);
    }

    /** These, {@link #create} and {@link #exclusive}: what is there is an error. */
    public AsyncOpenFlags withExclusive() {
        return withCreate().with(Addition.EXCLUSIVE);
    }

    /** These, and other {@link #permissions} of a file that is created. */
    public AsyncOpenFlags withPermissions(int permissions) {
        return with(null, permissions);
    }

    /** These, and {@link #truncate}. */
    public AsyncOpenFlags withTruncate() {
        return with(Addition.TRUNCATE);
    }

    /** These, and {@link #append}. */
    public AsyncOpenFlags withAppend() {
        return with(Addition.APPEND);
    }

    /** These, and {@link #directory}. */
    public AsyncOpenFlags withDirectory() {
        return with(Addition.DIRECTORY);
    }

    /** These, without {@link #followsLinks}. */
    public AsyncOpenFlags withoutFollowingLinks() {
        return with(Addition.NO_LINKS);
    }

    /** These, and {@link #sync}. */
    public AsyncOpenFlags withSync() {
        return with(Addition.SYNC);
    }

    /**
     * These, and {@link #direct}: reads and writes go past the system's cache, between the device
     * and the buffer; see {@code O_DIRECT} in open(2). For programs that keep a cache of their own.
     *
     * <p>The system asks for three things: where the buffer's bytes begin in memory, the offset in
     * the file, and the number of bytes must all be multiples of a block of the device. 4096 does
     * for nearly all; many take 512. {@code ByteBuffer.allocateDirect(bytes +
     * 4096).alignedSlice(4096)} makes such a buffer. What is not so aligned fails with {@code
     * INVALID_ARGUMENTS}, on some file systems only; a heap buffer, which would have to be copied,
     * is an {@link IllegalArgumentException} on all. A file may be of any length: its end is read
     * short. A read behind an end that is not aligned is not aligned itself, and need not tell that
     * nothing is left; {@code File.readAll} takes care of that.
     *
     * <p>It makes nothing durable: that is what {@code File.syncData} and {@link #withSync} are
     * for. A file system that has no such way, and a system that is not Linux, refuse the open,
     * with {@code INVALID_ARGUMENTS} or {@code OPERATION_NOT_SUPPORTED}.
     */
    public AsyncOpenFlags withDirect() {
        return with(Addition.DIRECT);
    }

    /**
     * These, and {@link #unnamed}: a new file that nobody finds and that is gone when it is closed,
     * or when the process ends, however it does; see {@code O_TMPFILE} in open(2). It must be
     * opened to write too. Some file systems have no such files, and a system that is not Linux has
     * none: {@code OPERATION_NOT_SUPPORTED}. {@code Dir.createTempFile} knows another way there.
     */
    public AsyncOpenFlags withUnnamed() {
        return with(Addition.UNNAMED);
    }
}
