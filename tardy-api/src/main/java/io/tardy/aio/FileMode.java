package io.tardy.aio;

/**
 * What an open file may be used for.
 *
 * <p>Public for callers of {@code File.open} and {@link AsyncOpenFlags}.
 */
public enum FileMode {
    READ,
    WRITE,
    READ_WRITE
}
