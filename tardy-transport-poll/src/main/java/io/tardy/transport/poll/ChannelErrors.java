package io.tardy.transport.poll;

import io.tardy.aio.Errno;
import io.tardy.aio.SocketError;
import io.tardy.aio.TardyIOException;
import io.tardy.os.SystemMessages;
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

/**
 * The system's error numbers behind the exceptions of the JDK's channels. Where their text does not
 * say it ({@link SystemMessages}) the exception's class says what it can; the rest is {@code EIO}.
 */
final class ChannelErrors {

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
        Errno told = SystemMessages.errnoOf(failure.getMessage());
        if (told != Errno.UNKNOWN) {
            return told;
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
}
