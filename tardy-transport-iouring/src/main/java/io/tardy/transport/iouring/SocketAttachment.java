package io.tardy.transport.iouring;

import io.tardy.os.DescriptorSocket;
import io.tardy.os.RecvSize;
import io.tardy.os.SocketHandle;
import io.tardy.spi.Operation;
import java.util.ArrayList;
import java.util.List;

/**
 * A socket as one runtime uses it: what waits in each direction, and what is known of the socket.
 */
final class SocketAttachment implements SocketHandle.Attachment {

    private final SocketSubmissions owner;
    private final DescriptorSocket socket;
    private final RecvSize recvSize = new RecvSize();
    private final List<Operation> closers = new ArrayList<>(0);

    // The loop's thread, or a frame that has it.
    private final InFlight reader = new InFlight(this);
    private final InFlight writer = new InFlight(this);

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
        return recvSize;
    }

    InFlight reader() {
        return reader;
    }

    InFlight writer() {
        return writer;
    }

    boolean isReading() {
        return reader.operation() != null;
    }

    @Override
    public boolean isSending() {
        return isWriting();
    }

    boolean isWriting() {
        return writer.operation() != null;
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

    /**
     * @throws IllegalStateException if another frame has the direction
     */
    void requireFree(boolean reads) {
        if (reads ? isReading() : isWriting()) {
            throw SocketHandle.directionTaken(reads ? "receives from" : "sends to");
        }
    }
}
