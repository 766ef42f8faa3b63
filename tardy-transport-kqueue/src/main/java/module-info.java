/** The kqueue transport, for macOS and the BSDs; used through {@code io.tardy}. */
module io.tardy.transport.kqueue {
    requires io.netty.transport.classes.kqueue;
    requires io.tardy;

    provides io.tardy.spi.Transport with
            io.tardy.transport.kqueue.KQueueTransport;
}
