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
    UNEXPECTED;

    /** The constant for a positive error number of this system, or for 0, the end of the stream. */
    public static RecvError of(int errno) {
        if (errno == 0) {
            return CLOSED;
        }
        return switch (Errno.of(errno)) {
            case EAGAIN -> WOULD_BLOCK;
            case EBADF -> INVALID_FD;
            case EINTR -> INTERRUPTED;
            case EINVAL, EFAULT -> INVALID_ARGUMENTS;
            case ENOTCONN -> SOCKET_NOT_CONNECTED;
            case ENOMEM, ENOBUFS -> SYSTEM_RESOURCES;
            case ECONNREFUSED -> CONNECTION_REFUSED;
            case ECONNRESET, ECONNABORTED -> CONNECTION_RESET_BY_PEER;
            case EPIPE -> BROKEN_PIPE;
            case ETIMEDOUT -> CONNECTION_TIMED_OUT;
            case EMSGSIZE -> MESSAGE_TOO_BIG;
            case ENOTSOCK -> NOT_A_SOCKET;
            case EOPNOTSUPP -> OPERATION_NOT_SUPPORTED;
            case ENETUNREACH, EHOSTUNREACH, ENETDOWN, EHOSTDOWN -> NETWORK_UNREACHABLE;
            case ECANCELED -> CANCELED;
            default -> UNEXPECTED;
        };
    }
}
