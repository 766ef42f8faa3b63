package io.tardy.testsuite;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.channel.unix.DomainSocketAddress;
import io.tardy.Deadline;
import io.tardy.net.Socket;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A receive may stop although more is there, and the next one finds that. */
interface ShortReadContract extends TransportFixture {

    @Test
    @NotSimulated(NotSimulated.PEERS)
    default void whatComesAfterUrgentDataIsReceived() throws Exception {
        inFrame(
                rt -> {
                    try (Socket listener = TransportFixture.listenAnywhere();
                            java.net.Socket client =
                                    new java.net.Socket(
                                            "127.0.0.1", TransportFixture.port(listener));
                            Socket peer = listener.accept()) {
                        client.setTcpNoDelay(true);
                        for (int round = 0; round < 3; round++) {
                            afterUrgentData(client, peer);
                        }
                    }
                });
    }

    private void afterUrgentData(java.net.Socket client, Socket peer) throws IOException {
        OutputStream out = client.getOutputStream();
        out.write(bytes("hello"));
        assertThat(received(peer, 5)).isEqualTo("hello");
        out.write(bytes("abc"));
        client.sendUrgentData('!');
        out.write(bytes("def"));
        assertThat(received(peer, 6)).isEqualTo("abcdef");
        client.sendUrgentData('!');
        out.write(bytes("ghi"));
        assertThat(received(peer, 3)).isEqualTo("ghi");
    }

    @Test
    @NotSimulated(NotSimulated.PEERS)
    default void whatComesAfterADescriptorIsReceived(@TempDir Path folder) throws Exception {
        Path path = folder.resolve("socket");
        inFrame(
                rt -> {
                    io.netty.channel.unix.Socket client =
                            io.netty.channel.unix.Socket.newSocketDomain();
                    try (Socket listener = Socket.unix(path).bind().listen(1)) {
                        client.connect(new DomainSocketAddress(path.toString()));
                        try (Socket peer = listener.accept()) {
                            send(client, "hello");
                            assertThat(received(peer, 5)).isEqualTo("hello");
                            client.sendFd(client.intValue()); // with one byte
                            send(client, "def");
                            assertThat(received(peer, 4)).endsWith("def");
                            client.sendFd(client.intValue());
                            send(client, "ghi");
                            assertThat(receivedInBuffers(peer, 4)).endsWith("ghi");
                        }
                    } finally {
                        client.close();
                    }
                });
    }

    private static void send(io.netty.channel.unix.Socket socket, String text) throws IOException {
        byte[] bytes = bytes(text);
        socket.send(ByteBuffer.allocateDirect(bytes.length).put(bytes), 0, bytes.length);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /** So many bytes, received into a buffer with more room. */
    private String received(Socket socket, int count) throws IOException {
        ByteBuffer into = ByteBuffer.allocateDirect(1024);
        Deadline.within(
                patience(),
                () -> {
                    while (into.position() < count) {
                        assertThat(socket.recv(into)).isPositive();
                    }
                });
        return StandardCharsets.US_ASCII.decode(into.flip()).toString();
    }

    private String receivedInBuffers(Socket socket, int count) throws IOException {
        StringBuilder text = new StringBuilder();
        Deadline.within(
                patience(),
                () -> {
                    while (text.length() < count) {
                        ByteBuf buffer = socket.recv();
                        text.append(buffer.toString(StandardCharsets.US_ASCII));
                        buffer.release();
                    }
                });
        return text.toString();
    }
}
