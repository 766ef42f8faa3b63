package io.tardy.net;

import java.net.SocketAddress;

/**
 * What came with a datagram.
 *
 * @param sender who sent it; null if that is a Unix socket without a path: one that is not bound,
 *     or has an abstract name (of Linux; it begins with a zero byte), to which nothing can be sent
 * @param length its length in bytes as it was sent
 * @param isTruncated whether the buffer was too small for it: what had no room is lost
 */
public record Datagram(SocketAddress sender, int length, boolean isTruncated) {}
