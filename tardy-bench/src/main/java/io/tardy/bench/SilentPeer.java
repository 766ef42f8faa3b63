package io.tardy.bench;

import io.tardy.Deadline;
import io.tardy.aio.DeadlineExceededException;
import io.tardy.net.Socket;
import java.io.EOFException;
import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/**
 * A WebSocket peer who asks for the handshake by hand and then takes nothing out of his socket, or
 * takes it and never answers. For frames of one runtime.
 */
final class SilentPeer implements AutoCloseable {

    private static final int RECEIVE_BUFFER_BYTES = 4096;
    private static final String HEAD_END = "\r\n\r\n";

    private final Socket socket;

    private SilentPeer(Socket socket) {
        this.socket = socket;
    }

    static SilentPeer connect(int port, String path) throws IOException {
        Socket socket = Socket.tcp("127.0.0.1", port);
        try {
            socket.setOption(StandardSocketOptions.SO_RCVBUF, RECEIVE_BUFFER_BYTES);
            socket.connect();
            socket.sendAll(StandardCharsets.US_ASCII.encode(handshake(port, path)));
            String head = readHead(socket);
            if (!head.startsWith("HTTP/1.1 101 ")) {
                throw new IOException("refused: " + head);
            }
            return new SilentPeer(socket);
        } catch (IOException | RuntimeException e) {
            socket.close();
            throw e;
        }
    }

    private static String handshake(int port, String path) {
        return String.join(
                "\r\n",
                "GET " + path + " HTTP/1.1",
                "Host: 127.0.0.1:" + port,
                "Upgrade: websocket",
                "Connection: Upgrade",
                "Sec-WebSocket-Key: c2lsZW50IGFzIGEgZmlzaA==",
                "Sec-WebSocket-Version: 13",
                "",
                "");
    }

    /** Byte by byte: what follows stays where it is. */
    private static String readHead(Socket socket) throws IOException {
        StringBuilder head = new StringBuilder();
        ByteBuffer next = ByteBuffer.allocate(1);
        while (head.indexOf(HEAD_END) < 0) {
            if (socket.recv(next.clear()) < 0) {
                throw new EOFException("the handshake ended with: " + head);
            }
            head.append((char) next.get(0));
        }
        return head.toString();
    }

    /**
     * Reads all there is and answers none of it.
     *
     * @return whether the other side has ended the connection, in peace or not, in this time
     */
    boolean awaitEnd(Duration within) throws IOException {
        ByteBuffer dropped = ByteBuffer.allocate(RECEIVE_BUFFER_BYTES);
        try {
            Deadline.within(
                    within,
                    () -> {
                        while (socket.recv(dropped.clear()) >= 0) {
                            // and answers nothing
                        }
                    });
            return true;
        } catch (DeadlineExceededException e) {
            return false;
        } catch (IOException e) {
            return true; // reset
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
