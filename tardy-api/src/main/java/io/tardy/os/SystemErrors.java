package io.tardy.os;

import io.netty.channel.ChannelException;
import io.netty.channel.unix.Errors;
import io.tardy.aio.Errno;
import io.tardy.aio.TardyIOException;
import java.io.FileNotFoundException;
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
import java.nio.channels.NonReadableChannelException;
import java.nio.channels.NonWritableChannelException;
import java.nio.channels.NotYetBoundException;
import java.nio.channels.NotYetConnectedException;
import java.nio.channels.UnresolvedAddressException;
import java.nio.channels.UnsupportedAddressTypeException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;

/**
 * The error numbers behind the exceptions of the JDK and of Netty's native library. Some carry the
 * number, some put it into their text, some have the system's words ({@link Errno#ofText}); of the
 * rest the class says what it can.
 */
public final class SystemErrors {

    /** How Netty begins to say the number of a failed connect, which it says nowhere else. */
    private static final String NETTYS_NUMBER = "error(-";

    private SystemErrors() {}

    /**
     * The positive error number; {@code EIO} where nothing tells.
     *
     * @throws RuntimeException if that is what it is, a fault of a program's or of ours; likewise
     *     of an {@code Error}
     */
    public static int errnoOf(Throwable failure) {
        return switch (failure) {
            case TardyIOException known -> known.errno();
            case Errors.NativeIoException known -> -known.expectedErr();
            case ChannelException option -> numberOf(behindColon(option.getMessage()), Errno.EIO);
            case RuntimeException state -> errnoOfState(state).number();
            case FileSystemException file -> numberOf(file.getReason(), errnoOfClass(file));
            case IOException io -> errnoIn(io);
            case Error error -> throw error;
            default -> throw new AssertionError(failure);
        };
    }

    private static int errnoIn(IOException failure) {
        String message = String.valueOf(failure.getMessage());
        int begin = message.indexOf(NETTYS_NUMBER);
        if (begin < 0) {
            return numberOf(message, errnoOfClass(failure));
        }
        begin += NETTYS_NUMBER.length();
        return Integer.parseInt(message, begin, message.indexOf(')', begin), 10);
    }

    private static int numberOf(String text, Errno otherwise) {
        Errno said = Errno.ofText(text);
        return (said == Errno.UNKNOWN ? otherwise : said).number();
    }

    /** Of "setsockopt() failed: " and the system's own words, those. */
    private static String behindColon(String message) {
        String text = String.valueOf(message);
        return text.substring(text.indexOf(':') + 1).strip();
    }

    private static Errno errnoOfState(RuntimeException state) {
        return switch (state) {
            case NotYetConnectedException notYet -> Errno.ENOTCONN;
            case NoConnectionPendingException none -> Errno.ENOTCONN;
            case AlreadyConnectedException already -> Errno.EISCONN;
            case ConnectionPendingException pending -> Errno.EALREADY;
            case AlreadyBoundException already -> Errno.EINVAL;
            case NotYetBoundException notYet -> Errno.EINVAL;
            case UnresolvedAddressException unresolved -> Errno.EINVAL;
            case UnsupportedAddressTypeException otherFamily -> Errno.EAFNOSUPPORT;
            case NonReadableChannelException writeOnly -> Errno.EBADF;
            case NonWritableChannelException readOnly -> Errno.EBADF;
            default -> throw state;
        };
    }

    private static Errno errnoOfClass(IOException failure) {
        return switch (failure) {
            case ClosedChannelException closed -> Errno.EBADF;
            case PortUnreachableException unreachable -> Errno.ECONNREFUSED;
            case ConnectException refused -> Errno.ECONNREFUSED;
            case BindException busy -> Errno.EADDRINUSE;
            case NoRouteToHostException noRoute -> Errno.EHOSTUNREACH;
            case ProtocolException protocol -> Errno.EPROTO;
            case FileNotFoundException missing -> Errno.ENOENT;
            case NoSuchFileException missing -> Errno.ENOENT;
            case AccessDeniedException denied -> Errno.EACCES;
            case FileAlreadyExistsException exists -> Errno.EEXIST;
            case DirectoryNotEmptyException notEmpty -> Errno.ENOTEMPTY;
            case NotDirectoryException notDirectory -> Errno.ENOTDIR;
            case FileSystemLoopException loop -> Errno.ELOOP;
            default -> Errno.EIO;
        };
    }
}
