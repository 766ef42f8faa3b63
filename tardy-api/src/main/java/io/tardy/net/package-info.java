/**
 * Sockets, in direct style. A {@link io.tardy.net.Socket} listens and accepts, or connects; it
 * receives and sends, and the frame that calls waits. TCP, UDP, and streams and datagrams of the
 * Unix domain are all of this class.
 *
 * <pre>{@code
 * static void echo(Socket peer) throws IOException {
 *     ByteBuffer buffer = ByteBuffer.allocateDirect(16 * 1024);
 *     while (peer.recv(buffer.clear()) >= 0) { // waits; the thread serves others
 *         peer.sendAll(buffer.flip());
 *     }
 * }
 * }</pre>
 *
 * <p>A server hands such a method to {@link io.tardy.net.Socket#serve}, which accepts, spawns a
 * frame for each connection and closes it in the end. A client connects: in a {@link
 * io.tardy.Deadline}, for a host that does not answer keeps it waiting for minutes.
 *
 * <p>What the system refuses is an {@link io.tardy.aio.TardyIOException} with the call, the cause
 * and the number. The end of a stream is no failure: it is -1, or null where a buffer is returned.
 */
@NullMarked
package io.tardy.net;

import org.jspecify.annotations.NullMarked;
