package io.tardy.testsuite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.tardy.Deadline;
import io.tardy.Frame;
import io.tardy.aio.CancelledException;
import io.tardy.aio.DeadlineExceededException;
import io.tardy.aio.RecvError;
import io.tardy.aio.SocketError;
import io.tardy.aio.TardyIOException;
import io.tardy.net.Socket;
import java.io.IOException;
import java.io.InputStream;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** A frame may wait for what a socket has, and ask how much that is, and takes nothing of it. */
interface ReadableContract extends ConnectedFixture {

    private static ByteBuffer bytes(int count) {
        return ByteBuffer.wrap(new byte[count]);
    }

    /** Waits until so many bytes have come. */
    private static void awaitAvailable(Socket socket, int count) throws IOException {
        while (socket.available() < count) {
            Frame.delay(Duration.ofNanos(1000));
        }
        assertThat(socket.available()).isEqualTo(count);
    }

    @Test
    default void itWaitsForDataAndLeavesItThere() throws Exception {
        withPair(
                (rt, client, peer) -> {
                    Frame<Void> waiting = rt.spawn(client::awaitReadable);
                    Frame.delay(Duration.ofMillis(1));
                    peer.sendAll(bytes(3));
                    waiting.join();
                    client.awaitReadable();
                    awaitAvailable(client, 3);
                    ByteBuffer into = ByteBuffer.allocate(3);
                    assertThat(client.recvAll(into)).isEqualTo(3);
                    // The buffer was full: who only guesses takes the socket for readable still.
                    assertExpires(client);
                    peer.sendAll(bytes(1));
                    client.awaitReadable();
                    assertThat(client.recvNext().remaining()).isEqualTo(1);
                    assertExpires(client);
                    assertThat(client.available()).isZero();
                });
    }

    private static void assertExpires(Socket socket) {
        assertThatExceptionOfType(DeadlineExceededException.class)
                .isThrownBy(() -> Deadline.within(Duration.ofMillis(2), socket::awaitReadable));
    }

    @Test
    default void theEndAndAFailureAreSomethingToReceive() throws Exception {
        whenConnected(
                (rt, listener, client, peer) -> {
                    Frame<Void> waiting = rt.spawn(client::awaitReadable);
                    Frame.delay(Duration.ofMillis(1));
                    peer.shutdownOutput();
                    waiting.join();
                    client.awaitReadable();
                    assertThat(client.available()).isZero();
                    assertThat(client.recv(ByteBuffer.allocate(1))).isEqualTo(-1);
                    client.awaitReadable();
                    try (Socket other = TransportFixture.connectTo(listener);
                            Socket resetting = listener.accept()) {
                        Frame<Void> reset = rt.spawn(other::awaitReadable);
                        Frame.delay(Duration.ofMillis(1));
                        resetting.setOption(StandardSocketOptions.SO_LINGER, 0);
                        resetting.close();
                        reset.join();
                        assertThatExceptionOfType(TardyIOException.class)
                                .isThrownBy(() -> other.recv(ByteBuffer.allocate(1)))
                                .matches(e -> e.error() == RecvError.CONNECTION_RESET_BY_PEER);
                        other.awaitReadable();
                        assertThat(other.available()).isZero();
                    }
                });
    }

    @Test
    default void aListenerIsReadableWhenThereIsAConnectionToAccept() throws Exception {
        inFrame(
                rt -> {
                    try (Socket listener = TransportFixture.listenAnywhere()) {
                        assertExpires(listener);
                        Frame<Void> waiting = rt.spawn(listener::awaitReadable);
                        for (int i = 0; i < 2; i++) {
                            try (Socket client = TransportFixture.connectTo(listener)) {
                                waiting.join();
                                listener.awaitReadable();
                                try (Socket accepted = listener.accept()) {
                                    client.sendAll(bytes(1));
                                    accepted.awaitReadable();
                                }
                            }
                            assertExpires(listener);
                        }
                    }
                });
    }

