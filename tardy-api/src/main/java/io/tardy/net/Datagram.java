package io.tardy.net;

import java.net.SocketAddress;

/**
 * What came with a datagram.
 *
 * @param sender who sent it; null if the system does not say (an unbound Unix socket), or says a
 *     name that is no path (an abstract one)
 * @param length its length in bytes as it was sent
 * @param isTruncated whether the buffer was too small for it: what had no room is lost
 */
public record Datagram(SocketAddress sender, int length, boolean isTruncated) {}
