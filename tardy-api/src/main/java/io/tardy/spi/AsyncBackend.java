package io.tardy.spi;

import io.tardy.aio.AsyncFeatures;
import io.tardy.aio.OpenSocket;

/**
 * One runtime's side of a transport: takes operations and completes each of them exactly once.
 *
 * <p>All methods but {@link #attempt} and {@link #received} are called on the loop's own thread,
 * outside of any frame. Completing an operation never runs user code. They take no lock that frames
 * take too, the JDK's own included ({@code ByteBuffer.allocateDirect} has one): a frame that is
 * suspended at a lock needs the loop to go on.
 */
public interface AsyncBackend {

    /**
     * The operations done natively. {@code TIMER} says that the system wakes the loop at a deadline
     * to the nanosecond; the queue of timers is the runtime's all the same, and they are never
     * given to {@link #start}.
     */
    AsyncFeatures features();

    /**
     * Tries the operation at once, without waiting. Called from inside the frame that asks, while
     * it has the runtime's thread: may do a non-blocking system call, must not touch what belongs
     * to the loop (rings, registrations).
     *
     * @return whether the operation is over; if not, nothing has happened
     * @throws IllegalStateException if another frame already waits in this direction of the socket
     */
    boolean attempt(Operation operation);

    /** Starts an operation; it may complete before this returns, or during a later reap. */
    void start(Operation operation);

    /** Hands what {@link #start} has collected to the system. */
    void submit();

    /** Whether something waits for the next {@link #submit}: the loop must not wait then. */
    default boolean hasBacklog() {
        return false;
    }

    /**
     * How many bytes of a stream it has received that no frame has taken yet. Called as {@link
     * #attempt} is.
     */
    default int received(OpenSocket socket) {
        return 0;
    }

    /**
     * Gives up a started operation. It still completes exactly once: with {@code ECANCELED}, or
     * with its own result if that came first.
     */
    void cancel(Operation operation);

    /**
     * The loop is about to end: gives up what the system still has, closes excepted. {@link #close}
     * follows, and completes what did not come back by then.
     */
    default void cancelAll() {}

    /**
     * The runtime has ended: completes what is left with {@code ECANCELED}, lets go of the sockets.
     */
    void close();
}
