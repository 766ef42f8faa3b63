/**
 * The conformance suite. Its contracts are test sources; this makes them run on the module path.
 */
module io.tardy.testsuite {
    requires io.netty.handler;
    requires io.netty.codec;
    requires io.netty.codec.dns;
    requires io.netty.codec.haproxy;
    requires io.netty.codec.http;
    requires io.netty.codec.http2;
    requires io.netty.pkitesting;
    requires io.netty.resolver.dns;
    requires io.netty.transport.classes.epoll;
    requires io.netty.transport.unix.common;
    requires io.tardy;
    requires io.tardy.transport.epoll;
    requires io.tardy.transport.iouring;
    requires io.tardy.transport.kqueue;
    requires io.tardy.transport.poll;
    requires java.management;
    requires jdk.management;
    requires java.net.http;
    requires jdk.net;

    uses io.tardy.spi.Transport;
}
