package io.tardy.transport.iouring;

import io.netty.buffer.ByteBuf;
import io.netty.channel.unix.Socket;
import io.tardy.spi.PathBytes;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteOrder;

/** Writes {@code struct sockaddr} as the kernel reads it: ip(7), ipv6(7), unix(7). */
final class SocketAddresses {

    /** Room for the largest. */
    static final int BYTES_MAX = 128;

    private static final int AF_UNIX = 1;
    private static final int AF_INET = 2;
    private static final int AF_INET6 = 10;

    /** With the zero at its end. */
    private static final int UNIX_PATH_BYTES_MAX = 108;

    private SocketAddresses() {}

    /** Whether the system has room for it. */
    static boolean fits(SocketAddress address) {
        return !(address instanceof UnixDomainSocketAddress unix)
                || pathOf(unix).length < UNIX_PATH_BYTES_MAX;
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

    private static void writeNative(ByteBuf into, int value) {
        if (ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN) {
            into.writeIntLE(value);
        } else {
            into.writeInt(value);
        }
    }
}
