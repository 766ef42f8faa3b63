package io.tardy.aio;

import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The error numbers that the operations can meet, with their value on the system that runs us.
 *
 * <p>Numbers differ between systems, names do not: code compares names. See errno(3) on Linux and
 * intro(2) on the BSDs and macOS. Where the system has no such numbers at all (Windows), Linux's
 * stand in for them.
 *
 * <p>One row has all that is known of a number: its value on Linux, on the BSDs and macOS, what it
 * means to the operations, and how the systems put it into words.
 *
 * <p>Public for programs that compare the number in a {@link TardyIOException}, and for authors of
 * transports.
 */
public enum Errno {
    EPERM(1, 1, means("BLOCKED_BY_FIREWALL", "ACCESS_DENIED"), said("operation not permitted")),
    ENOENT(2, 2, means("NOT_FOUND"), said("no such file or directory")),
    EINTR(4, 4, means("INTERRUPTED"), said("interrupted system call")),
    EIO(5, 5, means("IO_ERROR"), said("input/output error", "i/o error")),
    ENXIO(6, 6, means("NO_DEVICE"), said("no such device or address", "device not configured")),
    E2BIG(7, 7, means("ARGUMENTS_TOO_LONG"), said("argument list too long")),
    EBADF(9, 9, means("INVALID_FD"), said("bad file descriptor")),
    EAGAIN(
            11,
            35,
            means("WOULD_BLOCK", "PROCESS_QUOTA_EXCEEDED"),
            said("resource temporarily unavailable")),
    ENOMEM(
            12,
            12,
            means("OUT_OF_MEMORY", "SYSTEM_RESOURCES"),
            said("cannot allocate memory", "out of memory")),
    EACCES(13, 13, means("ACCESS_DENIED"), said("permission denied")),
    EFAULT(14, 14, means("INVALID_ADDRESS", "INVALID_ARGUMENTS")),
    EBUSY(16, 16, means("BUSY"), said("device or resource busy", "resource busy")),
    EEXIST(
            17,
            17,
            means("NOT_EMPTY", "ALREADY_EXISTS", "FILE_ALREADY_EXISTS", "ADDRESS_IN_USE"),
            said("file exists")),
    EXDEV(18, 18, means("OTHER_FILE_SYSTEM"), said("cross-device link")),
    ENODEV(19, 19, means("NO_DEVICE")),
    ENOTDIR(20, 20, means("NOT_A_DIRECTORY", "NOT_FOUND"), said("not a directory")),
    EISDIR(21, 21, means("IS_DIRECTORY"), said("is a directory")),
    EINVAL(
            22,
            22,
            means("NOT_LISTENING", "INVALID_ARGUMENTS", "INVALID_ADDRESS"),
            said("invalid argument")),
    ENFILE(23, 23, means("SYSTEM_FD_QUOTA_EXCEEDED"), said("too many open files in system")),
    EMFILE(
            24,
            24,
            means("PROCESS_FD_QUOTA_EXCEEDED"),
            said("too many open files", "no file descriptors available")),
    ENOTTY(25, 25),
    ETXTBSY(26, 26, means("FILE_LOCKED"), said("text file busy")),
    EFBIG(27, 27, means("FILE_TOO_BIG"), said("file too large")),
    ENOSPC(28, 28, means("NO_SPACE"), said("no space left on device")),
    ESPIPE(29, 29, means("NOT_SEEKABLE"), said("illegal seek", "invalid seek")),
    EROFS(30, 30, means("READ_ONLY_FILE_SYSTEM"), said("read-only file system")),
    EMLINK(31, 31, means("TOO_MANY_LINKS"), said("too many links")),
    EPIPE(32, 32, means("BROKEN_PIPE"), said("broken pipe")),
    ENAMETOOLONG(
            36,
            63,
            means("NAME_TOO_LONG"),
            said("file name too long", "filename too long", "unix domain path too long")),
    ENOLCK(37, 77, means("NO_LOCKS_AVAILABLE"), said("no locks available")),
    ENOSYS(38, 78, means("OPERATION_NOT_SUPPORTED")),
    ENOTEMPTY(39, 66, means("NOT_EMPTY"), said("directory not empty")),
    ELOOP(40, 62, means("LOOP"), said("too many levels of symbolic links")),
    ETIME(62, 101),
    EPROTO(71, 100, means("PROTOCOL_FAILURE"), said("protocol error")),
    EOVERFLOW(75, 84, means("FILE_TOO_BIG", "INVALID_ARGUMENTS")),
    ENOTSOCK(88, 38, means("NOT_A_SOCKET")),
    EDESTADDRREQ(89, 39, means("NO_DESTINATION_ADDRESS"), said("destination address required")),
    EMSGSIZE(
            90,
            40,
            means("MESSAGE_TOO_BIG", "MESSAGE_OVERSIZE"),
            said("message too long", "message too large")),
    EPROTOTYPE(
            91, 41, means("PROTOCOL_FAMILY_NOT_SUPPORTED"), said("protocol wrong type for socket")),
    ENOPROTOOPT(
            92,
            42,
            means("CONNECTION_ABORTED", "OPTION_NOT_SUPPORTED"),
            said("protocol not available")),
    EPROTONOSUPPORT(93, 43, means("PROTOCOL_FAMILY_NOT_SUPPORTED")),
    EOPNOTSUPP(
            95,
            45,
            means("OPERATION_NOT_SUPPORTED"),
            said("operation not supported", "not supported")),
    EAFNOSUPPORT(
            97,
            47,
            means("ADDRESS_FAMILY_NOT_SUPPORTED"),
            said("address family not supported", "protocol family unavailable")),
    EADDRINUSE(98, 48, means("ADDRESS_IN_USE"), said("address already in use", "address in use")),
    EADDRNOTAVAIL(
            99,
            49,
            means("ADDRESS_NOT_AVAILABLE"),
            said(
                    "cannot assign requested address",
                    "can't assign requested address",
                    "address not available")),
    ENETDOWN(
            100,
            50,
            means("CONNECTION_ABORTED", "NETWORK_UNREACHABLE", "NETWORK_DOWN"),
            said("network is down")),
    ENETUNREACH(
            101,
            51,
            means("CONNECTION_ABORTED", "NETWORK_UNREACHABLE", "NETWORK_DOWN"),
            said("network is unreachable", "network unreachable")),
    ECONNABORTED(
            103,
            53,
            means("CONNECTION_ABORTED", "CONNECTION_RESET_BY_PEER"),
            said("software caused connection abort", "an established connection was aborted")),
    ECONNRESET(
            104,
            54,
            means("CONNECTION_ABORTED", "CONNECTION_RESET_BY_PEER"),
            said("connection reset", "an existing connection was forcibly closed")),
    ENOBUFS(105, 55, means("OUT_OF_MEMORY", "SYSTEM_RESOURCES"), said("no buffer space available")),
    EISCONN(106, 56, means("ALREADY_CONNECTED")),
    ENOTCONN(
            107,
            57,
            means("SOCKET_NOT_CONNECTED"),
            said("transport endpoint is not connected", "socket is not connected")),
    ETIMEDOUT(
            110,
            60,
            means("CONNECTION_ABORTED", "TIMED_OUT", "CONNECTION_TIMED_OUT"),
            said("connection timed out", "operation timed out")),
    ECONNREFUSED(111, 61, means("CONNECTION_REFUSED"), said("connection refused")),
    EHOSTDOWN(
            112,
            64,
            means("CONNECTION_ABORTED", "NETWORK_UNREACHABLE", "NETWORK_DOWN"),
            said("host is down")),
    EHOSTUNREACH(
            113,
            65,
            means("CONNECTION_ABORTED", "NETWORK_UNREACHABLE", "NETWORK_DOWN"),
            said("no route to host", "host is unreachable")),
    EALREADY(114, 37, means("FAST_OPEN_ALREADY_IN_PROGRESS", "WOULD_BLOCK")),
    EINPROGRESS(115, 36, means("WOULD_BLOCK")),
    ESTALE(116, 70, means("IO_ERROR")),
    EDQUOT(122, 69, means("DISK_QUOTA_EXCEEDED"), said("disk quota exceeded")),
    ECANCELED(125, 89, means("CANCELED")),
    /** A number that is not in this table; keep the number itself beside it. */
    UNKNOWN(-1, -1);

