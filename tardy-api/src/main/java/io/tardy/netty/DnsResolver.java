package io.tardy.netty;

import io.tardy.Deadline;
import io.tardy.NameResolver;
import io.tardy.Storage;
import io.tardy.TardyRuntime;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Asks name servers, on the loop of the runtime whose frame wants to know: no thread waits for
 * them, and whoever is cancelled or late is gone at once. Netty's {@code DnsNameResolver} does the
 * asking; the program needs {@code io.netty:netty-resolver-dns}.
 *
 * <pre>{@code
 * Tardy.builder().nameResolver(DnsResolver.ofSystem()).build()
 * }</pre>
 *
 * <p>The hosts file comes first, as it was when the program started; {@code localhost} never goes
 * to a server. Each server is asked in its turn, and if none has answered each once more. IPv6
 * addresses are asked for if the machine has one of its own; IPv4 comes first unless the property
 * {@code java.net.preferIPv6Addresses} says otherwise. Each runtime keeps an answer for its time to
 * live, at most a minute; its frames that want the same name at the same time share a lookup, and
 * its failure. What does not fit into a datagram is asked for by TCP.
 *
 * <p>A lookup has a socket of its own, so a stranger has to guess a port and a number to slip an
 * answer in. What is for another question, or about another name, is passed over. Nothing is
 * encrypted, and no signature is checked: believe a name server as far as the network to it.
 *
 * <p>Immutable; one serves any number of {@code Tardy}s. Make few: each runtime that has used one
 * keeps its answers, until the runtime ends.
 */
public final class DnsResolver implements NameResolver {

    private static final String LIBRARY = "io.netty.resolver.dns.DnsNameResolver";

    /** As of the system's resolver; see resolv.conf(5). */
    private static final Duration ANSWER_WITHIN = Duration.ofSeconds(5);

    private static final AtomicLong MADE = new AtomicLong();

    /** In a runtime's storage, which has a client of each resolver that it uses. */
    private final String slot = DnsResolver.class.getName() + ' ' + MADE.incrementAndGet();

    /** Empty for those of the system. */
    private final List<InetSocketAddress> servers;

    /** Null for what the system is configured for. */
    private final @Nullable Duration answerWithin;

    private DnsResolver(List<InetSocketAddress> servers, @Nullable Duration answerWithin) {
        this.servers = servers;
        this.answerWithin = answerWithin;
    }

    /**
     * With the name servers, the search domains and the time to wait that the system is configured
     * for: on Linux, in {@code /etc/resolv.conf}. If that names no server, Netty warns and asks
     * public ones, or those of {@code -Dio.netty.resolver.dns.defaultNameServerFallback}.
     *
     * @throws IllegalStateException if netty-resolver-dns is missing
     */
    public static DnsResolver ofSystem() {
        requireLibrary();
        return new DnsResolver(List.of(), null);
    }

    /**
     * With these name servers, and without search domains.
     *
     * @param servers at least one, in the order of asking
     * @throws IllegalArgumentException if there is none, or one is not resolved
     * @throws IllegalStateException if netty-resolver-dns is missing
     */
    public static DnsResolver of(InetSocketAddress... servers) {
        requireLibrary();
        List<InetSocketAddress> given = List.of(servers);
        if (given.isEmpty()) {
            throw new IllegalArgumentException("no name server: DnsResolver.ofSystem() has some");
        }
        for (InetSocketAddress server : given) {
            if (server.isUnresolved()) {
                throw new IllegalArgumentException(
                        server + ": a name server is given by its address, not by a name");
            }
        }
        return new DnsResolver(given, ANSWER_WITHIN);
    }

    private static void requireLibrary() {
        try {
            Class.forName(LIBRARY);
            DnsClient.prepare();
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException(
                    "netty-resolver-dns is missing: add io.netty:netty-resolver-dns to the"
                            + " dependencies and, on the module path, --add-modules"
                            + " io.netty.resolver.dns",
                    e);
        }
    }

    /**
     * How long to wait for each answer: after this time the next server is asked. Default 5
     * seconds, or what the system is configured for. A {@link Deadline} of the frame bounds the
     * whole.
     *
     * @throws IllegalArgumentException if it is shorter than a millisecond, or longer than a minute
     */
    public DnsResolver answerWithin(Duration duration) {
        if (duration.compareTo(Duration.ofMillis(1)) < 0
                || duration.compareTo(Duration.ofMinutes(1)) > 0) {
            throw new IllegalArgumentException(
                    "answerWithin: " + duration + ", must be from a millisecond to a minute");
        }
        return new DnsResolver(servers, duration);
    }

    /**
     * {@inheritDoc}
     *
     * @throws IllegalStateException outside of a frame
     */
    @Override
    public List<InetAddress> resolve(String host) throws IOException {
        if (!TardyRuntime.isInFrame()) {
            throw new IllegalStateException(
                    "a DnsResolver has only frames wait: look "
                            + host
                            + " up in one, by rt.spawn, or give its address");
        }
        return client().resolve(host);
    }

    private DnsClient client() {
        TardyRuntime runtime = TardyRuntime.current();
        Storage storage = runtime.storage();
        return storage.contains(slot)
                ? storage.get(slot, DnsClient.class)
                : storage.store(slot, new DnsClient(runtime, servers, answerWithin));
    }

    @Override
    public String toString() {
        return "DNS by " + (servers.isEmpty() ? "the system's name servers" : servers);
    }
}
