package io.tardy.aio;

/** Why {@code accept} failed; see accept(2). */
public enum AcceptError implements AsyncError {
    WOULD_BLOCK,
    /** The socket was closed, here or by another frame, before or while the call waited. */
    INVALID_FD,
    /** The peer gave up between its connect and our accept, or its network did. */
    CONNECTION_ABORTED,
    INVALID_ADDRESS,
    INTERRUPTED,
    NOT_LISTENING,
    /** The process has no descriptor left: raise {@code ulimit -n} or close some. */
    PROCESS_FD_QUOTA_EXCEEDED,
    /** The whole system has no descriptor left. */
    SYSTEM_FD_QUOTA_EXCEEDED,
    OUT_OF_MEMORY,
    NOT_A_SOCKET,
    OPERATION_NOT_SUPPORTED,
    BLOCKED_BY_FIREWALL,
    PROTOCOL_FAILURE,
    CANCELED,
    UNEXPECTED
}
