/**
 * Tardy: a thread-per-core runtime for direct-style network code.
 *
 * <p>{@code io.tardy} is where a program starts, {@code io.tardy.net} has its sockets; {@code
 * io.tardy.spi} is for those who write a transport.
 */
module io.tardy {
    requires transitive io.netty.buffer;
    requires transitive io.netty.common;
    requires transitive io.netty.transport;
    requires transitive io.netty.transport.unix.common;
    requires static java.management; // it names who has a lock
    requires org.jctools.core;
    requires io.netty.resolver;
    requires static io.netty.codec;
    requires static io.netty.codec.dns;
    requires static io.netty.codec.haproxy;
    requires static io.netty.handler;
    requires static io.netty.resolver.dns;
    requires static reactor.blockhound;
    requires static transitive org.jspecify; // which may be null: for compilers and editors only

    exports io.tardy;
    exports io.tardy.aio;
    exports io.tardy.channel;
    exports io.tardy.fs;
    exports io.tardy.net;
    exports io.tardy.netty;
    exports io.tardy.os to
            io.tardy.sim,
            io.tardy.testsuite,
            io.tardy.transport.epoll,
            io.tardy.transport.iouring,
            io.tardy.transport.kqueue,
            io.tardy.transport.poll;
    exports io.tardy.process;
    exports io.tardy.runtime to
            io.tardy.sim;
    exports io.tardy.spi;
    exports io.tardy.stream;
    exports io.tardy.sync;

    uses io.tardy.spi.Transport;
}
