package io.tardy.aio;

import java.util.Locale;

/** The operations that can be submitted, one constant for each kind of {@link AsyncSubmission}. */
public enum AsyncOp {
    TIMER,
    OPEN,
    DELETE,
    MKDIR,
    STAT,
    READ,
    WRITE,
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
