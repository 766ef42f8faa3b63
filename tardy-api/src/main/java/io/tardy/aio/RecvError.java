package io.tardy.aio;

/** Why {@code recv} failed; see recv(2). */
public enum RecvError implements AsyncError {
    /** The peer has finished sending: the end of the stream, and no failure. */
    CLOSED,
    WOULD_BLOCK,
    /** The socket was closed here, by this or another frame, before or while the call waited. */
    INVALID_FD,
    INTERRUPTED,
    INVALID_ARGUMENTS,
    SOCKET_NOT_CONNECTED,
    SYSTEM_RESOURCES,
    CONNECTION_REFUSED,
    CONNECTION_RESET_BY_PEER,
    BROKEN_PIPE,
    CONNECTION_TIMED_OUT,
    MESSAGE_TOO_BIG,
    NOT_A_SOCKET,
    OPERATION_NOT_SUPPORTED,
    NETWORK_UNREACHABLE,
    CANCELED,
    UNEXPECTED
}
