package io.tardy.fs;

import java.nio.file.Path;

/**
 * Something that has become of a directory that is watched, or of what is in it.
 *
 * @param kind what
 * @param path the name in the directory; empty of the directory itself, and of {@link
 *     Kind#OVERFLOW}
 * @param isDirectory whether it is a directory; false where nobody says
 * @param rename the same number for {@link Kind#MOVED_OUT} and {@link Kind#MOVED_IN} of one rename
 *     within the directory; 0 of others
 */
public record DirEvent(Kind kind, Path path, boolean isDirectory, long rename) {

    /** What has happened; see inotify(7). */
    public enum Kind {
        /** A file or a directory was made there, or a link. */
        CREATED,
        /** A file was written to, or made shorter. */
        MODIFIED,
        /** A file was closed that was open to write. */
        WRITTEN,
        /** The permissions, the owner, the times or the number of names have changed. */
        ATTRIBUTES,
        DELETED,
        /** A name is no longer there: it was renamed, or moved elsewhere. */
        MOVED_OUT,
        /** A name is there now: it was renamed, or has come from elsewhere. */
        MOVED_IN,
        /** The directory itself was renamed or moved; it is watched where it is now. */
        MOVED,
        /**
         * The system had no room for more events and has dropped some: list the directory again.
         * The others go on.
         */
        OVERFLOW,
        /**
         * The directory is gone, or its file system: nothing else will come. A directory that was
         * deleted is not gone while somebody has it open, the {@link Dir} too that was watched.
         */
        GONE
    }
}
