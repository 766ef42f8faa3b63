package io.tardy.aio;

import java.util.Objects;

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
        boolean sync) {

    private static final int PERMISSIONS = 0666;

    public AsyncOpenFlags {
        Objects.requireNonNull(mode, "mode");
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

    /** These, and {@link #create}. */
    public AsyncOpenFlags withCreate() {
        return new AsyncOpenFlags(
                mode,
                permissions,
                true,
                exclusive,
                truncate,
                append,
                directory,
                followsLinks,
                sync);
    }

    /** These, {@link #create} and {@link #exclusive}: what is there is an error. */
    public AsyncOpenFlags withExclusive() {
        return new AsyncOpenFlags(
                mode, permissions, true, true, truncate, append, directory, followsLinks, sync);
    }

    /** These, and other {@link #permissions} of a file that is created. */
    public AsyncOpenFlags withPermissions(int permissions) {
        return new AsyncOpenFlags(
                mode,
                permissions,
                create,
                exclusive,
                truncate,
                append,
                directory,
                followsLinks,
                sync);
    }

    /** These, and {@link #truncate}. */
    public AsyncOpenFlags withTruncate() {
        return new AsyncOpenFlags(
                mode, permissions, create, exclusive, true, append, directory, followsLinks, sync);
    }

    /** These, and {@link #append}. */
    public AsyncOpenFlags withAppend() {
        return new AsyncOpenFlags(
                mode,
                permissions,
                create,
                exclusive,
                truncate,
                true,
                directory,
                followsLinks,
                sync);
    }

    /** These, and {@link #directory}. */
    public AsyncOpenFlags withDirectory() {
        return new AsyncOpenFlags(
                mode, permissions, create, exclusive, truncate, append, true, followsLinks, sync);
    }

    /** These, without {@link #followsLinks}. */
    public AsyncOpenFlags withoutFollowingLinks() {
        return new AsyncOpenFlags(
                mode, permissions, create, exclusive, truncate, append, directory, false, sync);
    }

    /** These, and {@link #sync}. */
    public AsyncOpenFlags withSync() {
        return new AsyncOpenFlags(
                mode,
                permissions,
                create,
                exclusive,
                truncate,
                append,
                directory,
                followsLinks,
                true);
    }
}
