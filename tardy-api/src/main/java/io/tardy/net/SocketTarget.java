package io.tardy.net;

import io.tardy.TardyRuntime;
import io.tardy.aio.Errno;
import io.tardy.aio.SocketError;
import io.tardy.aio.TardyIOException;
import io.tardy.os.SocketHandle;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.SocketOption;
import java.util.Collections;
import java.util.List;

/** What a socket was made for: the addresses that it may connect to, or the one to bind to. */
final class SocketTarget {

    /** That of a connection that was accepted, which has come as far as it goes. */
    static final SocketTarget REACHED = new SocketTarget(Collections.singletonList(null), null);

    /** In the order of trying; fewer as soon as the socket has a local address of one family. */
    private volatile List<? extends SocketAddress> addresses;

    /** Null where one socket is enough: a stream connects once. */
    private final SocketRace race;

    /**
     * @param addresses at least one, in the order of trying
     * @param race null unless it is a stream for several addresses
     */
    SocketTarget(List<? extends SocketAddress> addresses, SocketRace race) {
        this.addresses = addresses;
        this.race = race;
    }

    void bind(SocketHandle handle) throws TardyIOException {
        if (race != null) {
            race.tryBegin(); // from now on it has one address
        }
        if (this == REACHED) {
            Errno refusal = handle.isClosed() ? Errno.EBADF : Errno.EINVAL;
            throw new TardyIOException(
                    "bind",
                    SocketError.class,
                    refusal.number(),
                    "it was accepted, or listens already, so it is bound");
        }
        AddressCalls.bind(handle, addresses.getFirst());
    }

    /** Any thread. */
    void bindLocal(SocketHandle handle, SocketAddress local) throws TardyIOException {
        List<? extends SocketAddress> reachable =
                addresses.stream().filter(address -> isReachable(local, address)).toList();
        if (reachable.isEmpty()) {
            throw new TardyIOException(
                    "bind",
                    SocketError.class,
                    Errno.EAFNOSUPPORT.number(),
                    local
                            + " is of another family than "
                            + addresses
                            + ": bind a local address of their family, or none");
        }
        AddressCalls.bind(handle, localFor(local, reachable.getFirst()));
        addresses = reachable;
        if (race != null) {
            race.startFrom(local);
        }
    }

    /** Sockets of both families are one kind, and the system would refuse only the connect. */
    private static boolean isReachable(SocketAddress local, SocketAddress remote) {
        return !(local instanceof InetSocketAddress from)
                || !(remote instanceof InetSocketAddress to)
                || from.isUnresolved()
                || from.getAddress().isAnyLocalAddress()
                || isIpv6(from) == isIpv6(to);
    }

    private static boolean isIpv6(InetSocketAddress address) {
        return address.getAddress() instanceof Inet6Address;
    }

    /** No address in particular is one of the family that it connects to. */
    static SocketAddress localFor(SocketAddress local, SocketAddress remote) {
        if (local instanceof InetSocketAddress from
                && remote instanceof InetSocketAddress to
                && !from.isUnresolved()
                && from.getAddress().isAnyLocalAddress()) {
            InetAddress any = InetAddress.ofLiteral(isIpv6(to) ? "::" : "0.0.0.0");
            return new InetSocketAddress(any, from.getPort());
        }
        return local;
    }

    /** Where it fails, a stream that nobody uses yet is closed: perhaps nobody has its name. */
    void connect(Socket socket) throws TardyIOException {
        try {
            tryConnect(socket);
        } catch (TardyIOException | RuntimeException | Error e) {
            if (!socket.handle.isOfUse()) {
                try {
                    close(socket);
                } catch (TardyIOException | RuntimeException | Error another) {
                    if (another != e) { // the JVM has one OutOfMemoryError for all
                        e.addSuppressed(another);
                    }
                }
            }
            throw e;
        }
    }

    @SuppressWarnings("unchecked") // a race is between addresses of a host
    private void tryConnect(Socket socket) throws TardyIOException {
        if (race != null && TardyRuntime.isInFrame() && race.tryBegin()) {
            SocketHandle first = socket.handle;
            socket.handle = race.run(first, (List<InetSocketAddress>) addresses);
            race.closeLoser(first, socket.handle);
        } else {
            AddressCalls.connect(socket.handle, addresses.getFirst());
        }
    }

    <T> void setOption(SocketHandle handle, SocketOption<T> option, T value)
            throws TardyIOException {
        handle.setOption(option, value);
        if (race != null) {
            race.optionSet(option, value);
        }
    }

    /** Closes the socket, whichever it is by now; any thread. */
    void close(Socket socket) throws TardyIOException {
        if (race != null) {
            race.stop();
        }
        socket.lending.end();
        SocketHandle closed = null;
        while (closed != socket.handle) { // one may win a race meanwhile
            closed = socket.handle;
            SocketClosing.close(closed);
        }
    }

    @Override
    public String toString() {
        SocketAddress first = addresses.getFirst();
        return first == null ? "" : " for " + first;
    }
}
