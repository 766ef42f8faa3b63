/** One small program for each idea. */
module io.tardy.examples {
    requires info.picocli;
    requires io.netty.codec;
    requires io.netty.codec.haproxy;
    requires io.netty.codec.http;
    requires io.netty.handler;
    requires io.netty.common;
    requires io.netty.transport;
    requires io.tardy;
    requires io.tardy.sim;
    requires io.tardy.websocket;
    requires java.logging;
    requires java.management;
    requires java.management.rmi;
    requires jdk.attach;
    requires lettuce.core; // for the chat of several processes

    // picocli reads the options by reflection
    opens io.tardy.examples to
            info.picocli;

    uses io.tardy.spi.Transport;
}
