/** A simulator for programs on Tardy: hosts, networks, disks and time, all from one seed. */
module io.tardy.sim {
    requires transitive io.tardy;
    requires io.netty.buffer;
    requires io.netty.common;
    requires io.netty.transport;
    requires io.tardy.transport.poll;
    requires transitive java.instrument;
    requires static org.junit.jupiter.api;
    requires static transitive org.jspecify; // which may be null: for compilers and editors only

    exports io.tardy.sim;
    exports io.tardy.sim.faults;
    exports io.tardy.sim.netty to
            io.netty.common,
            io.netty.transport;

    provides java.net.spi.InetAddressResolverProvider with
            io.tardy.sim.SimNames;
}
