/** Whole servers under load, and what must hold then. */
module io.tardy.bench {
    requires HdrHistogram;
    requires info.picocli;
    requires io.netty.buffer;
    requires io.netty.codec.http;
    requires io.netty.transport;
    requires io.tardy;
    requires io.tardy.transport.iouring;
    requires io.tardy.websocket;
    requires java.management;
    requires jdk.management;

    // picocli reads the options by reflection
    opens io.tardy.bench to
            info.picocli;

    uses io.tardy.spi.Transport;
}
