package io.tardy.examples.replica;

import io.tardy.net.Socket;
import java.io.EOFException;
import java.io.IOException;
import java.net.ProtocolException;
import java.nio.ByteBuffer;

/** Messages over a socket: for each its length in four bytes, then its bytes. */
final class Connection implements AutoCloseable {

    private final Socket socket;
    private final ByteBuffer length = ByteBuffer.allocate(Integer.BYTES);

    Connection(Socket socket) {
        this.socket = socket;
    }

    static Connection to(Address address) throws IOException {
        Socket socket = Socket.tcp(address.host(), address.port());
        try {
            return new Connection(socket.connect());
        } catch (IOException | RuntimeException e) {
            socket.close();
            throw e;
        }
    }

    void send(Message message) throws IOException {
        byte[] bytes = Message.encode(message);
        socket.sendAll(
                ByteBuffer.allocate(Integer.BYTES + bytes.length)
                        .putInt(bytes.length)
                        .put(bytes)
                        .flip());
    }

    /** The next message, or null if the peer has ended the connection after the last. */
    Message receive() throws IOException {
        int count = socket.recvAll(length.clear());
        if (count < 0) {
            return null;
        }
        requireWhole(count, length);
        int bytes = length.flip().getInt();
        if (bytes < 1 || bytes > Message.BYTES_MAX) {
            throw new ProtocolException("a message of " + bytes + " bytes is none, or too long");
        }
        ByteBuffer message = ByteBuffer.allocate(bytes);
        requireWhole(socket.recvAll(message), message);
        return Message.decode(message.array());
    }

    /** Sends a request and waits for its answer. */
    Message ask(Message request) throws IOException {
        send(request);
        Message answer = receive();
        if (answer == null) {
            throw new EOFException("the connection has ended in place of an answer");
        }
        return answer;
    }

    private static void requireWhole(int count, ByteBuffer buffer) throws EOFException {
        if (count < buffer.capacity()) {
            throw new EOFException("the connection has ended within a message");
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
