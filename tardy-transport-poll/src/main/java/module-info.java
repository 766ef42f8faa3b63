/**
 * The portable transport, over the JDK's channels and selectors; used through {@code io.tardy}.
 *
 * <p>Exported for those who choose the selector themselves: see {@link
 * io.tardy.transport.poll.PollTransport}.
 */
module io.tardy.transport.poll {
    requires transitive io.tardy;

    exports io.tardy.transport.poll;

    provides io.tardy.spi.Transport with
            io.tardy.transport.poll.PollTransport;
}
