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

    private static final int NONE = -1;

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

    /** Its place in the {@link Slabs}, from the first wait that needs one. */
    private int slab = NONE;

    /** What has arrived there and nobody has taken, which comes before all that is received. */
    private int arrivedFrom;

    private int arrivedTo;

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

    /** Where it receives while no frame has a buffer for it. */
    int slab(Slabs slabs) {
        if (slab == NONE) {
            slab = slabs.take();
        }
        return slab;
    }

    /** So many bytes are in the slab now. */
    void arrived(int count) {
        arrivedFrom = 0;
        arrivedTo = count;
    }

    boolean hasArrived() {
        return arrivedFrom < arrivedTo;
    }

    /** How many bytes of it nobody has taken. */
    int arrived() {
        return arrivedTo - arrivedFrom;
    }

    /** Takes some of it; the number of bytes. */
    int takeArrived(Slabs slabs, ByteBuffer into) {
        int count = Math.min(arrivedTo - arrivedFrom, into.remaining());
        slabs.copy(slab, arrivedFrom, count, into);
        arrivedFrom += count;
        return count;
    }

    /** Takes all of it; the number of bytes. */
    int takeArrived(Slabs slabs, LentBuffer into) {
        int count = arrivedTo - arrivedFrom;
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
    void release(Slabs slabs) {
        released = true;
        if (slab != NONE) {
            slabs.give(slab);
            slab = NONE;
        }
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
