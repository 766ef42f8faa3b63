/**
 * Sockets, in direct style. A {@link io.tardy.net.Socket} listens and accepts, or connects; it
 * receives and sends, and the frame that calls waits. TCP, UDP, and streams and datagrams of the
 * Unix domain are all of this class.
 *
 * <pre>{@code
 * static void echo(Socket peer) throws IOException {
 *     for (ByteBuffer data; (data = peer.recvNext()) != null; ) { // waits; others are served
 *         peer.sendAll(data);
 *     }
 * }
 * }</pre>
 *
 * <p>A server hands such a method to {@link io.tardy.net.Socket#serve}, which accepts, spawns a
 * frame for each connection and closes it at the end. A client connects: in a {@link
 * io.tardy.Deadline}, because a host that does not answer keeps it waiting for minutes.
 *
 * <p>What the system refuses is an {@link io.tardy.aio.TardyIOException} with the call, the cause
 * and the number. The end of a stream is no failure: it is -1, or null where a buffer is returned.
 *
 * <p>Behind a load balancer, {@link io.tardy.net.TrustedProxies} tells who the client is.
 *
 * <h2 id="evenly">Several runtimes</h2>
 *
 * <p>Frames of several runtimes may call {@link io.tardy.net.Socket#serve} on one listening socket.
 * A connection belongs to the runtime that has accepted it, and that is mostly the one which had
 * nothing else to do at that moment: of a few hundred connections one runtime may have twice as
 * many as another. For short connections that is as it should be.
 *
 * <p>Connections that stay, and work for long, should be spread: {@link
 * io.tardy.net.Socket#serveEvenly}, in a frame of each runtime. Those who are in that call, for the
 * same socket, are dealt the connections that any of them accepts. Each goes to the one that serves
 * the fewest of them at that moment; if several serve as few, they take turns. It costs a hand-over
 * to another runtime for each connection, some microseconds, and nothing afterwards: a connection
 * that nobody has used yet moves freely. What {@code serve} says of failures holds here too.
 *
 * <ul>
 *   <li>The handler is that of the runtime which serves the connection, and so may be another one
 *       on each: one that has a shard of the data, say.
 *   <li>Where a frame leaves the call, because it is cancelled or its runtime ends, the others go
 *       on without that runtime. If one joins, it gets connections until it has as many as the
 *       others.
 *   <li>A runtime whose static pool of tasks is full is passed over. While all are full, they look
 *       for room a hundred times a second, and accept no more.
 *   <li>In a drain all of them end as {@code serve} does: what the system has accepted is dealt
 *       out, and the socket is closed. Then, and when the program closes it, each call returns when
 *       the last connection has ended, on whichever runtime: so a runtime that the others {@link
 *       io.tardy.TardyRuntime#call} is there for them.
 * </ul>
 *
 * <h2 id="names">Names</h2>
 *
 * <p>A frame waits for the lookup of a name by the {@link io.tardy.NameResolver} of its {@link
 * io.tardy.Tardy}, until it is cancelled or its {@link io.tardy.Deadline} passes; {@link
 * io.tardy.net.Names} is for those who want the addresses. Outside of a frame the lookup blocks the
 * thread: on a runtime's thread (in the entry function or a Netty handler) it blocks the whole
 * runtime. An address needs no lookup, be it a literal or an {@link java.net.InetSocketAddress}.
 *
 * <p>If a host has several addresses, the {@link io.tardy.net.Socket#connect} of a TCP socket tries
 * each: the next one when an attempt fails or has not been answered for 250 ms. IPv4 and IPv6 take
 * turns. The first that connects wins, and the others are closed. Each attempt needs a task for a
 * moment; if a static pool has none left, the attempts run one after the other.
 *
 * <h2 id="options">Options</h2>
 *
 * <p>Sockets have these of {@link java.net.StandardSocketOptions}:
 *
 * <table>
 *   <caption>Options</caption>
 *   <tr><th>option<th>socket<th>values
 *   <tr><td>{@code TCP_NODELAY}, {@code SO_KEEPALIVE}<td>TCP<td>true, false
 *   <tr><td>{@code SO_REUSEADDR}, {@code SO_REUSEPORT}<td>TCP, UDP<td>true, false
 *   <tr><td>{@code SO_RCVBUF}, {@code SO_SNDBUF}<td>all<td>bytes, at least 1; the system
 *       rounds, doubles and limits them
 *   <tr><td>{@code SO_LINGER}<td>TCP, Unix stream<td>seconds; more than 65535 is 65535, and
 *       below 0 is off, which is read as -1; see {@link io.tardy.net.Socket#close}. On poll the JDK turns it off
 *       when it closes a socket that has waited
 *   <tr><td>{@code SO_BROADCAST}, {@code IP_MULTICAST_LOOP}<td>UDP<td>true, false
 *   <tr><td>{@code IP_MULTICAST_TTL}<td>UDP<td>0 to 255
 *   <tr><td>{@code IP_MULTICAST_IF}<td>UDP<td>an interface; read as null if none was set
 * </table>
 *
 * <p>A connection has the options that its listener had when the peer connected. An option set
 * while connections wait to be accepted may or may not apply to them.
 *
 * <p id="linger">When a socket with {@code SO_LINGER} is closed, it waits that long for the peer to
 * take what was sent. Only the frame that closes waits, until it is cancelled or its deadline
 * passes: a thread that may block closes the descriptor. If 256 sockets linger already, the next
 * one does not. The system then still sends what is left, but does not report whether it arrived.
 */
@NullMarked
package io.tardy.net;

import org.jspecify.annotations.NullMarked;
