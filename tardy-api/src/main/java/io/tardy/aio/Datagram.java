package io.tardy.aio;

import java.net.SocketAddress;

/**
 * What came with a datagram.
 *
 * <p>Public for the result of {@code Socket.recvFrom}.
 *
 * @param sender who sent it; of a Unix socket without a path, which is not bound or has an abstract
 *     name, a {@link PathlessUnixAddress}
 * @param length its length in bytes as it was sent
 * @param isTruncated whether the buffer was too small for it: what had no room is lost
 */
public record Datagram(SocketAddress sender, int length, boolean isTruncated) {}
