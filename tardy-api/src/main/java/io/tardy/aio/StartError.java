package io.tardy.aio;

/** Why a process could not be started; see execve(2) and fork(2). */
public enum StartError implements AsyncError {
    /** The program, the interpreter that its first line names, or a file that is redirected to. */
    NOT_FOUND,
    /** The working directory is not there, or is no directory. */
    DIRECTORY_NOT_FOUND,
    /** The program may not be executed, or a file that is redirected to not be opened. */
    ACCESS_DENIED,
    /** Some process has the program open to write. */
    FILE_LOCKED,
    /** The arguments and the environment are together longer than the system takes. */
    ARGUMENTS_TOO_LONG,
    /** No more processes or threads: look at {@code ulimit -u} and at {@code pids.max}. */
    PROCESS_QUOTA_EXCEEDED,
    /** The process has no descriptor left: raise {@code ulimit -n} or close some. */
    PROCESS_FD_QUOTA_EXCEEDED,
    SYSTEM_FD_QUOTA_EXCEEDED,
    OUT_OF_MEMORY,
    CANCELED,
    UNEXPECTED
}
