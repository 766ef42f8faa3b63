package io.tardy.sim;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.net.spi.InetAddressResolver;
import java.net.spi.InetAddressResolverProvider;
import java.util.stream.Stream;

/**
 * Resolves names for simulated hosts; for all others it asks the JDK's own resolver.
 *
 * <p>The JDK remembers what was resolved, for the whole process. So an address depends on nothing
 * but the name, and is the same in every simulation.
 *
 * <p>Public for the JDK, which loads it as a service.
 */
public final class SimNames extends InetAddressResolverProvider {

    /** For {@code ServiceLoader}. */
    public SimNames() {}

    static InetAddress addressOf(String name) {
        int hash = name.hashCode() * 0x9E3779B9;
        byte[] address = {
            10, (byte) (hash >>> 24), (byte) (hash >>> 16), (byte) ((hash >>> 8) | 1)
        };
        try {
            return InetAddress.getByAddress(name, address);
        } catch (UnknownHostException e) {
            throw new AssertionError("four bytes are an address", e);
        }
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
                SimHost here = SimHost.current();
                if (here == null) {
                    return system.lookupByName(host, policy);
                }
                if (here.sim().network().lookup(host).isEmpty()) {
                    throw new UnknownHostException(
                            host + ": this simulation has no host of that name");
                }
                return Stream.of(addressOf(host));
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
