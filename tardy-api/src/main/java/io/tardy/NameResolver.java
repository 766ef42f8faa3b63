package io.tardy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;

/**
 * Finds the addresses of hosts by their names, for all that connects by a name: sockets, {@code
 * FrameChannel.connect}, and {@code Names.resolve}. A {@link Tardy} has one, for all of its
 * runtimes: by default {@link #system}. Name servers are asked without a thread by {@code
 * DnsResolver}; a test gives its own.
 */
@FunctionalInterface
public interface NameResolver {

    /**
     * The addresses of a host.
     *
     * <p>Called in the frame that wants to know, which may wait here: it is cancelled and has its
     * {@link Deadline}. What blocks belongs into {@link TardyRuntime#offload}. Frames of all
     * runtimes may be in here at the same time. Outside of frames this is called too, on the thread
     * that asks, for whose wait there is no bound: throw an {@link IllegalStateException} there if
     * only a frame can wait for the answer.
     *
     * @param host as it was asked for; never a literal address
     * @return at least one, in the order in which they are to be tried; RFC 6724 has one
     * @throws UnknownHostException if no host has that name
     * @throws IOException if that cannot be found out now, also of its own sockets: whoever asks
     *     for the host gets it as the cause of a failed lookup
     */
    List<InetAddress> resolve(String host) throws IOException;

    /**
     * The system's resolver, by way of {@link InetAddress}: the hosts file, the name servers, and
     * what else the system is configured for, in the order that it gives them (RFC 6724), but
     * families as the property {@code java.net.preferIPv6Addresses} says. It keeps what it has
     * found for a while. In a simulation, the names of the simulated hosts.
     *
     * <p>That call blocks and cannot be interrupted. At most 64 threads of the process make it, and
     * further ones queue. A frame that gives up does not wait for its answer.
     */
    static NameResolver system() {
        return SystemResolver.ONLY;
    }
}
