package io.tardy.aio;

/**
 * An open file or directory, as submissions name it. Programs use {@code io.tardy.fs.File} and
 * {@code io.tardy.fs.Dir}.
 *
 * <p>Public for low-level submissions, which name a file by it.
 */
public interface OpenFile {

    /** Whether it was closed, by whomever. */
    boolean isClosed();
}
