package io.tardy.transport.iouring;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.unix.Socket;
import io.tardy.os.PathBytes;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteOrder;

/** Writes {@code struct sockaddr} as the kernel reads it, and reads it: ip(7), ipv6(7), unix(7). */
final class SocketAddresses {

    /** Room for the largest. */
    static final int BYTES_MAX = 128;

    private static final int AF_UNIX = 1;
    private static final int AF_INET = 2;
    private static final int AF_INET6 = 10;

    private SocketAddresses() {}

    /** Memory for the address of a connection that is to be accepted: room, and its length. */
    static ByteBuf newAccepted(ByteBufAllocator allocator) {
        ByteBuf memory = allocator.directBuffer(BYTES_MAX + Integer.BYTES);
        memory.setZero(0, BYTES_MAX);
        setNative(memory, BYTES_MAX, BYTES_MAX);
        return memory;
    }

    /** What the kernel has written there; null in the Unix domain. */
    static SocketAddress readAccepted(ByteBuf memory) {
        int family =
                ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN
                        ? memory.getShortLE(0)
                        : memory.getShort(0);
        if (family != AF_INET && family != AF_INET6) {
            return null;
        }
        byte[] ip = new byte[family == AF_INET ? 4 : 16];
        memory.getBytes(family == AF_INET ? 4 : 8, ip);
        try {
            // One that is of IPv4 in truth becomes an Inet4Address, whatever the scope.
            InetAddress address = InetAddress.getByAddress(ip);
            int scope = family == AF_INET ? 0 : getNative(memory, 24);
            if (scope != 0 && address instanceof Inet6Address) {
                address = Inet6Address.getByAddress(null, ip, scope);
            }
            return new InetSocketAddress(address, memory.getUnsignedShort(2));
        } catch (UnknownHostException e) {
            throw new AssertionError("4 or 16 bytes", e);
        }
    }

    /** Writes the address; the buffer's readable bytes are what to pass. */
    static void write(SocketAddress address, ByteBuf into) {
        if (address instanceof UnixDomainSocketAddress unix) {
            writeFamily(into, AF_UNIX);
            into.writeBytes(pathOf(unix)).writeByte(0);
            return;
        }
        InetSocketAddress inet = (InetSocketAddress) address;
        InetAddress ip = inet.getAddress();
        // What Netty opens is of one family for the whole process; IPv4 goes mapped where it is v6.
        if (ip instanceof Inet6Address || Socket.isIPv6Preferred()) {
            writeFamily(into, AF_INET6);
            into.writeShort(inet.getPort()).writeInt(0);
            if (ip instanceof Inet6Address v6) {
                into.writeBytes(v6.getAddress());
                writeNative(into, v6.getScopeId());
            } else {
                into.writeZero(10).writeShort(0xffff).writeBytes(ip.getAddress()).writeInt(0);
            }
        } else {
            writeFamily(into, AF_INET);
            into.writeShort(inet.getPort()).writeBytes(ip.getAddress()).writeZero(8);
        }
    }

    private static byte[] pathOf(UnixDomainSocketAddress unix) {
        return PathBytes.of(unix.getPath());
    }

    private static void writeFamily(ByteBuf into, int family) {
        if (ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN) {
            into.writeShortLE(family);
        } else {
            into.writeShort(family);
        }
    }

    private static void setNative(ByteBuf in, int index, int value) {
        if (ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN) {
            in.setIntLE(index, value);
        } else {
            in.setInt(index, value);
        }
    }

    private static int getNative(ByteBuf from, int index) {
        return ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN
                ? from.getIntLE(index)
                : from.getInt(index);
    }

    private static void writeNative(ByteBuf into, int value) {
        if (ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN) {
            into.writeIntLE(value);
        } else {
            into.writeInt(value);
        }
    }
}
