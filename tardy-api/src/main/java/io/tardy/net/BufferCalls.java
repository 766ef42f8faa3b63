package io.tardy.net;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.CompositeByteBuf;
import io.netty.buffer.Unpooled;
import io.tardy.TardyRuntime;
import io.tardy.aio.AsyncSubmission.Recv;
import io.tardy.aio.AsyncSubmission.RecvBuffer;
import io.tardy.aio.AsyncSubmission.SendBuffer;
import io.tardy.aio.RecvError;
import io.tardy.aio.Resulted;
import io.tardy.aio.TardyIOException;
import io.tardy.os.SocketHandle;
import io.tardy.runtime.OperationWait;
import java.nio.ByteBuffer;

/** Receives into buffers of Netty's and sends them, and fills one of the JDK's. */
final class BufferCalls {

    private BufferCalls() {}

    /** Into the writable bytes; their number, or -1 at the end of the stream. */
    static int recv(SocketHandle handle, ByteBuf into) throws TardyIOException {
        if (into.isReadOnly() || into.nioBufferCount() != 1) {
            throw new IllegalArgumentException(
                    into
                            + " is read-only, or its bytes do not lie together: recv needs one that"
                            + " can be filled in one piece");
        }
        int writerIndex = into.writerIndex();
        // Each time another view: nobody asks for it again, and so it is not kept.
        ByteBuffer room = into.nioBuffer(writerIndex, into.writableBytes());
        int count =
                handle.kind().isDatagram()
                        ? Datagrams.recv(handle, room)
                        : recv(new Recv(handle, room));
        if (count > 0) {
            into.writerIndex(writerIndex + count);
        }
        return count;
    }

    /** From a stream, if there is room. */
    static int recv(Recv recv) throws TardyIOException {
        int count = recv.buffer().hasRemaining() ? OperationWait.count(recv) : 0;
        return count == OperationWait.END ? -1 : count;
    }

    /** Until the buffer is full, or the stream ends. */
    static int recvAll(Socket socket, ByteBuffer into) throws TardyIOException {
        int room = into.remaining();
        while (into.hasRemaining()) {
            if (socket.recv(into) < 0) {
                return into.remaining() == room ? -1 : room - into.remaining();
            }
        }
        return room;
    }

    /** The data, or null at the end of the stream. */
    static ByteBuf recv(SocketHandle handle) throws TardyIOException {
        Resulted<ByteBuf, RecvError> received = TardyRuntime.ioAwait(new RecvBuffer(handle));
        return received instanceof Resulted.Err<ByteBuf, RecvError> err
                        && err.error() == RecvError.CLOSED
                ? null
                : received.unwrap();
    }

    /** All readable bytes, and releases the buffer. */
    static void sendAll(SocketHandle handle, ByteBuf from) throws TardyIOException {
        try {
            boolean mustSend = from.isReadable() || handle.kind().isDatagram();
            while (mustSend) {
                OperationWait.count(new SendBuffer(handle, from));
                mustSend = from.isReadable();
            }
        } finally {
            from.release();
        }
    }

    /** All that remains in several buffers, one behind the other; their positions tell how far. */
    static void sendAll(Socket socket, ByteBuffer[] from) throws TardyIOException {
        long length = 0;
        for (ByteBuffer part : from) {
            length += part.remaining();
        }
        if (length > Integer.MAX_VALUE) { // which no buffer of Netty's can hold
            for (ByteBuffer part : from) {
                socket.sendAll(part);
            }
            return;
        }
        CompositeByteBuf all = Unpooled.compositeBuffer(Math.max(1, from.length));
        for (ByteBuffer part : from) {
            all.addComponent(true, Unpooled.wrappedBuffer(part));
        }
        all.retain();
        try {
            socket.sendAll(all);
        } finally {
            advance(from, all.readerIndex());
            all.release();
        }
    }

    private static void advance(ByteBuffer[] parts, int count) {
        int left = count;
        for (ByteBuffer part : parts) {
            int sent = Math.min(left, part.remaining());
            part.position(part.position() + sent);
            left -= sent;
        }
    }
}
