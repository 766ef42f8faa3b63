package io.tardy.examples;

import io.tardy.Backend;
import java.net.InetSocketAddress;

/** Where a server listens, and on what: {@code 127.0.0.1:9862 (epoll, 2 runtimes)}. */
record ListenAddress(InetSocketAddress address, Backend backend, int runtimes) {

    @Override
    public String toString() {
        return "%s:%d (%s, %d runtime%s)"
                .formatted(
                        address.getAddress().getHostAddress(),
                        address.getPort(),
                        backend.type().label(),
                        runtimes,
                        runtimes == 1 ? "" : "s");
    }
}
