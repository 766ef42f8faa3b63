package io.tardy.transport.iouring;

import io.tardy.os.Arrival;
import io.tardy.os.DescriptorSocket;
import io.tardy.os.LentBuffer;
import io.tardy.os.RecvSize;
import io.tardy.os.SocketHandle;
import io.tardy.spi.Operation;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * A socket as one runtime uses it: what waits in each direction, and what is known of the socket.
 * Each connection has one, so it makes no other object before it needs it.
 */
final class SocketAttachment implements SocketHandle.Attachment, Arrival {

    private final SocketSubmissions owner;
    private final DescriptorSocket socket;

    // The loop's thread, or a frame that has it.
    private final InFlight reader = new InFlight(this);

    /** Lent while something is written, which most sockets do for a moment only; else null. */
    private InFlight writer;

    private RecvSize recvSize;
    private List<Operation> closers = List.of();

    /** Whether it is worth a try to read before waiting; only a hint. */
    private boolean readable = true;

    /** Where it waits with its own memory, from the first wait that needs some; else null. */
    private Slabs slabs;

    /** Its place there. */
    private int slab;

    /** What has arrived there and nobody has taken, which comes before all that is received. */
    private int arrivedFrom;

    private int arrivedTo;

    /** What the last receive into lent memory brought, by which the next slab is chosen. */
    private int lastCount;

    /** The ring's turn in which it began to wait for data. */
    private int askedIn;

    /** Whether the data that it waited for last was there when the kernel was asked. */
    private boolean prompt;

    private boolean released;

    SocketAttachment(SocketSubmissions owner, DescriptorSocket socket) {
        this.owner = owner;
        this.socket = socket;
    }

    @Override
    public Object owner() {
        return owner;
    }

    @Override
    public void socketClosed() {
        owner.socketClosed(this);
    }

    DescriptorSocket socket() {
        return socket;
    }

    int descriptor() {
        return socket.descriptor().intValue();
    }

    RecvSize recvSize() {
        if (recvSize == null) {
            recvSize = new RecvSize();
        }
        return recvSize;
    }

    InFlight reader() {
        return reader;
    }

    /** Or null. */
    InFlight writer() {
        return writer;
    }

    void writer(InFlight writer) {
        this.writer = writer;
    }

    boolean isReading() {
        return reader.operation() != null;
    }

    @Override
    public boolean isSending() {
        return isWriting();
    }

    boolean isWriting() {
        InFlight lent = writer; // other threads ask, too, while the loop takes it back
        return lent != null && lent.operation() != null;
    }

    boolean isIdle() {
        return !isReading() && !isWriting();
    }

    boolean isReadable() {
        return readable;
    }

    void readable(boolean readable) {
        this.readable = readable;
    }

    int lastCount() {
        return lastCount;
    }

    void lastCount(int count) {
        lastCount = count;
    }

    /** It begins to wait for data. */
    void asked(int turn) {
        askedIn = turn;
    }

    /** What it waited for is there; the kernel was first asked at the end of that turn. */
    void answered(int turn) {
        prompt = turn - askedIn <= 1;
    }

    /**
     * Whether a receive should try before it waits for readiness. Where the peer's next message is
     * mostly there already, that saves the kernel a poll and a task; elsewhere the try is in vain.
     */
    boolean triesFirst() {
        return readable || prompt;
    }

    /** The address where it receives while no frame has a buffer for it; nothing is in it. */
    long slab(Slabs wanted) {
        if (slabs != wanted) {
            int taken = wanted.take();
            giveSlab();
            slabs = wanted;
            slab = taken;
        }
        return wanted.addressOf(slab);
    }

    private void giveSlab() {
        if (slabs != null) {
            slabs.give(slab);
            slabs = null;
        }
    }

    /** So many bytes are in the slab now. */
    void arrived(int count) {
        arrivedFrom = 0;
        arrivedTo = count;
    }

    /** Whether so many bytes are all that its slab can take. */
    boolean fillsSlab(int count) {
        return slabs != null && count == slabs.bytes();
    }

    boolean hasArrived() {
        return arrivedFrom < arrivedTo;
    }

    /** How many bytes of it nobody has taken. */
    int arrivedCount() {
        return arrivedTo - arrivedFrom;
    }

    /** Takes some of it; the number of bytes. */
    int takeArrived(ByteBuffer into) {
        int count = Math.min(arrivedCount(), into.remaining());
        slabs.copy(slab, arrivedFrom, count, into);
        arrivedFrom += count;
        return count;
    }

    /** Takes all of it; the number of bytes. */
    int takeArrived(LentBuffer into) {
        int count = arrivedCount();
        slabs.copy(slab, arrivedFrom, count, into);
        arrivedFrom = arrivedTo;
        return count;
    }

    @Override
    public int recv(LentBuffer into) {
        return owner.receive(this, into);
    }

    boolean isReleased() {
        return released;
    }

    /** Nothing is in flight. */
    void release() {
        released = true;
        giveSlab();
    }

    /** Closes that wait for the descriptor to be given back. */
    List<Operation> closers() {
        return closers;
    }

    void addCloser(Operation close) {
        if (closers.isEmpty()) {
            closers = new ArrayList<>(1);
        }
        closers.add(close);
    }

    /**
     * @throws IllegalStateException if another frame has the direction
     */
    void requireFree(boolean reads) {
        if (reads ? isReading() : isWriting()) {
            throw SocketHandle.directionTaken(reads ? "receives from" : "sends to");
        }
    }
}