    @Test
    default void aDatagramIsSomethingToReceiveAndItsLengthIsNotAvailable() throws Exception {
        inFrame(
                rt -> {
                    try (Socket receiver = Socket.udp("127.0.0.1", 0).bind();
                            Socket sender = Socket.udp("127.0.0.1", 0).bind()) {
                        assertExpires(receiver);
                        sender.sendTo(bytes(5), receiver.localAddress());
                        receiver.awaitReadable();
                        assertThatExceptionOfType(TardyIOException.class)
                                .isThrownBy(receiver::available)
                                .matches(e -> e.error() == SocketError.OPERATION_NOT_SUPPORTED);
                        assertThat(receiver.inputStream().available()).isZero();
                        assertThat(receiver.recv(ByteBuffer.allocate(9))).isEqualTo(5);
                        assertExpires(receiver);
                    }
                });
    }

    @Test
    default void aCloseOrACancelEndsTheWaitAndTheDirectionIsFree() throws Exception {
        whenConnected(
                (rt, listener, client, peer) -> {
                    Frame<Void> cancelled = rt.spawn(client::awaitReadable);
                    Frame.delay(Duration.ofMillis(1));
                    assertThatIllegalStateException()
                            .isThrownBy(() -> client.recv(ByteBuffer.allocate(1)))
                            .withMessageContaining("another frame already receives");
                    assertThatIllegalStateException()
                            .isThrownBy(client::awaitReadable)
                            .withMessageContaining("another frame already receives");
                    cancelled.cancel();
                    TransportFixture.assertFailedOf(cancelled, CancelledException.class);
                    peer.sendAll(bytes(1));
                    assertThat(client.recv(ByteBuffer.allocate(9))).isEqualTo(1);
                    for (Socket socket : new Socket[] {client, listener}) {
                        Frame<Void> waiting = rt.spawn(socket::awaitReadable);
                        Frame.delay(Duration.ofMillis(1));
                        socket.close();
                        TransportFixture.assertFailedOf(waiting, TardyIOException.class);
                        assertThatExceptionOfType(TardyIOException.class)
                                .isThrownBy(socket::awaitReadable)
                                .matches(e -> e.error() == RecvError.INVALID_FD);
                        assertThatExceptionOfType(TardyIOException.class)
                                .isThrownBy(socket::available)
                                .matches(e -> e.error() == SocketError.INVALID_FD);
                    }
                    try (Socket unconnected = Socket.tcp("127.0.0.1", 0).bind()) {
                        assertThatExceptionOfType(TardyIOException.class)
                                .isThrownBy(unconnected::awaitReadable)
                                .matches(e -> e.error() == RecvError.SOCKET_NOT_CONNECTED);
                    }
                });
    }

    /** The data comes while the wait is given up, a little earlier or later each time. */
    @Test
    default void whatComesWhileAWaitIsGivenUpIsNotLost() throws Exception {
        withPair(
                (rt, client, peer) -> {
                    for (int i = 0; i < 300; i++) {
                        Duration later = Duration.ofNanos(i * 500L);
                        Frame<Void> waiting =
                                rt.spawn(
                                        () -> {
                                            try {
                                                Deadline.within(later, client::awaitReadable);
                                            } catch (DeadlineExceededException e) {
                                                // or it was in time
                                            }
                                        });
                        peer.sendAll(bytes(2));
                        waiting.join();
                        assertThat(client.recvAll(ByteBuffer.allocate(2))).isEqualTo(2);
                    }
                });
    }

    @Test
    default void availableCountsWhatHasArrivedAndWasNotReceived() throws Exception {
        withPair(
                (rt, client, peer) -> {
                    InputStream in = client.inputStream();
                    assertThat(client.available()).isZero();
                    assertThat(in.available()).isZero();
                    peer.sendAll(bytes(1000));
                    awaitAvailable(client, 1000);
                    assertThat(in.available()).isEqualTo(1000);
                    assertThat(in.readNBytes(400)).hasSize(400);
                    awaitAvailable(client, 600);
                    Frame<Integer> asked = rt.spawnCall(client::available);
                    assertThat(asked.join()).isEqualTo(600);
                    assertThat(client.recvAll(ByteBuffer.allocateDirect(600))).isEqualTo(600);
                    assertThat(client.available()).isZero();
                    Frame<Integer> waiting = rt.spawnCall(() -> client.recvNext().remaining());
                    Frame.delay(Duration.ofMillis(1));
                    assertThat(client.available()).isZero();
                    peer.sendAll(bytes(700));
                    awaitAvailable(client, 700 - waiting.join());
                });
    }
}
