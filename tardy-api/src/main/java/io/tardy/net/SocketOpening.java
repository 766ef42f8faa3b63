package io.tardy.net;

import io.tardy.NameResolver;
import io.tardy.Tardy;
import io.tardy.aio.SocketKind;
import io.tardy.aio.TardyIOException;
import io.tardy.host.HostAddresses;
import io.tardy.os.SocketHandle;
import io.tardy.runtime.TardyAccess;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.nio.file.ProviderMismatchException;
import java.util.List;

/** Opens sockets: for the runtime of this thread, or for those of one {@link Tardy}. */
interface SocketOpening {

    /** For the runtime of this thread or, outside of any, for the best transport. */
    SocketOpening HERE =
            new SocketOpening() {
                @Override
                public SocketHandle open(SocketKind kind) throws TardyIOException {
                    return TardyAccess.openSocketHere(kind);
                }

                @Override
                public NameResolver resolver() {
                    return HostAddresses.resolverHere();
                }
            };

    /** For the runtimes of this Tardy. */
    static SocketOpening of(Tardy tardy) {
        return new SocketOpening() {
            @Override
            public SocketHandle open(SocketKind kind) throws TardyIOException {
                return TardyAccess.get().openSocket(tardy, kind);
            }

            @Override
            public NameResolver resolver() {
                return tardy.options().nameResolver();
            }
        };
    }

    SocketHandle open(SocketKind kind) throws TardyIOException;

    NameResolver resolver();

    default Socket tcp(String host, int port) throws TardyIOException {
        return tcp(HostAddresses.of(resolver(), host, port));
    }

    default Socket tcp(InetSocketAddress address) throws TardyIOException {
        return tcp(List.of(resolved(address)));
    }

    private Socket tcp(List<InetSocketAddress> addresses) throws TardyIOException {
        SocketRace.Opening opensTcp = () -> withDefaults(open(SocketKind.TCP));
        SocketRace race = addresses.size() == 1 ? null : new SocketRace(opensTcp);
        return new Socket(opensTcp.open(), new SocketTarget(addresses, race));
    }

    private static InetSocketAddress resolved(InetSocketAddress address) {
        if (address.isUnresolved()) {
            throw new IllegalArgumentException(
                    address + " has no address yet: give host and port, which are looked up");
        }
        return address;
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
        return udp(HostAddresses.of(resolver(), host, port));
    }

    default Socket udp(InetSocketAddress address) throws TardyIOException {
        return udp(List.of(resolved(address)));
    }

    private Socket udp(List<InetSocketAddress> addresses) throws TardyIOException {
        return new Socket(open(SocketKind.UDP), new SocketTarget(addresses, null));
    }

    default Socket unix(SocketKind kind, Path path) throws TardyIOException {
        SocketTarget target = new SocketTarget(List.of(addressOf(path)), null);
        return new Socket(open(kind), target);
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
