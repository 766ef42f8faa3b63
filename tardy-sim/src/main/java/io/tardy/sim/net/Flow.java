package io.tardy.sim.net;

import io.tardy.sim.time.Timeline;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;

/**
 * One direction of a connection: everything arrives, in order, or the connection ends.
 *
 * <p>What is lost is sent again, later and later, until the sender gives up. A sender has room for
 * as much as the buffer holds beyond what is under way or unread; it hears that the other side has
 * read only after the way back. In the Unix domain there is no way: all this happens at once.
 */
final class Flow {

    private enum Kind {
        /** The third step of the handshake: the other end joins a listener's queue. */
        OPEN,
        DATA,
        FIN
    }

    /** The data is empty unless there is some. */
    private record Segment(Kind kind, ByteBuffer data, long arrivalNanos) {}

    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private final Network network;
    private final StreamEnd from;

    /** Null in the Unix domain, as is the way back. */
    private final Link there;

    private final Link back;
    private final int capacity;

    /** Null until the other end exists. */
    private StreamEnd to;

    /** Bytes under way, unread, or read without the sender's knowledge. */
    private int used;

    private final ArrayDeque<Segment> queue = new ArrayDeque<>();
    private long arrivalNanosLast;

    /** The arrival of the queue's head, or the next attempt of it; null if there is none. */
    private Timeline.Event arrival;

    private int attempt;

    /** What the other side has read, on the way to the sender. */
    private int creditBytes;

    private Timeline.Event credit;
    private int creditAttempt;

    /** The next attempt to hear that something has arrived. */
    private Timeline.Event acknowledgement;

    private int acknowledgementAttempt;

    private Flow(Network network, StreamEnd from, Link there, Link back) {
        this.network = network;
        this.from = from;
        this.there = there;
        this.back = back;
        this.capacity =
                (int)
                        network.dice()
                                .between(
                                        network.faults().bufferBytesMin(),
                                        network.faults().bufferBytesMax());
    }

    /** Of a client whose connect has been answered: the other end will come to exist. */
    static Flow opening(Network network, StreamEnd from, Link there, Link back) {
        Flow flow = new Flow(network, from, there, back);
        flow.enqueue(Kind.OPEN, NOTHING);
        return flow;
    }

    static Flow between(Network network, StreamEnd from, StreamEnd to, Link there, Link back) {
        Flow flow = new Flow(network, from, there, back);
        flow.to = to;
        return flow;
    }

    int room() {
        return Math.max(0, capacity - used);
    }

    /** Takes as much as there is room for, or less; the number of bytes. */
    int write(ByteBuffer source) {
        int count = Math.min(source.remaining(), room());
        if (count > 1 && network.dice().chance(network.faults().partialWrite())) {
            count = 1 + network.dice().below(count - 1);
            network.reached("partial write");
        }
        used += count;
        int segmentBytesMax = network.faults().segmentBytesMax();
        for (int left = count; left > 0; ) {
            byte[] data = new byte[Math.min(left, segmentBytesMax)];
            source.get(data);
            left -= data.length;
            enqueue(Kind.DATA, ByteBuffer.wrap(data));
        }
        return count;
    }

    /** Nothing comes after what has been written. */
    void end() {
        enqueue(Kind.FIN, NOTHING);
    }

    private void enqueue(Kind kind, ByteBuffer data) {
        if (there == null) {
            deliver(new Segment(kind, data, 0));
            return;
        }
        long now = network.timeline().nowNanos();
        arrivalNanosLast = Math.max(arrivalNanosLast, now + there.nanosFor(data.remaining()));
        queue.add(new Segment(kind, data, arrivalNanosLast));
        scheduleNext();
    }

    private void scheduleNext() {
        if (arrival == null && !queue.isEmpty()) {
            long delay = queue.element().arrivalNanos - network.timeline().nowNanos();
            arrival = network.timeline().after(delay, this::arrive);
        }
    }

    /** The queue's head arrives, unless something is in its way. */
    private void arrive() {
        arrival = null;
        if (from.isGone()) {
            queue.clear();
            return;
        }
        if (!there.delivers() || isLost()) {
            again();
            return;
        }
        Segment segment = queue.element();
        if (segment.kind == Kind.OPEN) {
            open();
            return;
        }
        if (to.answersWithReset(segment.kind == Kind.FIN)) {
            abort();
            back.once(from::wasReset);
            return;
        }
        if (isReset()) {
            resetWithin(segment);
            return;
        }
        arrived(segment);
    }

