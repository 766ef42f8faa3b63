/** Whole servers under load and what must hold then, and what single steps cost. */
module io.tardy.bench {
    requires HdrHistogram;
    requires info.picocli;
    requires io.netty.buffer;
    requires io.netty.codec.http;
    requires io.netty.handler;
    requires io.netty.transport;
    requires io.netty.transport.classes.epoll;
    requires io.netty.transport.classes.io_uring;
    requires io.tardy;
    requires io.tardy.transport.iouring;
    requires io.tardy.websocket;
    requires java.management;
    requires jdk.management;
    requires jmh.core;
    requires kotlin.stdlib;
    requires kotlinx.coroutines.core; // what our frames are measured beside

    // picocli reads the options by reflection
    opens io.tardy.bench to
            info.picocli;

    uses io.tardy.spi.Transport;
}
