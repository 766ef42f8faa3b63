package io.tardy.aio;

/** What a path leads to. */
public enum FileKind {
    FILE,
    DIRECTORY,
    SYMBOLIC_LINK,
    /** A pipe with a name; see fifo(7). */
    FIFO,
    SOCKET,
    CHARACTER_DEVICE,
    BLOCK_DEVICE,
    UNKNOWN
}
