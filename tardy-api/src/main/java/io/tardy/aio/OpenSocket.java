package io.tardy.aio;

/**
 * An open socket, as submissions name it. Tardy's own transports make it and know what is behind
 * it; programs use {@code io.tardy.net.Socket}.
 *
 * <p>Public for authors of transports, whose sockets pass as it.
 */
public interface OpenSocket {

    /** What it speaks. */
    SocketKind kind();

    /** Whether it was closed, by whomever. */
    boolean isClosed();
}
