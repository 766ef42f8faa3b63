/** The epoll transport, for Linux; used through {@code io.tardy}. */
module io.tardy.transport.epoll {
    requires io.netty.transport.classes.epoll;
    requires io.tardy;

    provides io.tardy.spi.Transport with
            io.tardy.transport.epoll.EpollTransport;
}
