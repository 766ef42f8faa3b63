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
    UNEXPECTED
}
