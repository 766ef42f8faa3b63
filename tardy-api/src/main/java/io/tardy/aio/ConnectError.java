package io.tardy.aio;

/** Why {@code connect} failed; see connect(2). */
public enum ConnectError implements AsyncError {
    ACCESS_DENIED,
    ADDRESS_IN_USE,
    /** The local address is none of this host's; of a lookup, no host has that name. */
    ADDRESS_NOT_AVAILABLE,
    ADDRESS_FAMILY_NOT_SUPPORTED,
    WOULD_BLOCK,
    /** The socket was closed, here or by another frame, before or while the call waited. */
    INVALID_FD,
    /** Nobody listens at that address. */
    CONNECTION_REFUSED,
    INVALID_ADDRESS,
    INTERRUPTED,
    ALREADY_CONNECTED,
    /** No route to that network or host. */
    NETWORK_UNREACHABLE,
    NOT_A_SOCKET,
    PROTOCOL_FAMILY_NOT_SUPPORTED,
    TIMED_OUT,
    /** There is no Unix socket at that path. */
    NOT_FOUND,
    /** The path of a Unix socket has too many bytes. */
    NAME_TOO_LONG,
    CONNECTION_RESET_BY_PEER,
    /** Whether a host has that name could not be found out: it is worth another try. */
    NAME_SERVER_FAILED,
    SYSTEM_RESOURCES,
    CANCELED,
    UNEXPECTED
}
