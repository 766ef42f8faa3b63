package io.tardy.os;

import io.tardy.aio.Errno;
import io.tardy.aio.SocketError;
import io.tardy.aio.TardyIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.SocketOption;
import java.net.StandardSocketOptions;
import java.util.Set;

/**
 * Multicast options of a descriptor, which Netty's sockets do not have; see ip(7) and ipv6(7). A
 * socket of IPv6 that carries IPv4 too is given both kinds.
 */
final class LinuxMulticast {

    private static final int IPPROTO_IP = 0;
    private static final int IPPROTO_IPV6 = 41;
    private static final int IP_MULTICAST_IF = 32;
    private static final int IP_MULTICAST_TTL = 33;
    private static final int IP_MULTICAST_LOOP = 34;
    private static final int IPV6_MULTICAST_IF = 17;
    private static final int IPV6_MULTICAST_HOPS = 18;
    private static final int IPV6_MULTICAST_LOOP = 19;
    private static final int MCAST_JOIN_GROUP = 42;
    private static final int MCAST_LEAVE_GROUP = 45;
    private static final short AF_INET = 2;
    private static final short AF_INET6 = 10;

    /** {@code struct group_req}: the interface, then a {@code sockaddr_storage} from 8 on. */
    private static final int GROUP_REQ_BYTES = 136;

    /** {@code struct ip_mreqn}: the group, an address, the interface. */
    private static final int MREQN_BYTES = 12;

    private static final Set<SocketOption<?>> OPTIONS =
            Set.of(
                    StandardSocketOptions.IP_MULTICAST_TTL,
                    StandardSocketOptions.IP_MULTICAST_LOOP,
                    StandardSocketOptions.IP_MULTICAST_IF);

    private LinuxMulticast() {}

    static boolean has(SocketOption<?> option) {
        return OPTIONS.contains(option);
    }

    static void set(int descriptor, SocketOption<?> option, Object value) throws TardyIOException {
        if (option == StandardSocketOptions.IP_MULTICAST_IF) {
            setInterface(descriptor, ((NetworkInterface) value).getIndex());
        } else if (option == StandardSocketOptions.IP_MULTICAST_TTL) {
            setBoth(descriptor, IP_MULTICAST_TTL, IPV6_MULTICAST_HOPS, (Integer) value);
        } else {
            setBoth(descriptor, IP_MULTICAST_LOOP, IPV6_MULTICAST_LOOP, (Boolean) value ? 1 : 0);
        }
    }

    static Object get(int descriptor, SocketOption<?> option) throws TardyIOException {
        if (option == StandardSocketOptions.IP_MULTICAST_IF) {
            return interfaceOf(descriptor);
        }
        boolean isTtl = option == StandardSocketOptions.IP_MULTICAST_TTL;
        int number = isTtl ? IP_MULTICAST_TTL : IP_MULTICAST_LOOP;
        int value = LinuxSocketCalls.getsockopt(descriptor, IPPROTO_IP, number);
        check("getsockopt " + option.name(), value);
        return isTtl ? (Object) value : (Object) (value != 0);
    }

    static void join(int descriptor, InetAddress group, NetworkInterface via, boolean joins)
            throws TardyIOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment request = arena.allocate(GROUP_REQ_BYTES, 8);
            request.set(ValueLayout.JAVA_INT, 0, via.getIndex());
            boolean isV6 = group instanceof Inet6Address;
            request.set(ValueLayout.JAVA_SHORT, 8, isV6 ? AF_INET6 : AF_INET);
            byte[] address = group.getAddress();
            MemorySegment.copy(
                    address, 0, request, ValueLayout.JAVA_BYTE, isV6 ? 16 : 12, address.length);
            check(
                    joins ? "join" : "leave",
                    LinuxSocketCalls.setsockopt(
                            descriptor,
                            isV6 ? IPPROTO_IPV6 : IPPROTO_IP,
                            joins ? MCAST_JOIN_GROUP : MCAST_LEAVE_GROUP,
                            request));
        }
    }

    private static void setInterface(int descriptor, int index) throws TardyIOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment request = arena.allocate(MREQN_BYTES, 4);
            request.set(ValueLayout.JAVA_INT, 8, index);
            check(
                    "setsockopt IP_MULTICAST_IF",
                    LinuxSocketCalls.setsockopt(descriptor, IPPROTO_IP, IP_MULTICAST_IF, request));
            setV6(descriptor, IPV6_MULTICAST_IF, index);
        }
    }

    private static NetworkInterface interfaceOf(int descriptor) throws TardyIOException {
        int index = LinuxSocketCalls.getsockopt(descriptor, IPPROTO_IPV6, IPV6_MULTICAST_IF);
        check("getsockopt IP_MULTICAST_IF", index);
        try {
            return index == 0 ? null : NetworkInterface.getByIndex(index);
        } catch (SocketException e) {
            throw new TardyIOException(
                    "getsockopt IP_MULTICAST_IF", SocketError.UNEXPECTED, Errno.EIO.number());
        }
    }

    private static void setBoth(int descriptor, int v4Option, int v6Option, int value)
            throws TardyIOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment number = arena.allocateFrom(ValueLayout.JAVA_INT, value);
            check(
                    "setsockopt",
                    LinuxSocketCalls.setsockopt(descriptor, IPPROTO_IP, v4Option, number));
            setV6(descriptor, v6Option, value);
        }
    }

    /** A socket of IPv4 does not have it, and needs none. */
    private static void setV6(int descriptor, int option, int value) throws TardyIOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment number = arena.allocateFrom(ValueLayout.JAVA_INT, value);
            int outcome = LinuxSocketCalls.setsockopt(descriptor, IPPROTO_IPV6, option, number);
            boolean isV4Only =
                    outcome == -Errno.ENOPROTOOPT.number() || outcome == -Errno.EOPNOTSUPP.number();
            if (!isV4Only) {
                check("setsockopt", outcome);
            }
        }
    }

    private static void check(String call, int outcome) throws TardyIOException {
        if (outcome < 0) {
            throw new TardyIOException(call, SocketError.class, -outcome);
        }
    }
}
