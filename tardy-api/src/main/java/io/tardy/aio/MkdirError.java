package io.tardy.aio;

/** Why {@code mkdir} failed; see mkdir(2). */
public enum MkdirError implements CreateDirError {
    ACCESS_DENIED,
    /** The directory it was relative to is closed. */
    INVALID_FD,
    DISK_QUOTA_EXCEEDED,
    /** Something of that name is there. */
    ALREADY_EXISTS,
    INVALID_ADDRESS,
    INVALID_ARGUMENTS,
    /** Too many symbolic links, each to the next. */
    LOOP,
    TOO_MANY_LINKS,
    NAME_TOO_LONG,
    /** The parent directory does not exist. */
    NOT_FOUND,
    OUT_OF_MEMORY,
    NO_SPACE,
    NOT_A_DIRECTORY,
    READ_ONLY_FILE_SYSTEM,
    CANCELED,
    UNEXPECTED
}
