package io.tardy.aio;

/** Why {@code symlink} failed; see symlink(2). */
public enum SymlinkError implements AsyncError {
    /** No permission, or the file system has no symbolic links. */
    ACCESS_DENIED,
    /** The directory it was relative to is closed. */
    INVALID_FD,
    DISK_QUOTA_EXCEEDED,
    /** The name is taken. */
    ALREADY_EXISTS,
    INVALID_ADDRESS,
    INVALID_ARGUMENTS,
    IO_ERROR,
    /** Too many symbolic links, each to the next. */
    LOOP,
    NAME_TOO_LONG,
    /** A directory of the path is not there, or the target is empty. */
    NOT_FOUND,
    OUT_OF_MEMORY,
    NO_SPACE,
    NOT_A_DIRECTORY,
    /** The file system has no symbolic links. */
    OPERATION_NOT_SUPPORTED,
    READ_ONLY_FILE_SYSTEM,
    CANCELED,
    UNEXPECTED
}
