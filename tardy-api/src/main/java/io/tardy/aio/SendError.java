package io.tardy.aio;

/** Why {@code send} failed; see send(2). */
public enum SendError implements AsyncError {
    CLOSED,
    ACCESS_DENIED,
    WOULD_BLOCK,
    /** The socket was closed here, by this or another frame, before or while the call waited. */
    INVALID_FD,
    INTERRUPTED,
    INVALID_ARGUMENTS,
    FAST_OPEN_ALREADY_IN_PROGRESS,
    SOCKET_NOT_CONNECTED,
    CONNECTION_REFUSED,
    CONNECTION_RESET_BY_PEER,
    CONNECTION_TIMED_OUT,
    NO_DESTINATION_ADDRESS,
    MESSAGE_OVERSIZE,
    /** The path of a Unix socket has too many bytes. */
    NAME_TOO_LONG,
    /** There is no Unix socket at that path. */
    NOT_FOUND,
    /** Connected to another peer than the one to send to; not every transport can. */
    ALREADY_CONNECTED,
    SYSTEM_RESOURCES,
    /** The peer, or {@code shutdownOutput} here, has ended this direction. */
    BROKEN_PIPE,
    NETWORK_DOWN,
    NOT_A_SOCKET,
    OPERATION_NOT_SUPPORTED,
    CANCELED,
    UNEXPECTED
}
