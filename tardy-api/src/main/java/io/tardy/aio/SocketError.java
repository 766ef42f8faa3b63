package io.tardy.aio;

/**
 * Why a call that makes or shapes a socket failed and did not need to wait: socket(2), bind(2),
 * listen(2), shutdown(2), setsockopt(2), close(2).
 */
public enum SocketError implements AsyncError {
    ACCESS_DENIED,
    ADDRESS_IN_USE,
    ADDRESS_NOT_AVAILABLE,
    ADDRESS_FAMILY_NOT_SUPPORTED,
    /** The socket is closed. */
    INVALID_FD,
    INVALID_ARGUMENTS,
    /** The directory of a Unix socket's path does not exist. */
    NOT_FOUND,
    NAME_TOO_LONG,
    READ_ONLY_FILE_SYSTEM,
    SOCKET_NOT_CONNECTED,
    OPTION_NOT_SUPPORTED,
    OPERATION_NOT_SUPPORTED,
    PROCESS_FD_QUOTA_EXCEEDED,
    SYSTEM_FD_QUOTA_EXCEEDED,
    SYSTEM_RESOURCES,
    CANCELED,
    UNEXPECTED
}
