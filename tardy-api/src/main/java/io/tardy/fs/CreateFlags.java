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
 * @param permissions of a new file, less those that the process's umask removes
 * @param truncate empty an existing file
 * @param overwrite whether the file may exist; if not, an existing file is an error
 */
public record CreateFlags(FileMode mode, int permissions, boolean truncate, boolean overwrite) {

    /** For writing, readable by all, emptied if it exists. */
    public static final CreateFlags DEFAULT = new CreateFlags(FileMode.WRITE, 0644, true, true);

    public CreateFlags {
        Objects.requireNonNull(mode, "mode");
    }

    AsyncOpenFlags toOpenFlags() {
        AsyncOpenFlags made = AsyncOpenFlags.of(mode).withPermissions(permissions);
        AsyncOpenFlags flags = overwrite ? made.withCreate() : made.withExclusive();
        return truncate ? flags.withTruncate() : flags;
    }
}
