package io.tardy.fs;

import io.tardy.Frame;
import io.tardy.TardyRuntime;
import io.tardy.aio.MkdirError;
import io.tardy.aio.TardyIOException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;

/**
 * A directory that is deleted with everything in it when this is closed. {@link Dir#createTempDir}
 * makes it. If the process ends before, it stays: who makes many removes what is old at a start.
 */
public final class TempDirectory implements AutoCloseable {

    /** So long the deletion may last in a frame that was cancelled. */
    private static final Duration DELETE_WITHIN = Duration.ofSeconds(30);

    private static final int PERMISSIONS = 0700;

    private final Dir parent;
    private final Path name;
    private final Dir dir;
    private boolean isClosed;

    private TempDirectory(Dir parent, Path name, Dir dir) {
        this.parent = parent;
        this.name = name;
        this.dir = dir;
    }

    static TempDirectory create(Dir parent, String prefix) throws TardyIOException {
        requirePartOfName(prefix);
        Path name =
                TempFiles.make(
                        prefix,
                        MkdirError.ALREADY_EXISTS,
                        tried -> {
                            parent.makeDir(tried, PERMISSIONS);
                            return tried;
                        });
        try {
            return new TempDirectory(parent, name, parent.openDir(name));
        } catch (TardyIOException | RuntimeException | Error e) {
            try {
                Frame.uncancellable(DELETE_WITHIN, () -> parent.deleteDir(name));
            } catch (IOException | RuntimeException e2) {
                e.addSuppressed(e2);
            }
            throw e;
        }
    }

    /** A path would lead somewhere else, perhaps out of the parent. */
    private static void requirePartOfName(String prefix) {
        Objects.requireNonNull(prefix, "prefix");
        Path name = Path.of(prefix + "x");
        if (name.isAbsolute() || name.getNameCount() != 1) {
            throw new IllegalArgumentException(
                    "prefix: "
                            + prefix
                            + " is more than the begin of a name: open the directory that it is to"
                            + " be in, and make it there");
        }
    }

    /** The open directory; it is closed with this. */
    public Dir dir() {
        return dir;
    }

    /** Its name in the directory that it was made in. */
    public Path name() {
        return name;
    }

    /** Where it is, as far as the path of its parent still leads there: for other programs. */
    public Path path() {
        return Path.of(parent.nameOf(name));
    }

    /**
     * Deletes the directory with everything in it, as {@link Dir#deleteTree} does, also in a
     * cancelled frame, for 30 seconds at most. That its parent was closed meanwhile is an {@code
     * INVALID_FD}. Closing again does nothing, unless something could not be deleted: then it tries
     * once more.
     *
     * @throws TardyIOException if something could not be deleted; the message names it
     * @throws IllegalStateException outside of a frame, where it does nothing
     */
    @Override
    public void close() throws TardyIOException {
        if (isClosed) {
            return;
        }
        if (!TardyRuntime.isInFrame()) {
            throw new IllegalStateException(
                    this + ": to delete it takes a frame: close it in the one that has made it");
        }
        isClosed = true;
        boolean isDeleted = false;
        try (dir) {
            Frame.uncancellable(DELETE_WITHIN, () -> parent.deleteTree(name));
            isDeleted = true;
        } catch (TardyIOException | RuntimeException e) {
            throw e;
        } catch (IOException e) {
            throw new AssertionError("no other is thrown in there", e);
        } finally {
            isClosed = isDeleted;
        }
    }

    @Override
    public String toString() {
        return path().toString();
    }
}
