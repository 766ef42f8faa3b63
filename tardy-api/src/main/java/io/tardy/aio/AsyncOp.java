package io.tardy.aio;

import java.util.Locale;

/**
 * The operations that can be submitted. A few kinds of {@link AsyncSubmission} are one operation to
 * the system, and share a constant: all that receive are {@link #RECV}.
 */
public enum AsyncOp {
    TIMER,
    OPEN,
    DELETE,
    MKDIR,
    RENAME,
    STAT,
    READ,
    WRITE,
    SYNC,
    TRUNCATE,
    LINK,
    SYMLINK,
    READLINK,
    CHMOD,
    ALLOCATE,
    LOCK,
    CLOSE,
    ACCEPT,
    CONNECT,
    RECV,
    SEND;

    private final String label = name().toLowerCase(Locale.ROOT);

    /** The name as it stands in messages: lower case, as in a manual page. */
    public String label() {
        return label;
    }
}
