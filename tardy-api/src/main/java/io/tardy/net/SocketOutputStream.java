package io.tardy.net;

import io.tardy.aio.TardyIOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;

/** A socket as a stream to write. */
final class SocketOutputStream extends OutputStream {

    private final Socket socket;

    SocketOutputStream(Socket socket) {
        this.socket = socket;
    }

    @Override
    public void write(int value) throws TardyIOException {
        socket.sendAll(ByteBuffer.wrap(new byte[] {(byte) value}));
    }

    @Override
    public void write(byte[] from, int offset, int length) throws TardyIOException {
        ByteBuffer buffer = ByteBuffer.wrap(from, offset, length);
        if (buffer.hasRemaining()) { // no bytes must not become an empty datagram
            socket.sendAll(buffer);
        }
    }

    @Override
    public void close() throws TardyIOException {
        socket.close();
    }
}
