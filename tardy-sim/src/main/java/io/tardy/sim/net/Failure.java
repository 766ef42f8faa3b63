package io.tardy.sim.net;

import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.PortUnreachableException;
import java.net.SocketException;

/** How a socket fails because of others, in the JDK's exceptions and the words of Linux. */
enum Failure {
    REFUSED("Connection refused"),
    RESET("Connection reset by peer"),
    TIMED_OUT("Connection timed out"),
    NO_ROUTE("No route to host");

    private final String words;

    Failure(String words) {
        this.words = words;
    }

    /** What a connect throws. */
    IOException ofConnect() {
        return switch (this) {
            case REFUSED, TIMED_OUT -> new ConnectException(words);
            case RESET -> new SocketException(words);
            case NO_ROUTE -> new NoRouteToHostException(words);
        };
    }

    /** What a read of a stream throws. */
    IOException ofRead() {
        return this == RESET ? new SocketException("Connection reset") : new IOException(words);
    }

    /** What a write to a stream throws. */
    IOException ofWrite() {
        return new IOException(words);
    }

    /** What a datagram socket throws, of the one that it is connected to. */
    static IOException ofDatagram() {
        return new PortUnreachableException();
    }

    static IOException brokenPipe() {
        return new IOException("Broken pipe");
    }
}
