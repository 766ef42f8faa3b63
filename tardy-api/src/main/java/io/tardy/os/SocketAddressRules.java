package io.tardy.os;

import io.tardy.aio.Errno;
import io.tardy.aio.PathlessUnixAddress;
import io.tardy.aio.SocketKind;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;

/** Which addresses a socket takes: asked before any transport is; null is no refusal. */
final class SocketAddressRules {

    private static final String OS = System.getProperty("os.name");

    /** What {@code sun_path} has room for, less the zero behind it; see unix(7) and unix(4). */
    static final int UNIX_PATH_BYTES_MAX = OS.contains("BSD") || OS.contains("Mac") ? 103 : 107;

    private SocketAddressRules() {}

    /**
     * Of an address to bind to.
     *
     * @throws IllegalArgumentException if it is none for this kind of socket
     */
    static Errno refusesLocal(SocketKind kind, SocketAddress address, int unixPathBytesMax) {
        if (!kind.isUnix()) {
            require(kind, InetSocketAddress.class, address);
            return null;
        }
        Path path = require(kind, UnixDomainSocketAddress.class, address).getPath();
        if (path.toString().isEmpty()) {
            // Linux would choose an abstract name to bind to, which no path can say.
            throw new IllegalArgumentException(
                    "the path is empty: a Unix socket needs one, such as \"./s\"");
        }
        return PathBytes.of(path).length <= unixPathBytesMax ? null : Errno.ENAMETOOLONG;
    }

    /**
     * Of an address to connect or send to. Linux connects UDP to port 0, and then can send nothing.
     *
     * @throws IllegalArgumentException if it is none for this kind of socket
     */
    static Errno refusesRemote(SocketKind kind, SocketAddress address, int unixPathBytesMax) {
        Errno refusal = refusesLocal(kind, address, unixPathBytesMax);
        boolean isNowhere = kind == SocketKind.UDP && ((InetSocketAddress) address).getPort() == 0;
        return isNowhere ? Errno.EINVAL : refusal;
    }

    /**
     * Of an address to send a datagram of the Unix domain to that is no path.
     *
     * @throws IllegalArgumentException if no socket can have it on this system
     */
    static Errno refusesReceiver(PathlessUnixAddress address) {
        if (address.isUnnamed()) {
            throw new IllegalArgumentException(
                    "nothing can be sent to a socket without a name: whoever wants an answer binds"
                            + " a path");
        } else if (!OS.equals("Linux")) {
            throw new IllegalArgumentException(address + ": abstract names are Linux's only");
        }
        return address.name().length <= UNIX_PATH_BYTES_MAX ? null : Errno.ENAMETOOLONG;
    }

    private static <A extends SocketAddress> A require(
            SocketKind kind, Class<A> type, SocketAddress address) {
        if (!type.isInstance(address)) {
            throw new IllegalArgumentException(
                    address + " is no address for a " + kind + " socket: use " + type.getName());
        }
        if (address instanceof InetSocketAddress inet && inet.isUnresolved()) {
            throw new IllegalArgumentException(address + " is not resolved");
        }
        return type.cast(address);
    }
}
