package io.tardy.net;

import io.tardy.Tardy;
import io.tardy.aio.SocketKind;
import io.tardy.aio.TardyIOException;
import io.tardy.host.HostAddresses;
import io.tardy.os.SocketHandle;
import io.tardy.runtime.TardyAccess;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.nio.file.ProviderMismatchException;
import java.util.List;

/** Opens sockets: for the runtime of this thread, or for those of one {@link Tardy}. */
@FunctionalInterface
interface SocketOpening {

    /** For the runtime of this thread or, outside of any, for the best transport. */
    SocketOpening HERE = TardyAccess::openSocketHere;

    /** For the runtimes of this Tardy. */
    static SocketOpening of(Tardy tardy) {
        return kind -> TardyAccess.get().openSocket(tardy, kind);
    }

    SocketHandle open(SocketKind kind) throws TardyIOException;

    default Socket tcp(String host, int port) throws TardyIOException {
        List<InetSocketAddress> addresses = HostAddresses.of(host, port);
        SocketRace.Opening opensTcp = () -> withDefaults(open(SocketKind.TCP));
        SocketRace race = addresses.size() == 1 ? null : new SocketRace(addresses, opensTcp);
        return new Socket(opensTcp.open(), addresses.getFirst(), race);
    }

    private static SocketHandle withDefaults(SocketHandle handle) throws TardyIOException {
        try {
            handle.setOption(StandardSocketOptions.SO_REUSEADDR, true);
            handle.setOption(StandardSocketOptions.TCP_NODELAY, true);
            return handle;
        } catch (TardyIOException | RuntimeException | Error e) {
            handle.close();
            throw e;
        }
    }

    default Socket udp(String host, int port) throws TardyIOException {
        SocketAddress address = HostAddresses.of(host, port).getFirst();
        return new Socket(open(SocketKind.UDP), address, null);
    }

    default Socket unix(SocketKind kind, Path path) throws TardyIOException {
        UnixDomainSocketAddress address = addressOf(path);
        return new Socket(open(kind), address, null);
    }

    /** Call this first, so that nothing has to be closed if it fails. */
    private static UnixDomainSocketAddress addressOf(Path path) {
        if (path.getFileSystem() != FileSystems.getDefault()) {
            throw new ProviderMismatchException(
                    path + " belongs to another file system than the one that has sockets");
        }
        return UnixDomainSocketAddress.of(path);
    }
}
