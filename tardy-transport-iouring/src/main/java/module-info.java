/** The io_uring transport, for Linux; used through {@code io.tardy}. */
module io.tardy.transport.iouring {
    requires io.netty.transport.classes.io_uring;
    requires transitive io.tardy;

    exports io.tardy.transport.iouring;

    provides io.tardy.spi.Transport with
            io.tardy.transport.iouring.IoUringTransport;
}
