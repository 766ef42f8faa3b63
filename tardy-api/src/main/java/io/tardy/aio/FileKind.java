package io.tardy.aio;

/**
 * What a path leads to.
 *
 * <p>Public for the kind in {@link Stat} and {@link DirEntry}.
 */
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
