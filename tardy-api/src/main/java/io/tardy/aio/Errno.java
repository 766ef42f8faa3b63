package io.tardy.aio;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/**
 * The error numbers that the operations can meet, with their value on the system that runs us.
 *
 * <p>Numbers differ between systems, names do not: code compares names. See errno(3) on Linux and
 * intro(2) on the BSDs and macOS. Where the system has no such numbers at all (Windows), Linux's
 * stand in for them.
 */
public enum Errno {
    EPERM(1, 1),
    ENOENT(2, 2),
    EINTR(4, 4),
    EIO(5, 5),
    ENXIO(6, 6),
    EBADF(9, 9),
    EAGAIN(11, 35),
    ENOMEM(12, 12),
    EACCES(13, 13),
    EFAULT(14, 14),
    EBUSY(16, 16),
    EEXIST(17, 17),
    EXDEV(18, 18),
    ENODEV(19, 19),
    ENOTDIR(20, 20),
    EISDIR(21, 21),
    EINVAL(22, 22),
    ENFILE(23, 23),
    EMFILE(24, 24),
    ENOTTY(25, 25),
    ETXTBSY(26, 26),
    EFBIG(27, 27),
    ENOSPC(28, 28),
    ESPIPE(29, 29),
    EROFS(30, 30),
    EMLINK(31, 31),
    EPIPE(32, 32),
    ENAMETOOLONG(36, 63),
    ENOSYS(38, 78),
    ENOTEMPTY(39, 66),
    ELOOP(40, 62),
    ETIME(62, 101),
    EPROTO(71, 100),
    EOVERFLOW(75, 84),
    ENOTSOCK(88, 38),
    EDESTADDRREQ(89, 39),
    EMSGSIZE(90, 40),
    EPROTOTYPE(91, 41),
    ENOPROTOOPT(92, 42),
    EPROTONOSUPPORT(93, 43),
    EOPNOTSUPP(95, 45),
    EAFNOSUPPORT(97, 47),
    EADDRINUSE(98, 48),
    EADDRNOTAVAIL(99, 49),
    ENETDOWN(100, 50),
    ENETUNREACH(101, 51),
    ECONNABORTED(103, 53),
    ECONNRESET(104, 54),
    ENOBUFS(105, 55),
    EISCONN(106, 56),
    ENOTCONN(107, 57),
    ETIMEDOUT(110, 60),
    ECONNREFUSED(111, 61),
    EHOSTDOWN(112, 64),
    EHOSTUNREACH(113, 65),
    EALREADY(114, 37),
    EINPROGRESS(115, 36),
    ESTALE(116, 70),
    EDQUOT(122, 69),
    ECANCELED(125, 89),
    /** A number that this table does not know; whoever holds it keeps the number beside it. */
    UNKNOWN(-1, -1);

    private static final boolean BSD = isBsd(System.getProperty("os.name"));
    private static final Map<Integer, Errno> BY_NUMBER = new HashMap<>();

    static {
        for (Errno errno : values()) {
            BY_NUMBER.put(errno.number(), errno);
        }
    }

    private final int linux;
    private final int bsd;

    Errno(int linux, int bsd) {
        this.linux = linux;
        this.bsd = bsd;
    }

    /** The value of {@code errno} on this system; positive. */
    public int number() {
        return BSD ? bsd : linux;
    }

    /** The constant for a positive error number of this system, or {@link #UNKNOWN}. */
    public static Errno of(int number) {
        return BY_NUMBER.getOrDefault(number, UNKNOWN);
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
