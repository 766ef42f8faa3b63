package io.tardy.aio;

/** Who else may lock the same part of a file meanwhile. */
public enum LockMode {
    /** Others that share it too; the file must be open to read. */
    SHARED,
    /** Nobody; the file must be open to write. */
    EXCLUSIVE
}
