package io.tardy.websocket;

import io.netty.util.ReferenceCountUtil;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

/**
 * The messages that were posted to a connection and are not written yet, bounded in bytes. Any
 * thread offers; the connection's loop polls. A message reserves room before it is added, so the
 * bound holds however many threads offer. With {@link OverflowPolicy#DROP_OLDEST} an offering
 * thread polls too, to make room.
 */
final class OutboundQueue {

    /** The longest header of a frame; empty messages count, too. */
    static final int HEADER_BYTES = 14;

    /**
     * @param message a frame, or an encoded one
     */
    private record Posted(Object message, long bytes) {}

    private enum State {
        OPEN,

        /** A message was dropped and the connection will close. Nothing may follow the gap. */
        OVERFLOWED,

        /** Nothing is written any more. */
        ENDED
    }

    private final long bytesMax;
    private final OverflowPolicy overflow;
    private final Queue<Posted> posted = new ConcurrentLinkedQueue<>();
    private final AtomicLong bytesQueued = new AtomicLong();
    private final AtomicLong dropped = new AtomicLong();
    private final AtomicReference<State> state = new AtomicReference<>(State.OPEN);

    OutboundQueue(long bytesMax, OverflowPolicy overflow) {
        this.bytesMax = bytesMax;
        this.overflow = overflow;
    }

    /**
     * Takes the message and, in either case, the ownership of it.
     *
     * @return false if it was dropped; true does not rule out that it is dropped later
     */
    boolean offer(Object message, int payloadBytes) {
        long bytes = payloadBytes + HEADER_BYTES;
        if (state.get() != State.OPEN || !reserve(bytes)) {
            if (closesOnOverflow()) {
                state.compareAndSet(State.OPEN, State.OVERFLOWED);
            }
            drop(message);
            return false;
        }
        Posted added = new Posted(message, bytes);
        posted.add(added);
        if (isEnded() && posted.removeIf(each -> each == added)) {
            bytesQueued.addAndGet(-bytes); // end() has emptied the queue before this was added
            drop(message);
            return false;
        }
        return true; // if another thread has removed it, it may be written
    }

    private boolean reserve(long bytes) {
        while (!tryReserve(bytes)) {
            if (overflow != OverflowPolicy.DROP_OLDEST || bytes > bytesMax || !dropOldest()) {
                return false;
            }
        }
        return true;
    }

    private boolean tryReserve(long bytes) {
        for (; ; ) {
            long before = bytesQueued.get();
            if (before + bytes > bytesMax) {
                return false;
            }
            if (bytesQueued.compareAndSet(before, before + bytes)) {
                return true;
            }
        }
    }

    /** Returns false if the queue is empty: other threads have reserved room, but not added yet. */
    private boolean dropOldest() {
        Object oldest = poll();
        if (oldest == null) {
            return false;
        }
        drop(oldest);
        return true;
    }

    private void drop(Object message) {
        dropped.incrementAndGet();
        ReferenceCountUtil.release(message);
    }

    /** The oldest message, which the caller writes or releases, or null. */
    Object poll() {
        Posted oldest = posted.poll();
        if (oldest == null) {
            return null;
        }
        bytesQueued.addAndGet(-oldest.bytes);
        return oldest.message;
    }

    /** Drops everything, now and from now on. */
    void end() {
        state.set(State.ENDED);
        dropAll();
    }

    private void dropAll() {
        while (dropOldest()) {
            // until it is empty
        }
    }

    boolean closesOnOverflow() {
        return overflow == OverflowPolicy.CLOSE_1013;
    }

    private boolean isEnded() {
        return state.get() == State.ENDED;
    }

    long bytesQueued() {
        return bytesQueued.get();
    }

    long dropped() {
        return dropped.get();
    }
}
