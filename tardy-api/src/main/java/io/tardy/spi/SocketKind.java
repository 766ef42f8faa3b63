package io.tardy.spi;

/** What a socket speaks. */
public enum SocketKind {
    /** TCP over IPv4 and IPv6. */
    TCP,
    /** Stream sockets of the Unix domain. */
    UNIX
}
