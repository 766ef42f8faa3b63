package io.tardy.aio;

/** Why {@code rename} failed; see rename(2). */
public enum RenameError implements AsyncError {
    ACCESS_DENIED,
    /** The directory it was relative to is closed. */
    INVALID_FD,
    /** In use by the system: a mount point, for example; or a path ends with a dot or two. */
    BUSY,
    DISK_QUOTA_EXCEEDED,
    INVALID_ADDRESS,
    /** A directory was to be moved into itself. */
    INVALID_ARGUMENTS,
    IO_ERROR,
    /** A file was to take the place of a directory. */
    IS_DIRECTORY,
    /** Too many symbolic links, each to the next. */
    LOOP,
    TOO_MANY_LINKS,
    NAME_TOO_LONG,
    NOT_FOUND,
    OUT_OF_MEMORY,
    NO_SPACE,
    /** A directory was to take the place of a file, or a path leads through a file. */
    NOT_A_DIRECTORY,
    /** The directory whose place was to be taken has something in it. */
    NOT_EMPTY,
    READ_ONLY_FILE_SYSTEM,
    /** Only a copy gets there. */
    OTHER_FILE_SYSTEM,
    CANCELED,
    UNEXPECTED
}
