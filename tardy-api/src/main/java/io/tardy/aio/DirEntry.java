package io.tardy.aio;

import java.nio.file.Path;

/**
 * A name in a directory.
 *
 * <p>Public for the result of {@code Dir.list}.
 *
 * @param path the last part of its path: what {@code Dir} opens and deletes, whatever its bytes are
 * @param kind what it is; a symbolic link is not followed; {@code UNKNOWN} where the file system
 *     does not say
 */
public record DirEntry(Path path, FileKind kind) {

    /**
     * The text of {@link #path}; where the name has bytes that are none in the JVM's locale it does
     * not lead back to the file.
     */
    public String name() {
        return path.toString();
    }
}
