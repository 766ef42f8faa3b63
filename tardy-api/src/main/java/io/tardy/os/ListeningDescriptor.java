package io.tardy.os;

import static io.tardy.os.LinuxListenerCalls.AF_INET;
import static io.tardy.os.LinuxListenerCalls.AF_INET6;
import static io.tardy.os.LinuxListenerCalls.AF_UNIX;
import static io.tardy.os.LinuxListenerCalls.SOCK_CLOEXEC;
import static io.tardy.os.LinuxListenerCalls.SOCK_NONBLOCK;
import static io.tardy.os.LinuxListenerCalls.SOCK_STREAM;
import static io.tardy.os.LinuxListenerCalls.SOL_SOCKET;

import io.tardy.aio.Errno;
import io.tardy.aio.SocketError;
import io.tardy.aio.SocketKind;
import io.tardy.aio.TardyIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteOrder;

/**
 * A listening stream socket of no transport: its number is all that there is of it, so that it can
 * come from another process and go to another. Transports drive duplicates of it. On Linux only.
 */
public final class ListeningDescriptor {

    /** More than {@code struct sockaddr_in6} has. */
    private static final int ADDRESS_BYTES = 28;

    private static final ValueLayout.OfShort PORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

    private final SocketKind kind;

    /** Negative once it is closed. */
    private int number;

    private ListeningDescriptor(int number, SocketKind kind) {
        this.number = number;
        this.kind = kind;
    }

    /**
     * @throws UnsupportedOperationException on other systems, for what the caller is about
     */
    public static void requireLinux(String what) {
        if (!DescriptorSocket.IS_LINUX) {
            throw new UnsupportedOperationException(
                    what + " is for Linux only, and this is " + System.getProperty("os.name"));
        }
    }

    /**
     * Binds and listens.
     *
     * @throws IllegalArgumentException if it is no address of a stream socket
     */
    public static ListeningDescriptor open(SocketAddress address, int backlog)
            throws TardyIOException {
        SocketKind kind =
                address instanceof UnixDomainSocketAddress ? SocketKind.UNIX : SocketKind.TCP;
        Errno refusal =
                SocketAddressRules.refusesLocal(
                        kind, address, SocketAddressRules.UNIX_PATH_BYTES_MAX);
        if (refusal != null) {
            throw failure("bind", -refusal.number(), "at " + address);
        }
        int domain =
                kind.isUnix()
                        ? AF_UNIX
                        : ((InetSocketAddress) address).getAddress() instanceof Inet6Address
                                ? AF_INET6
                                : AF_INET;
        int number = LinuxListenerCalls.socket(domain, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK);
        if (number < 0) {
            throw failure("socket", number, null);
        }
        boolean isOpen = false;
        try {
            bind(number, domain, address);
            require("listen", LinuxListenerCalls.listen(number, backlog), "at " + address);
            isOpen = true;
            return new ListeningDescriptor(number, kind);
        } finally {
            if (!isOpen) {
                LinuxCalls.close(number);
            }
        }
    }

    private static void bind(int number, int domain, SocketAddress address)
            throws TardyIOException {
        if (address instanceof UnixDomainSocketAddress unix) {
            require("bind", UnixNames.bind(number, unix.getPath()), "at " + address);
            return;
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment on = arena.allocateFrom(ValueLayout.JAVA_INT, 1);
            require(
                    "setsockopt",
                    LinuxSocketCalls.setsockopt(
                            number, SOL_SOCKET, LinuxListenerCalls.SO_REUSEADDR, on),
                    null);
            MemorySegment memory = write((InetSocketAddress) address, domain, arena);
            require("bind", LinuxSocketCalls.bind(number, memory), "at " + address);
        }
    }

    private static MemorySegment write(InetSocketAddress address, int domain, Arena arena) {
        byte[] bytes = address.getAddress().getAddress();
        MemorySegment memory = arena.allocate(domain == AF_INET ? 16 : ADDRESS_BYTES, 4);
        memory.set(ValueLayout.JAVA_SHORT, 0, (short) domain);
        memory.set(PORT, 2, (short) address.getPort());
        MemorySegment.copy(
                bytes, 0, memory, ValueLayout.JAVA_BYTE, domain == AF_INET ? 4 : 8, bytes.length);
        if (address.getAddress() instanceof Inet6Address inet6) {
            memory.set(ValueLayout.JAVA_INT, 24, inet6.getScopeId());
        }
        return memory;
    }

