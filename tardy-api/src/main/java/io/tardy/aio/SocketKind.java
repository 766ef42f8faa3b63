package io.tardy.aio;

/**
 * What a socket speaks.
 *
 * <p>Public for authors of transports, who are asked for a socket of a kind.
 */
public enum SocketKind {
    /** TCP over IPv4 and IPv6. */
    TCP,
    /** Stream sockets of the Unix domain. */
    UNIX,
    /** UDP over IPv4 and IPv6. */
    UDP,
    /** Datagram sockets of the Unix domain. */
    UNIX_DATAGRAM;

    /** Whether it carries datagrams, not a stream. */
    public boolean isDatagram() {
        return this == UDP || this == UNIX_DATAGRAM;
    }

    /** Whether its addresses are paths. */
    public boolean isUnix() {
        return this == UNIX || this == UNIX_DATAGRAM;
    }
}
