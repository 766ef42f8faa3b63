/**
 * Sockets, in direct style. A {@link io.tardy.net.Socket} listens and accepts, or connects; it
 * receives and sends, and the frame that calls waits. TCP, UDP, and streams and datagrams of the
 * Unix domain are all of this class.
 */
package io.tardy.net;
