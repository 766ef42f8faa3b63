package io.tardy.aio;

/** Why {@code link} failed; see link(2). */
public enum LinkError implements AsyncError {
    /**
     * No permission, or what the system lets nobody link: a directory; or no file system for it.
     */
    ACCESS_DENIED,
    /** The directory it was relative to is closed. */
    INVALID_FD,
    DISK_QUOTA_EXCEEDED,
    /** The new name is taken. */
    ALREADY_EXISTS,
    INVALID_ADDRESS,
    INVALID_ARGUMENTS,
    IO_ERROR,
    /** Too many symbolic links, each to the next. */
    LOOP,
    /** The file has as many names as the file system lets it have. */
    TOO_MANY_LINKS,
    NAME_TOO_LONG,
    NOT_FOUND,
    OUT_OF_MEMORY,
    NO_SPACE,
    NOT_A_DIRECTORY,
    /** The file system has no links. */
    OPERATION_NOT_SUPPORTED,
    READ_ONLY_FILE_SYSTEM,
    /** Only a copy gets there. */
    OTHER_FILE_SYSTEM,
    CANCELED,
    UNEXPECTED
}
