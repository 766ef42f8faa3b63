package io.tardy.sim;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.net.spi.InetAddressResolver;
import java.net.spi.InetAddressResolverProvider;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * Resolves names for simulated hosts; for all others it asks the JDK's own resolver.
 *
 * <p>The JDK remembers what was resolved, and what was not, for the whole process and by real time.
 * So an address depends on nothing but the name, and every name has one, which belongs to nobody if
 * there is no such host. That a host is unknown only Tardy's own lookups say, which do not ask the
 * JDK.
 *
 * <p>Public for the JDK, which loads it as a service.
 */
public final class SimNames extends InetAddressResolverProvider {

    private static final String LOCAL = "localhost";

    /** For {@code ServiceLoader}. */
    public SimNames() {}

    static InetAddress addressOf(String name) {
        int hash = name.toLowerCase(Locale.ROOT).hashCode() * 0x9E3779B9;
        byte[] address = {
            10, (byte) (hash >>> 24), (byte) (hash >>> 16), (byte) ((hash >>> 8) | 1)
        };
        try {
            return InetAddress.getByAddress(name, address);
        } catch (UnknownHostException e) {
            throw new AssertionError("four bytes are an address", e);
        }
    }

    /** What a lookup on any of its hosts finds, without the JDK's memory. */
    static InetAddress[] lookUp(Sim sim, String name) throws UnknownHostException {
        if (name.equalsIgnoreCase(LOCAL)) {
            return new InetAddress[] {InetAddress.ofLiteral("127.0.0.1")};
        }
        if (!sim.hasHost(name)) {
            throw new UnknownHostException(name + ": this simulation has no host of that name");
        }
        return new InetAddress[] {addressOf(name)};
    }

    @Override
    public String name() {
        return "tardy-sim";
    }

    @Override
    public InetAddressResolver get(Configuration configuration) {
        InetAddressResolver system = configuration.builtinResolver();
        return new InetAddressResolver() {
            @Override
            public Stream<InetAddress> lookupByName(String host, LookupPolicy policy)
                    throws UnknownHostException {
                return SimHost.current() == null || host.equalsIgnoreCase(LOCAL)
                        ? system.lookupByName(host, policy)
                        : Stream.of(addressOf(host));
            }

            @Override
            public String lookupByAddress(byte[] address) throws UnknownHostException {
                if (SimHost.current() == null) {
                    return system.lookupByAddress(address);
                }
                throw new UnknownHostException("simulated hosts have no reverse names");
            }
        };
    }
}
