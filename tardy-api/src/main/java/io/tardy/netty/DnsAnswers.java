package io.tardy.netty;

import io.netty.channel.EventLoop;
import io.netty.handler.codec.dns.DnsRecord;
import io.netty.resolver.dns.DnsCache;
import io.netty.resolver.dns.DnsCacheEntry;
import io.netty.resolver.dns.NoopDnsCache;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * The answers that a runtime keeps, as one lookup sees them, and what it adds to them at its end.
 * Not earlier: another lookup would take what has come for one family for all that there is.
 */
final class DnsAnswers implements DnsCache {

    private final DnsCache kept;
    private final List<Runnable> additions = new ArrayList<>();

    DnsAnswers(DnsCache kept) {
        this.kept = kept;
    }

    /** The lookup has succeeded. */
    void keep() {
        additions.forEach(Runnable::run);
        additions.clear();
    }

    @Override
    public List<? extends DnsCacheEntry> get(String hostname, DnsRecord[] additionals) {
        return kept.get(hostname, additionals);
    }

    @Override
    public DnsCacheEntry cache(
            String hostname,
            DnsRecord[] additionals,
            InetAddress address,
            long originalTtl,
            EventLoop loop) {
        long toldNanos = loop.ticker().nanoTime();
        additions.add(
                () -> {
                    long age = Duration.ofNanos(loop.ticker().nanoTime() - toldNanos).toSeconds();
                    long ttl = Math.max(0, originalTtl - age);
                    kept.cache(hostname, additionals, address, ttl, loop);
                });
        return NoopDnsCache.INSTANCE.cache(hostname, additionals, address, originalTtl, loop);
    }

    @Override
    public DnsCacheEntry cache(
            String hostname, DnsRecord[] additionals, Throwable cause, EventLoop loop) {
        return kept.cache(hostname, additionals, cause, loop);
    }

    @Override
    public void clear() {
        kept.clear();
    }

    @Override
    public boolean clear(String hostname) {
        return kept.clear(hostname);
    }
}
