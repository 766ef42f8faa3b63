package io.tardy.os;

import io.tardy.aio.Errno;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * The error numbers behind the texts of strerror(3), which is all that the JDK's exceptions keep of
 * them. Only where the text is in English.
 */
public final class SystemMessages {

    /** How messages begin, in lower case; a longer beginning stands before a shorter one. */
    private static final Map<String, Errno> BY_MESSAGE = byMessage();

    private SystemMessages() {}

    /**
     * The number that this text stands for, or {@link Errno#UNKNOWN}.
     *
     * @param message an exception's; may be null
     */
    public static Errno errnoOf(String message) {
        String text = String.valueOf(message).toLowerCase(Locale.ROOT);
        for (Map.Entry<String, Errno> entry : BY_MESSAGE.entrySet()) {
            if (text.startsWith(entry.getKey())) {
                return entry.getValue();
            }
        }
        return Errno.UNKNOWN;
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
        messages.put("is a directory", Errno.EISDIR);
        messages.put("no space left on device", Errno.ENOSPC);
        messages.put("disk quota exceeded", Errno.EDQUOT);
        messages.put("illegal seek", Errno.ESPIPE);
        messages.put("invalid seek", Errno.ESPIPE);
        messages.put("file too large", Errno.EFBIG);
        messages.put("no such device or address", Errno.ENXIO);
        messages.put("device not configured", Errno.ENXIO);
        messages.put("text file busy", Errno.ETXTBSY);
        messages.put("input/output error", Errno.EIO);
        messages.put("i/o error", Errno.EIO);
        messages.put("too many links", Errno.EMLINK);
        messages.put("cross-device link", Errno.EXDEV);
        messages.put("directory not empty", Errno.ENOTEMPTY);
        messages.put("file exists", Errno.EEXIST);
        messages.put("device or resource busy", Errno.EBUSY);
        messages.put("resource busy", Errno.EBUSY);
        return messages;
    }
}