    /**
     * Takes over a number that this process was given: from now on it is non-blocking, and no
     * program that is started gets it.
     *
     * @throws TardyIOException if it is no listening stream socket; it is as it was then
     */
    public static ListeningDescriptor adopt(int number) throws TardyIOException {
        String which = "descriptor " + number;
        int type = option(number, LinuxListenerCalls.SO_TYPE, which);
        if (type != SOCK_STREAM) {
            throw failure(
                    "inherit",
                    -Errno.EOPNOTSUPP.number(),
                    which + " is no stream socket: only listeners of streams are inherited");
        } else if (option(number, LinuxListenerCalls.SO_ACCEPTCONN, which) == 0) {
            throw failure(
                    "inherit",
                    -Errno.EINVAL.number(),
                    which + " does not listen: a unit of systemd needs Accept=no");
        }
        int domain = option(number, LinuxListenerCalls.SO_DOMAIN, which);
        if (domain != AF_UNIX && domain != AF_INET && domain != AF_INET6) {
            throw failure(
                    "inherit",
                    -Errno.EAFNOSUPPORT.number(),
                    which + " is of the address family " + domain + ": TCP and Unix sockets work");
        }
        require("fcntl", LinuxListenerCalls.setCloseOnExec(number), which);
        require("fcntl", LinuxCalls.setFlags(number, LinuxFiles.O_NONBLOCK), which);
        return new ListeningDescriptor(
                number, domain == AF_UNIX ? SocketKind.UNIX : SocketKind.TCP);
    }

    private static int option(int number, int option, String which) throws TardyIOException {
        int value = LinuxSocketCalls.getsockopt(number, SOL_SOCKET, option);
        if (value == -Errno.EBADF.number()) {
            throw failure(
                    "inherit",
                    value,
                    which + " is not open: whoever started this process has not passed it on");
        } else if (value == -Errno.ENOTSOCK.number()) {
            throw failure("inherit", value, which + " is no socket");
        }
        require("inherit", value, which);
        return value;
    }

    /** What it listens for: streams of TCP, or of the Unix domain. */
    public SocketKind kind() {
        return kind;
    }

    /**
     * Another number for the same listener, which is the caller's to close.
     *
     * @throws TardyIOException also if this is closed
     */
    public synchronized int duplicate() throws TardyIOException {
        requireOpen();
        int duplicate = LinuxListenerCalls.duplicate(number);
        require("dup", duplicate, null);
        return duplicate;
    }

    /** Gives back what {@link #duplicate} has returned. */
    public static void closeDuplicate(int number) {
        LinuxCalls.close(number);
    }

    private void requireOpen() throws TardyIOException {
        if (number < 0) {
            throw failure("dup", -Errno.EBADF.number(), "this listener is closed");
        }
    }

    /** Where it listens; null in the Unix domain if it has no name. */
    public synchronized SocketAddress localAddress() throws TardyIOException {
        requireOpen();
        if (kind.isUnix()) {
            return UnixNames.local(number);
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment memory = arena.allocate(ADDRESS_BYTES, 4);
            MemorySegment length = arena.allocateFrom(ValueLayout.JAVA_INT, ADDRESS_BYTES);
            require("getsockname", LinuxSocketCalls.getsockname(number, memory, length), null);
            return read(memory);
        }
    }

    private static InetSocketAddress read(MemorySegment memory) {
        boolean isIpv4 = memory.get(ValueLayout.JAVA_SHORT, 0) == AF_INET;
        byte[] bytes =
                memory.asSlice(isIpv4 ? 4 : 8, isIpv4 ? 4 : 16).toArray(ValueLayout.JAVA_BYTE);
        int port = Short.toUnsignedInt(memory.get(PORT, 2));
        try {
            int scope = isIpv4 ? 0 : memory.get(ValueLayout.JAVA_INT, 24);
            InetAddress address =
                    scope == 0
                            ? InetAddress.getByAddress(bytes)
                            : Inet6Address.getByAddress(null, bytes, scope);
            return new InetSocketAddress(address, port);
        } catch (UnknownHostException e) {
            throw new AssertionError("an address of 4 or 16 bytes", e);
        }
    }

    /** The listener lives on in its duplicates, here and in other processes. Idempotent. */
    public synchronized void close() throws TardyIOException {
        int closed = number;
        number = -1;
        if (closed >= 0) {
            require("close", LinuxCalls.close(closed), null);
        }
    }

    /** Whether {@link #close} was called. */
    public synchronized boolean isClosed() {
        return number < 0;
    }

    static void require(String operation, int outcome, String detail) throws TardyIOException {
        if (outcome < 0) {
            throw failure(operation, outcome, detail);
        }
    }

    static TardyIOException failure(String operation, int outcome, String detail) {
        return new TardyIOException(operation, SocketError.class, -outcome, detail);
    }

    @Override
    public synchronized String toString() {
        return number < 0 ? "closed listener" : "listener " + number;
    }
}
