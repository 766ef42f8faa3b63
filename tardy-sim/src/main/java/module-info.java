/** A simulator for programs on Tardy: hosts, networks, disks and time, all from one seed. */
module io.tardy.sim {
    requires transitive io.tardy;
    requires io.netty.common;
    requires io.netty.transport;
    requires io.tardy.transport.poll;
    requires static org.junit.jupiter.api;
    requires static transitive org.jspecify; // which may be null: for compilers and editors only
}
