package io.tardy.aio;

import java.nio.file.Path;

/**
 * A name in a directory, with what the system tells of it.
 *
 * <p>Public for the result of {@code Dir.listStats}.
 *
 * @param path the last part of its path: what {@code Dir} opens and deletes, whatever its bytes are
 * @param stat of a symbolic link, its own
 */
public record StatEntry(Path path, Stat stat) {

    /** As {@link DirEntry#name}. */
    public String name() {
        return path.toString();
    }
}
