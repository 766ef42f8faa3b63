package io.tardy.sim.net;

import java.io.IOException;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ProtocolFamily;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.net.UnknownHostException;
import java.nio.channels.UnresolvedAddressException;
import java.nio.channels.UnsupportedAddressTypeException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/** Which addresses a socket can have, and reach. */
enum SocketAddresses {
    /** IPv6, and IPv4 through it. */
    DUAL,
    IPV4,
    UNIX;

    /** The longest path of a socket on Linux, as the JDK has it. */
    private static final int UNIX_PATH_BYTES_MAX = 107;

    static final InetAddress WILDCARD = address(0, 0, 0, 0);

    private static final InetAddress LOOPBACK = address(127, 0, 0, 1);

    /** Of a client of the Unix domain. */
    static final UnixDomainSocketAddress UNNAMED = UnixDomainSocketAddress.of("");

    private static InetAddress address(int... bytes) {
        byte[] raw = new byte[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            raw[i] = (byte) bytes[i];
        }
        try {
            return InetAddress.getByAddress(raw);
        } catch (UnknownHostException e) {
            throw new AssertionError(e); // only of a wrong length
        }
    }

    static SocketAddresses of(ProtocolFamily family) {
        return switch (Objects.requireNonNull(family, "family")) {
            case StandardProtocolFamily.INET -> IPV4;
            case StandardProtocolFamily.INET6 -> DUAL;
            case StandardProtocolFamily.UNIX -> UNIX;
            default ->
                    throw new UnsupportedOperationException(
                            "protocol family " + family.name() + " is not simulated");
        };
    }

    /** Where a socket binds to; any port of any address for null. */
    InetSocketAddress toBind(SocketAddress address) {
        return address == null ? new InetSocketAddress(WILDCARD, 0) : unnamed(inet(address));
    }

    /** Where a socket connects or sends to: never the wildcard. */
    InetSocketAddress toReach(SocketAddress address) {
        InetSocketAddress inet = inet(address);
        return inet.getAddress().isAnyLocalAddress()
                ? new InetSocketAddress(LOOPBACK, inet.getPort())
                : inet;
    }

    /** As a kernel says it: it knows no names. */
    static InetSocketAddress unnamed(InetSocketAddress address) {
        return new InetSocketAddress(unnamed(address.getAddress()), address.getPort());
    }

    static InetAddress unnamed(InetAddress address) {
        try {
            return address instanceof Inet6Address v6 && v6.getScopeId() != 0
                    ? Inet6Address.getByAddress(null, v6.getAddress(), v6.getScopeId())
                    : InetAddress.getByAddress(address.getAddress());
        } catch (UnknownHostException e) {
            throw new AssertionError(e); // only of a wrong length
        }
    }

    private InetSocketAddress inet(SocketAddress address) {
        if (!(Objects.requireNonNull(address, "address") instanceof InetSocketAddress inet)) {
            throw new UnsupportedAddressTypeException();
        }
        if (inet.isUnresolved()) {
            throw new UnresolvedAddressException();
        }
        if (this == IPV4 && !(inet.getAddress() instanceof Inet4Address)) {
            throw new UnsupportedAddressTypeException();
        }
        return inet;
    }

    static UnixDomainSocketAddress unix(SocketAddress address) throws IOException {
        if (!(Objects.requireNonNull(address, "address") instanceof UnixDomainSocketAddress unix)) {
            throw new UnsupportedAddressTypeException();
        }
        if (unix.getPath().toString().getBytes(StandardCharsets.UTF_8).length
                > UNIX_PATH_BYTES_MAX) {
            throw new SocketException("Unix domain path too long");
        }
        return unix;
    }
}
