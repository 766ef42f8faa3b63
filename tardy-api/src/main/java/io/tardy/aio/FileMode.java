package io.tardy.aio;

/** What an open file may be used for. */
public enum FileMode {
    READ,
    WRITE,
    READ_WRITE
}
