package io.tardy.aio;

/** Why {@code stat} failed; see statx(2). */
public enum StatError implements DeleteTreeError {
    ACCESS_DENIED,
    /** The file, or the directory it was relative to, is closed. */
    INVALID_FD,
    INVALID_ADDRESS,
    INVALID_ARGUMENTS,
    /** Too many symbolic links, each to the next. */
    LOOP,
    NAME_TOO_LONG,
    NOT_FOUND,
    OUT_OF_MEMORY,
    NOT_A_DIRECTORY,
    CANCELED,
    UNEXPECTED;

    /** The constant for a positive error number of this system. */
    public static StatError of(int errno) {
        return switch (Errno.of(errno)) {
            case EACCES, EPERM -> ACCESS_DENIED;
            case EBADF -> INVALID_FD;
            case EFAULT -> INVALID_ADDRESS;
            case EINVAL, EOVERFLOW -> INVALID_ARGUMENTS;
            case ELOOP -> LOOP;
            case ENAMETOOLONG -> NAME_TOO_LONG;
            case ENOENT -> NOT_FOUND;
            case ENOMEM -> OUT_OF_MEMORY;
            case ENOTDIR -> NOT_A_DIRECTORY;
            case ECANCELED -> CANCELED;
            default -> UNEXPECTED;
        };
    }
}
