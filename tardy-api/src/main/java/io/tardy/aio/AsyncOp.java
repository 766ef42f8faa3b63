package io.tardy.aio;

/** The operations that can be submitted, one constant for each kind of {@link AsyncSubmission}. */
public enum AsyncOp {
    TIMER,
    ACCEPT,
    CONNECT,
    RECV,
    SEND,
    CLOSE;

    /** The name as it stands in messages: lower case, as in a manual page. */
    public String label() {
        return name().toLowerCase(java.util.Locale.ROOT);
    }
}
