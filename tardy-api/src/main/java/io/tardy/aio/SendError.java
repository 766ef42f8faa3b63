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
    UNEXPECTED;

    /** The constant for a positive error number of this system. */
    public static SendError of(int errno) {
        return switch (Errno.of(errno)) {
            case EACCES, EPERM -> ACCESS_DENIED;
            case EAGAIN -> WOULD_BLOCK;
            case EBADF -> INVALID_FD;
            case EINTR -> INTERRUPTED;
            case EINVAL, EFAULT -> INVALID_ARGUMENTS;
            case EALREADY -> FAST_OPEN_ALREADY_IN_PROGRESS;
            case ENOTCONN -> SOCKET_NOT_CONNECTED;
            case ECONNREFUSED -> CONNECTION_REFUSED;
            case ECONNRESET, ECONNABORTED -> CONNECTION_RESET_BY_PEER;
            case ETIMEDOUT -> CONNECTION_TIMED_OUT;
            case EDESTADDRREQ -> NO_DESTINATION_ADDRESS;
            case EMSGSIZE -> MESSAGE_OVERSIZE;
            case ENAMETOOLONG -> NAME_TOO_LONG;
            case ENOENT, ENOTDIR -> NOT_FOUND;
            case EISCONN -> ALREADY_CONNECTED;
            case ENOMEM, ENOBUFS -> SYSTEM_RESOURCES;
            case EPIPE -> BROKEN_PIPE;
            case ENETDOWN, ENETUNREACH, EHOSTDOWN, EHOSTUNREACH -> NETWORK_DOWN;
            case ENOTSOCK -> NOT_A_SOCKET;
            case EOPNOTSUPP -> OPERATION_NOT_SUPPORTED;
            case ECANCELED -> CANCELED;
            default -> UNEXPECTED;
        };
    }
}