    private boolean isLost() {
        if (there.isLocal() || !network.dice().chance(network.faults().segmentLoss())) {
            return false;
        }
        network.reached("segment lost");
        network.trace(there.from(), "lose " + way());
        return true;
    }

    private boolean isReset() {
        return !there.isLocal() && network.dice().chance(network.faults().segmentReset());
    }

    /** Somebody between the two breaks the connection, after some bytes. */
    private void resetWithin(Segment segment) {
        network.reached("reset");
        int count = network.dice().below(segment.data.remaining() + 1);
        network.trace(there.from(), "break " + way() + " after " + count + " more bytes");
        if (count > 0) {
            to.take(segment.data.slice(0, count));
        }
        abort();
        to.wasReset();
        back.once(from::wasReset);
    }

    private void open() {
        Listener listener = network.listener(there.to(), StreamEnd.inet(from.remote()));
        if (listener == null) {
            abort();
            back.once(from::wasReset);
        } else if (listener.isFull()) {
            network.reached("accept queue full");
            again();
        } else {
            to = from.acceptedBy(there, back, listener);
            arrived(queue.element());
            listener.add(to);
        }
    }

    private void arrived(Segment segment) {
        queue.remove();
        attempt = 0;
        deliver(segment);
        if (back.delivers()) {
            flushCredit();
        } else if (acknowledgement == null) {
            acknowledgementAttempt = 0;
            awaitAcknowledgement();
        }
        scheduleNext();
    }

    private void deliver(Segment segment) {
        switch (segment.kind) {
            case OPEN -> {}
            case DATA -> {
                int count = segment.data.remaining();
                network.trace(to.node(), "deliver " + count + " bytes " + way());
                to.take(segment.data);
            }
            case FIN -> {
                network.trace(to.node(), "deliver end " + way());
                to.end();
                from.endArrived();
            }
        }
    }

    /** Tries again after a while, or gives up. */
    private void again() {
        if (attempt > Retries.DATA.max()) {
            from.timeOut();
        } else {
            arrival = network.timeline().after(Retries.DATA.nanosAfter(attempt++), this::arrive);
        }
    }

    /** What arrived could not be acknowledged: the sender sends it again. */
    private void awaitAcknowledgement() {
        if (acknowledgementAttempt > Retries.DATA.max()) {
            from.timeOut();
        } else {
            acknowledgement =
                    network.timeline()
                            .after(
                                    Retries.DATA.nanosAfter(acknowledgementAttempt++),
                                    this::acknowledge);
        }
    }

    private void acknowledge() {
        acknowledgement = null;
        if (from.isGone()) {
            return;
        }
        if (!there.delivers() || !back.delivers()) {
            awaitAcknowledgement();
        } else if (to.isGone()) {
            abort();
            back.once(from::wasReset);
        } else {
            flushCredit();
        }
    }

    /** The other side has read. */
    void read(int bytes) {
        creditBytes += bytes;
        if (there == null) {
            flushCredit();
        } else if (credit == null) {
            creditAttempt = 0;
            credit = network.timeline().after(back.nanosFor(0), this::creditArrives);
        }
    }

    private void creditArrives() {
        credit = null;
        if (from.isGone() || to.isGone()) {
            return;
        }
        if (back.delivers()) {
            flushCredit();
        } else if (creditAttempt <= Retries.DATA.max()) {
            credit =
                    network.timeline()
                            .after(Retries.DATA.nanosAfter(creditAttempt++), this::creditArrives);
        } else if (room() == 0) {
            from.timeOut(); // whoever waits for room asks for it, and hears nothing
        }
    }

    private void flushCredit() {
        if (creditBytes > 0) {
            used -= creditBytes;
            creditBytes = 0;
            from.watch().changed();
        }
    }

    /** Nothing more arrives. */
    void abort() {
        queue.clear();
        cancel(arrival);
        cancel(acknowledgement);
        cancel(credit);
        arrival = null;
        acknowledgement = null;
        credit = null;
    }

    private static void cancel(Timeline.Event event) {
        if (event != null) {
            event.cancel();
        }
    }

    /** Tells the other end at once, or after the way, that the connection is broken. */
    void reset() {
        abort();
        if (to == null) {
            return; // it has only heard of a connection that never was
        }
        network.trace(from.node(), "reset " + way());
        if (there == null) {
            to.wasReset();
        } else {
            there.once(to::wasReset);
        }
    }

    private String way() {
        return from.name() + " -> " + (to == null ? from.remoteName() : to.name());
    }
}
