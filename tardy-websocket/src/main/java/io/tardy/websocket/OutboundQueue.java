package io.tardy.websocket;

import io.netty.util.ReferenceCountUtil;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What was posted to a connection and was not written yet, bounded in bytes. Any thread offers, the
 * connection's loop polls. Room is reserved before a message is added, so the bound holds whoever
 * offers; a message that makes room by the oldest ones takes them from the same end as the loop.
 */
final class OutboundQueue {

    /** A frame's header at its longest, so that empty messages count too. */
    static final int HEADER_BYTES = 14;

    /**
     * @param message a frame, or an encoded one
     */
    private record Posted(Object message, long bytes) {}

    private final long bytesMax;
    private final OverflowPolicy overflow;
    private final Queue<Posted> posted = new ConcurrentLinkedQueue<>();
    private final AtomicLong bytesQueued = new AtomicLong();
    private final AtomicLong dropped = new AtomicLong();
    private volatile boolean ended;

    /**
     * Nothing follows a message that was dropped, however soon there is room: the peer saw a gap.
     */
    private volatile boolean givenUp;

    OutboundQueue(long bytesMax, OverflowPolicy overflow) {
        this.bytesMax = bytesMax;
        this.overflow = overflow;
    }

    /**
     * Takes the message, which is the queue's in any case.
     *
     * @return false if it was dropped; true if it was not, or only later
     */
    boolean offer(Object message, int payloadBytes) {
        long bytes = payloadBytes + HEADER_BYTES;
        if (ended || givenUp || !reserve(bytes)) {
            if (closesOnOverflow()) {
                givenUp = true;
            }
            drop(message);
            return false;
        }
        Posted added = new Posted(message, bytes);
        posted.add(added);
        if (ended && posted.removeIf(each -> each == added)) {
            bytesQueued.addAndGet(-bytes); // whoever ended it was too early for this one
            drop(message);
            return false;
        }
        return true; // or others took it, and it may be written
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

    /** False if what fills the queue is only about to be added. */
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

    /** Nothing will be written any more. */
    void end() {
        ended = true;
        dropAll();
    }

    private void dropAll() {
        while (dropOldest()) {
            // each one
        }
    }

    boolean closesOnOverflow() {
        return overflow == OverflowPolicy.CLOSE_1013;
    }

    boolean isEnded() {
        return ended;
    }

    long bytesQueued() {
        return bytesQueued.get();
    }

    long dropped() {
        return dropped.get();
    }
}
