package io.tardy.transport.iouring;

import io.tardy.os.DescriptorSocket;
import io.tardy.os.RecvSize;
import io.tardy.os.SocketHandle;
import io.tardy.spi.Operation;
import java.util.ArrayList;
import java.util.List;

/**
 * A socket as one runtime uses it: what waits in each direction, and what is known of the socket.
 * Each connection has one, so it makes no other object before it needs it.
 */
final class SocketAttachment implements SocketHandle.Attachment {

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
        return writer != null && writer.operation() != null;
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

    boolean isReleased() {
        return released;
    }

    void release() {
        released = true;
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
