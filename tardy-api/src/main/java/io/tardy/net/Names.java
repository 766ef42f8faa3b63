package io.tardy.net;

import io.tardy.NameResolver;
import io.tardy.aio.ConnectError;
import io.tardy.aio.TardyIOException;
import io.tardy.host.HostAddresses;
import java.net.InetAddress;
import java.util.List;

/**
 * Hosts by their names. Sockets look a name up by themselves; this is for programs that want the
 * addresses.
 */
public final class Names {

    private Names() {}

    /**
     * All addresses of a host, in the order in which the runtime's {@link NameResolver} gives them.
     * A frame waits for it, and gives up when it is cancelled or its {@link io.tardy.Deadline}
     * passes. Outside of a frame this blocks the thread, or, with a resolver that only frames can
     * wait for, throws an {@link IllegalStateException}.
     *
     * @param host a name, or a literal address, which needs no lookup
     * @return at least one
     * @throws TardyIOException with {@link ConnectError#ADDRESS_NOT_AVAILABLE} if no host has the
     *     name; with {@link ConnectError#NAME_SERVER_FAILED} or {@link ConnectError#TIMED_OUT} if
     *     that cannot be found out now, which the system's resolver does not tell from the first
     */
    public static List<InetAddress> resolve(String host) throws TardyIOException {
        return HostAddresses.of(HostAddresses.resolverHere(), host);
    }
}
