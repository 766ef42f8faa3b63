package io.tardy.fs;

import io.tardy.aio.AsyncOpenFlags;
import io.tardy.aio.FileMode;
import java.util.Objects;

/**
 * How to create a file.
 *
 * <p>Public for callers of {@link File#create(java.nio.file.Path, CreateFlags)}.
 *
 * @param mode what it will be used for
 * @param permissions of a new file, of which the process's umask takes some
 * @param truncate make a file that is there empty
 * @param overwrite whether a file that is there will do; if not, its being there is an error
 */
public record CreateFlags(FileMode mode, int permissions, boolean truncate, boolean overwrite) {

    /** To write, readable by all, and empty also if it was there. */
    public static final CreateFlags DEFAULT = new CreateFlags(FileMode.WRITE, 0644, true, true);

    public CreateFlags {
        Objects.requireNonNull(mode, "mode");
    }

    AsyncOpenFlags toOpenFlags() {
        return new AsyncOpenFlags(
                mode, permissions, true, !overwrite, truncate, false, false, true, false);
    }
}
