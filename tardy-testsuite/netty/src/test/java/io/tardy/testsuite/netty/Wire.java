package io.tardy.testsuite.netty;

import io.netty.channel.unix.DomainSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.util.Locale;

/** The operating-system mechanism that both ends of a run have in common. */
enum Wire {
    EPOLL,
    IO_URING,
    POLL;

    static Wire of(String name) {
        return valueOf(name.toUpperCase(Locale.ROOT));
    }

    /** Netty's native channels and the JDK's have each their own type of this. */
    SocketAddress domainAddress(Path path) {
        return this == POLL
                ? UnixDomainSocketAddress.of(path)
                : new DomainSocketAddress(path.toFile());
    }

    Path domainPath(SocketAddress address) {
        return this == POLL
                ? ((UnixDomainSocketAddress) address).getPath()
                : Path.of(((DomainSocketAddress) address).path());
    }

    /** A ring belongs to one thread: Netty's test takes no group for "cannot". */
    boolean loopsCanSuspend() {
        return this != IO_URING;
    }

    /** io_uring sends files only, not what a user's class transfers. */
    boolean hasCustomFileRegion() {
        return this != IO_URING;
    }

    /**
     * How often a channel may report the end of a read with nothing read, once its input is over.
     */
    int readCompleteMax() {
        return this == POLL ? 2 : 1;
    }
}
