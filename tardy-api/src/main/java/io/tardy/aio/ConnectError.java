package io.tardy.aio;

/** Why {@code connect} failed; see connect(2). */
public enum ConnectError implements AsyncError {
    ACCESS_DENIED,
    ADDRESS_IN_USE,
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
    SYSTEM_RESOURCES,
    CANCELED,
    UNEXPECTED;

    /** The constant for a positive error number of this system. */
    public static ConnectError of(int errno) {
        return switch (Errno.of(errno)) {
            case EACCES, EPERM -> ACCESS_DENIED;
            case EADDRINUSE -> ADDRESS_IN_USE;
            case EADDRNOTAVAIL -> ADDRESS_NOT_AVAILABLE;
            case EAFNOSUPPORT -> ADDRESS_FAMILY_NOT_SUPPORTED;
            case EAGAIN, EALREADY, EINPROGRESS -> WOULD_BLOCK;
            case EBADF -> INVALID_FD;
            case ECONNREFUSED -> CONNECTION_REFUSED;
            case EFAULT, EINVAL -> INVALID_ADDRESS;
            case ENAMETOOLONG -> NAME_TOO_LONG;
            case EINTR -> INTERRUPTED;
            case EISCONN -> ALREADY_CONNECTED;
            case ENETUNREACH, EHOSTUNREACH, ENETDOWN, EHOSTDOWN -> NETWORK_UNREACHABLE;
            case ENOTSOCK -> NOT_A_SOCKET;
            case EPROTOTYPE, EPROTONOSUPPORT -> PROTOCOL_FAMILY_NOT_SUPPORTED;
            case ETIMEDOUT -> TIMED_OUT;
            case ENOENT, ENOTDIR -> NOT_FOUND;
            case ECONNRESET -> CONNECTION_RESET_BY_PEER;
            case ENOMEM, ENOBUFS -> SYSTEM_RESOURCES;
            case ECANCELED -> CANCELED;
            default -> UNEXPECTED;
        };
    }
}
