package io.tardy.examples.replica;

import io.tardy.net.Socket;
import io.tardy.stream.ByteReader;
import io.tardy.stream.ByteWriter;
import java.io.EOFException;
import java.io.IOException;
import java.net.ProtocolException;
import java.nio.ByteBuffer;

/** Messages over a socket: for each its length in four bytes, then its bytes. */
final class Connection implements AutoCloseable {

    private final Socket socket;
    private final ByteReader in;
    private final ByteWriter out;

    Connection(Socket socket) {
        this.socket = socket;
        this.in = socket.reader();
        this.out = socket.writer();
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
        out.writeInt(bytes.length);
        out.write(bytes);
        out.flush();
    }

    /** The next message, or null if the peer has ended the connection after the last. */
    Message receive() throws IOException {
        if (!in.hasMore()) {
            return null;
        }
        int bytes = in.readInt();
        if (bytes < 1 || bytes > Message.BYTES_MAX) {
            throw new ProtocolException("a message of " + bytes + " bytes is none, or too long");
        }
        byte[] message = new byte[bytes];
        in.readExactly(ByteBuffer.wrap(message));
        return Message.decode(message);
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

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