    private static final boolean BSD = isBsd(System.getProperty("os.name"));
    private static final Map<Integer, Errno> BY_NUMBER = new HashMap<>();

    /** A longer text comes first, for a shorter one may be how it begins. */
    private static final SortedMap<String, Errno> BY_TEXT =
            new TreeMap<>(
                    Comparator.comparing(String::length)
                            .reversed()
                            .thenComparing(Comparator.naturalOrder()));

    static {
        for (Errno errno : values()) {
            BY_NUMBER.put(errno.number(), errno);
            errno.texts.forEach(text -> BY_TEXT.put(text, errno));
        }
    }

    private final int linux;
    private final int bsd;
    private final List<String> meanings;
    private final List<String> texts;

    Errno(int linux, int bsd) {
        this(linux, bsd, List.of(), List.of());
    }

    Errno(int linux, int bsd, Meanings meanings) {
        this(linux, bsd, meanings.names, List.of());
    }

    Errno(int linux, int bsd, Meanings meanings, Texts texts) {
        this(linux, bsd, meanings.names, texts.beginnings);
    }

    Errno(int linux, int bsd, List<String> meanings, List<String> texts) {
        this.linux = linux;
        this.bsd = bsd;
        this.meanings = meanings;
        this.texts = texts;
    }

    private record Meanings(List<String> names) {}

