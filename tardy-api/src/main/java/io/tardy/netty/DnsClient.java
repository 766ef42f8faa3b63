package io.tardy.netty;

import io.netty.channel.ReflectiveChannelFactory;
import io.netty.resolver.dns.DefaultDnsCache;
import io.netty.resolver.dns.DnsCache;
import io.netty.resolver.dns.DnsNameResolverBuilder;
import io.netty.resolver.dns.DnsNameResolverChannelStrategy;
import io.netty.resolver.dns.DnsServerAddressStream;
import io.netty.resolver.dns.DnsServerAddressStreamProvider;
import io.netty.resolver.dns.DnsServerAddressStreamProviders;
import io.netty.resolver.dns.DnsServerAddresses;
import io.netty.resolver.dns.DnsServerResponseFeedbackAddressStream;
import io.netty.resolver.dns.NoopAuthoritativeDnsServerCache;
import io.netty.resolver.dns.NoopDnsCnameCache;
import io.tardy.TardyRuntime;
import io.tardy.spi.ChannelTypes;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Asks name servers on one runtime, and keeps their answers; in its frames. */
final class DnsClient {

    /** For one name: all servers twice, for both families, and some aliases. */
    private static final int QUERIES_MAX = 32;

    /**
     * An answer is forgotten then, however long it says that it lives: nothing else bounds them.
     */
    private static final int TTL_SECONDS_MAX = 60;

    /** See RFC 1035, section 2.3.4; without the root's dot. */
    private static final int NAME_CHARS_MAX = 253;

    private static final List<InetAddress> LOOPBACK =
            List.of(InetAddress.ofLiteral("127.0.0.1"), InetAddress.ofLiteral("::1"));

    private final TardyRuntime runtime;
    private final DnsNameResolverBuilder settings;

    /** What it has been told, by all lookups. */
    private final DnsCache answers = new DefaultDnsCache(0, TTL_SECONDS_MAX, 0);

    /** Those that go on, by what is asked for; or are over, until their frames go on. */
    private final Map<String, DnsLookup> lookups = new HashMap<>();

    /**
     * @param servers empty for those of the system
     * @param answerWithin null for what the system is configured for
     */
    DnsClient(
            TardyRuntime runtime,
            List<InetSocketAddress> servers,
            @Nullable Duration answerWithin) {
        this.runtime = runtime;
        ChannelTypes types = runtime.channelTypes();
        // An alias may be for any name, and a referral for any server: those are not kept.
        settings =
                new DnsNameResolverBuilder(runtime.eventLoop())
                        .datagramChannelFactory(new ReflectiveChannelFactory<>(types.datagram()))
                        .datagramChannelStrategy(
                                DnsNameResolverChannelStrategy.ChannelPerResolution)
                        .nameServerProvider(onceMoreIfLost(servers))
                        .maxQueriesPerResolve(QUERIES_MAX)
                        .cnameCache(NoopDnsCnameCache.INSTANCE)
                        .authoritativeDnsServerCache(NoopAuthoritativeDnsServerCache.INSTANCE);
        if (!servers.isEmpty()) {
            settings.searchDomains(List.of());
        }
        if (answerWithin != null) {
            settings.queryTimeoutMillis(answerWithin.toMillis());
        }
    }

    /** Reads the system's files, which a loop should not. */
    static void prepare() {
        new DnsNameResolverBuilder();
        DnsServerAddressStreamProviders.platformDefault();
    }

    private static DnsServerAddressStreamProvider onceMoreIfLost(List<InetSocketAddress> servers) {
        DnsServerAddressStreamProvider once =
                servers.isEmpty()
                        ? DnsServerAddressStreamProviders.platformDefault()
                        : host -> DnsServerAddresses.sequential(servers).stream();
        return host -> new OnceMoreIfLost(once.nameServerAddressStream(host));
    }

    /**
     * The servers for one question. A datagram may be lost, and Netty sends none a second time to
     * the same server: if none has answered, they all come once more.
     */
    private static final class OnceMoreIfLost implements DnsServerResponseFeedbackAddressStream {

        private final DnsServerAddressStream once;
        private int lost;
        private boolean hasAnswered;

        OnceMoreIfLost(DnsServerAddressStream once) {
            this.once = once;
        }

        @Override
        public InetSocketAddress next() {
            return once.next(); // behind the last it begins again
        }

        @Override
        public int size() {
            int servers = once.size();
            return hasAnswered ? servers : servers + Math.min(lost, servers);
        }

        @Override
        public void feedbackSuccess(InetSocketAddress server, long nanos) {
            hasAnswered = true; // whatever it was
        }

        @Override
        public void feedbackFailure(InetSocketAddress server, Throwable cause, long nanos) {
            lost++;
        }

        @Override
        public DnsServerAddressStream duplicate() {
            return new OnceMoreIfLost(once.duplicate());
        }
    }

    List<InetAddress> resolve(String host) throws IOException {
        boolean isRooted = host.endsWith(".");
        String name = isRooted ? host.substring(0, host.length() - 1) : host;
        if (isLocal(name.toLowerCase(Locale.ROOT))) {
            return LOOPBACK;
        }
        if (name.isEmpty() || name.length() > NAME_CHARS_MAX) {
            throw new UnknownHostException(
                    host + ": a name has 1 to " + NAME_CHARS_MAX + " characters");
        }
        return lookUp(host);
    }

    private List<InetAddress> lookUp(String host) throws IOException {
        DnsLookup lookup = lookups.get(host);
        if (lookup == null || lookup.isOver()) {
            lookup = new DnsLookup(runtime, settings, answers, host);
            lookups.put(host, lookup);
        }
        try {
            return lookup.await();
        } finally {
            if (lookup.isOver()) {
                lookups.remove(host, lookup);
            }
        }
    }

    /** See RFC 6761, section 6.3. */
    private static boolean isLocal(String name) {
        return name.equals("localhost") || name.endsWith(".localhost");
    }
}
