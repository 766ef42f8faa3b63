package io.tardy.net;

import io.tardy.aio.TardyIOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Objects;

/** A socket as a stream to read. */
final class SocketInputStream extends InputStream {

    private final Socket socket;

    SocketInputStream(Socket socket) {
        this.socket = socket;
    }

    @Override
    public int read() throws TardyIOException {
        byte[] one = new byte[1];
        return recv(ByteBuffer.wrap(one)) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws TardyIOException {
        Objects.checkFromIndexSize(offset, length, into.length);
        return recv(ByteBuffer.wrap(into, offset, length));
    }

    /** Skips empty datagrams, which mean nothing in a stream. */
    private int recv(ByteBuffer into) throws TardyIOException {
        int count;
        do {
            count = socket.recv(into);
        } while (count == 0 && into.hasRemaining());
        return count;
    }

    /** Of datagrams it is not known. */
    @Override
    public int available() throws TardyIOException {
        return socket.handle.kind().isDatagram() ? 0 : socket.available();
    }

    @Override
    public void close() throws TardyIOException {
        socket.close();
    }
}
