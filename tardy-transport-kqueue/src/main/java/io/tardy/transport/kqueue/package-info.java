/**
 * The kqueue transport: each socket has two knotes on its runtime's kqueue, one for reading and one
 * for writing, added once and edge-triggered.
 *
 * <p>How far to trust it: on Linux its logic is tested against a simulated kqueue that follows
 * kqueue(2), in this module's tests; on a BSD kernel it is run only by the conformance suite's
 * {@code KQueueTest}, which is skipped everywhere else.
 *
 * <p>Not promised: that a change which the system refuses is noticed. Netty's handler drops the
 * report ({@code EV_ERROR}), and the operation waits until it is cancelled, its deadline comes or
 * the socket is closed. A socket that the system has just opened is refused only for want of
 * memory.
 */
package io.tardy.transport.kqueue;
