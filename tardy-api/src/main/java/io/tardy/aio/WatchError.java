package io.tardy.aio;

/** Why watching a directory failed; see inotify_add_watch(2). */
public enum WatchError implements AsyncError {
    ACCESS_DENIED,
    /** The directory is closed. */
    INVALID_FD,
    INTERRUPTED,
    INVALID_ARGUMENTS,
    /** The process has no descriptor left, or the user no watch ({@code max_user_instances}). */
    PROCESS_FD_QUOTA_EXCEEDED,
    SYSTEM_FD_QUOTA_EXCEEDED,
    /** /proc is not mounted, through which the directory is found. */
    NOT_FOUND,
    /** The user may watch no more directories ({@code max_user_watches}). */
    NO_SPACE,
    NOT_A_DIRECTORY,
    /** The system does not tell. */
    OPERATION_NOT_SUPPORTED,
    OUT_OF_MEMORY,
    CANCELED,
    UNEXPECTED
}
