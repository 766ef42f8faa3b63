package io.tardy.transport.poll;

import io.tardy.aio.Errno;
import io.tardy.aio.SocketError;
import io.tardy.aio.TardyIOException;
import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.PortUnreachableException;
import java.net.ProtocolException;
import java.nio.channels.AlreadyBoundException;
import java.nio.channels.AlreadyConnectedException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ConnectionPendingException;
import java.nio.channels.NoConnectionPendingException;
import java.nio.channels.NotYetBoundException;
import java.nio.channels.NotYetConnectedException;
import java.nio.channels.UnresolvedAddressException;
import java.nio.channels.UnsupportedAddressTypeException;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * The system's error numbers behind the JDK's exceptions, which keep only the text of strerror(3).
 * Where that is not in English, the exception's class says what it can; the rest is {@code EIO}.
 */
final class ChannelErrors {

    /** How messages begin, in lower case; a longer beginning stands before a shorter one. */
    private static final Map<String, Errno> BY_MESSAGE = byMessage();

    private ChannelErrors() {}

    /** The positive error number; a fault of a program's, or of ours, is thrown again. */
    static int errnoOf(Throwable failure) {
        return errno(failure).number();
    }

    static TardyIOException failure(String operation, Exception cause) {
        Errno errno = errno(cause);
        TardyIOException failure =
                new TardyIOException(
                        operation,
                        SocketError.of(errno.number()),
                        errno.number(),
                        errno == Errno.EIO ? cause.getMessage() : null);
        failure.initCause(cause);
        return failure;
    }

    private static Errno errno(Throwable failure) {
        return switch (failure) {
            case ErrnoIOException known -> known.errno();
            case ClosedChannelException closed -> Errno.EBADF;
            case NotYetConnectedException notYet -> Errno.ENOTCONN;
            case NoConnectionPendingException none -> Errno.ENOTCONN;
            case AlreadyConnectedException already -> Errno.EISCONN;
            case ConnectionPendingException pending -> Errno.EALREADY;
            case AlreadyBoundException already -> Errno.EINVAL;
            case NotYetBoundException notYet -> Errno.EINVAL;
            case UnresolvedAddressException unresolved -> Errno.EINVAL;
            case UnsupportedAddressTypeException otherFamily -> Errno.EAFNOSUPPORT;
            case RuntimeException bug -> throw bug;
            case Error error -> throw error;
            case IOException io -> errnoOfMessage(io);
            default -> throw new AssertionError(failure);
        };
    }

    private static Errno errnoOfMessage(IOException failure) {
        String message = String.valueOf(failure.getMessage()).toLowerCase(Locale.ROOT);
        for (Map.Entry<String, Errno> entry : BY_MESSAGE.entrySet()) {
            if (message.startsWith(entry.getKey())) {
                return entry.getValue();
            }
        }
        return switch (failure) {
            case PortUnreachableException unreachable -> Errno.ECONNREFUSED;
            case ConnectException refused -> Errno.ECONNREFUSED;
            case BindException busy -> Errno.EADDRINUSE;
            case NoRouteToHostException noRoute -> Errno.EHOSTUNREACH;
            case ProtocolException protocol -> Errno.EPROTO;
            default -> Errno.EIO;
        };
    }

    /** Of glibc and musl, of the BSDs and macOS, of Windows, and of the JDK itself. */
    private static Map<String, Errno> byMessage() {
        Map<String, Errno> messages = new LinkedHashMap<>();
        messages.put("too many open files in system", Errno.ENFILE);
        messages.put("too many open files", Errno.EMFILE);
        messages.put("no file descriptors available", Errno.EMFILE);
        messages.put("connection refused", Errno.ECONNREFUSED);
        messages.put("connection reset", Errno.ECONNRESET);
        messages.put("an existing connection was forcibly closed", Errno.ECONNRESET);
        messages.put("broken pipe", Errno.EPIPE);
        messages.put("connection timed out", Errno.ETIMEDOUT);
        messages.put("operation timed out", Errno.ETIMEDOUT);
        messages.put("software caused connection abort", Errno.ECONNABORTED);
        messages.put("an established connection was aborted", Errno.ECONNABORTED);
        messages.put("address already in use", Errno.EADDRINUSE);
        messages.put("address in use", Errno.EADDRINUSE);
        messages.put("cannot assign requested address", Errno.EADDRNOTAVAIL);
        messages.put("can't assign requested address", Errno.EADDRNOTAVAIL);
        messages.put("address not available", Errno.EADDRNOTAVAIL);
        messages.put("address family not supported", Errno.EAFNOSUPPORT);
        messages.put("protocol family unavailable", Errno.EAFNOSUPPORT);
        messages.put("permission denied", Errno.EACCES);
        messages.put("operation not permitted", Errno.EPERM);
        messages.put("network is unreachable", Errno.ENETUNREACH);
        messages.put("network unreachable", Errno.ENETUNREACH);
        messages.put("network is down", Errno.ENETDOWN);
        messages.put("no route to host", Errno.EHOSTUNREACH);
        messages.put("host is unreachable", Errno.EHOSTUNREACH);
        messages.put("host is down", Errno.EHOSTDOWN);
        messages.put("transport endpoint is not connected", Errno.ENOTCONN);
        messages.put("socket is not connected", Errno.ENOTCONN);
        messages.put("message too long", Errno.EMSGSIZE);
        messages.put("message too large", Errno.EMSGSIZE);
        messages.put("destination address required", Errno.EDESTADDRREQ);
        messages.put("no buffer space available", Errno.ENOBUFS);
        messages.put("cannot allocate memory", Errno.ENOMEM);
        messages.put("out of memory", Errno.ENOMEM);
        messages.put("invalid argument", Errno.EINVAL);
        messages.put("protocol not available", Errno.ENOPROTOOPT);
        messages.put("protocol wrong type for socket", Errno.EPROTOTYPE);
        messages.put("protocol error", Errno.EPROTO);
        messages.put("operation not supported", Errno.EOPNOTSUPP);
        messages.put("not supported", Errno.EOPNOTSUPP);
        messages.put("resource temporarily unavailable", Errno.EAGAIN);
        messages.put("interrupted system call", Errno.EINTR);
        messages.put("bad file descriptor", Errno.EBADF);
        messages.put("no such file or directory", Errno.ENOENT);
        messages.put("not a directory", Errno.ENOTDIR);
        messages.put("file name too long", Errno.ENAMETOOLONG);
        messages.put("filename too long", Errno.ENAMETOOLONG);
        messages.put("unix domain path too long", Errno.ENAMETOOLONG);
        messages.put("read-only file system", Errno.EROFS);
        messages.put("too many levels of symbolic links", Errno.ELOOP);
        return messages;
    }
}