    /**
     * The names of constants of the error enums: to an operation it means the first that its enum
     * has, and {@code UNEXPECTED} if there is none.
     */
    private static Meanings means(String... names) {
        return new Meanings(List.of(names));
    }

    private record Texts(List<String> beginnings) {}

    /**
     * How strerror(3) of glibc and musl, of the BSDs and macOS, how Windows and the JDK itself put
     * it, in lower case; messages begin so.
     */
    private static Texts said(String... beginnings) {
        return new Texts(List.of(beginnings));
    }

    /** What it means to an operation: names of constants, of which its enum has the first. */
    List<String> meanings() {
        return meanings;
    }

    /** The value of {@code errno} on this system; positive. */
    public int number() {
        return BSD ? bsd : linux;
    }

    /** The constant for a positive error number of this system, or {@link #UNKNOWN}. */
    public static Errno of(int number) {
        return BY_NUMBER.getOrDefault(number, UNKNOWN);
    }

    /**
     * The number that a text of strerror(3) stands for, or {@link #UNKNOWN}: some exceptions of the
     * JDK's and of Netty's keep nothing else of it. Only where the text is in English. Public for
     * transports over libraries of that kind.
     *
     * @param message an exception's; may be null
     */
    public static Errno ofText(String message) {
        String text = String.valueOf(message).toLowerCase(Locale.ROOT);
        for (Map.Entry<String, Errno> entry : BY_TEXT.entrySet()) {
            if (text.startsWith(entry.getKey())) {
                return entry.getValue();
            }
        }
        return UNKNOWN;
    }

    /** The name and number as they stand in messages: {@code ECONNRESET, errno 104}. */
    public static String describe(int number) {
        Errno errno = of(number);
        return errno == UNKNOWN ? "errno " + number : errno + ", errno " + number;
    }

    private static boolean isBsd(String osName) {
        String os = osName.toLowerCase(Locale.ROOT);
        return os.contains("mac") || os.contains("bsd");
    }
}
