package io.tardy.aio;

/** Why {@code open} failed; see open(2). */
public enum OpenError implements CreateDirError, DeleteTreeError {
    ACCESS_DENIED,
    /** The directory it was relative to is closed. */
    INVALID_FD,
    BUSY,
    DISK_QUOTA_EXCEEDED,
    /** It had to be new, and is there. */
    FILE_ALREADY_EXISTS,
    INVALID_ADDRESS,
    FILE_TOO_BIG,
    INTERRUPTED,
    INVALID_ARGUMENTS,
    /** A directory cannot be written. */
    IS_DIRECTORY,
    /** Too many symbolic links, each to the next. */
    LOOP,
    /** The process has no descriptor left: raise {@code ulimit -n} or close some. */
    PROCESS_FD_QUOTA_EXCEEDED,
    SYSTEM_FD_QUOTA_EXCEEDED,
    NAME_TOO_LONG,
    /** No driver, or nobody at the other end of a FIFO. */
    NO_DEVICE,
    NOT_FOUND,
    OUT_OF_MEMORY,
    NO_SPACE,
    NOT_A_DIRECTORY,
    OPERATION_NOT_SUPPORTED,
    READ_ONLY_FILE_SYSTEM,
    FILE_LOCKED,
    WOULD_BLOCK,
    CANCELED,
    UNEXPECTED;

    /** The constant for a positive error number of this system. */
    public static OpenError of(int errno) {
        return switch (Errno.of(errno)) {
            case EACCES, EPERM -> ACCESS_DENIED;
            case EBADF -> INVALID_FD;
            case EBUSY -> BUSY;
            case EDQUOT -> DISK_QUOTA_EXCEEDED;
            case EEXIST -> FILE_ALREADY_EXISTS;
            case EFAULT -> INVALID_ADDRESS;
            case EFBIG, EOVERFLOW -> FILE_TOO_BIG;
            case EINTR -> INTERRUPTED;
            case EINVAL -> INVALID_ARGUMENTS;
            case EISDIR -> IS_DIRECTORY;
            case ELOOP -> LOOP;
            case EMFILE -> PROCESS_FD_QUOTA_EXCEEDED;
            case ENFILE -> SYSTEM_FD_QUOTA_EXCEEDED;
            case ENAMETOOLONG -> NAME_TOO_LONG;
            case ENODEV, ENXIO -> NO_DEVICE;
            case ENOENT -> NOT_FOUND;
            case ENOMEM -> OUT_OF_MEMORY;
            case ENOSPC -> NO_SPACE;
            case ENOTDIR -> NOT_A_DIRECTORY;
            case EOPNOTSUPP -> OPERATION_NOT_SUPPORTED;
            case EROFS -> READ_ONLY_FILE_SYSTEM;
            case ETXTBSY -> FILE_LOCKED;
            case EAGAIN -> WOULD_BLOCK;
            case ECANCELED -> CANCELED;
            default -> UNEXPECTED;
        };
    }
}
