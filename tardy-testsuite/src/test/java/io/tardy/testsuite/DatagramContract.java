package io.tardy.testsuite;

import static io.tardy.testsuite.FileContract.assertFailure;
import static io.tardy.testsuite.FileContract.bytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.tardy.Frame;
import io.tardy.FrameFailedException;
import io.tardy.aio.CancelledException;
import io.tardy.aio.Datagram;
import io.tardy.aio.Errno;
import io.tardy.aio.RecvError;
import io.tardy.aio.SendError;
import io.tardy.net.Socket;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Datagrams over UDP. */
interface DatagramContract extends DatagramFixture {

    @Test
    default void aDatagramArrivesWithItsSender() throws Exception {
        withTwo(
                (rt, a, b) -> {
                    Frame<Datagram> waiting =
                            rt.spawnCall(() -> b.recvFrom(ByteBuffer.allocate(100)));
                    Frame.delay(Duration.ofMillis(2));
                    a.sendTo(bytes("first"), b.localAddress());
                    assertThat(waiting.join()).isEqualTo(new Datagram(a.localAddress(), 5, false));
                    a.sendTo(
                            ByteBuffer.allocateDirect(6).put(bytes("second")).flip(),
                            b.localAddress());
                    ByteBuffer direct = ByteBuffer.allocateDirect(100);
                    assertThat(b.recvFrom(direct).length()).isEqualTo(6);
                    assertThat(direct.flip()).isEqualTo(bytes("second"));
                });
    }

    @Test
    default void whatHasNoRoomIsReported() throws Exception {
        withTwo(
                (rt, a, b) -> {
                    a.sendTo(bytes("123456"), b.localAddress());
                    a.sendTo(ByteBuffer.allocate(0), b.localAddress());
                    a.sendTo(bytes("next"), b.localAddress());
                    ByteBuffer small = ByteBuffer.allocate(4);
                    assertThat(b.recvFrom(small))
                            .isEqualTo(new Datagram(a.localAddress(), 6, true));
                    assertThat(small.flip()).isEqualTo(bytes("1234"));
                    assertThat(b.recvFrom(small.clear()))
                            .isEqualTo(new Datagram(a.localAddress(), 0, false));
                    assertThat(b.recvFrom(small.clear()).isTruncated()).isFalse();
                    assertThat(small.flip()).isEqualTo(bytes("next"));
                });
    }

    @Test
    default void theLargestDatagramPassesAndALargerOneFails() throws Exception {
        byte[] largest = new byte[65_507];
        new SplittableRandom(1).nextBytes(largest);
        withTwo(
                (rt, a, b) -> {
                    a.sendTo(ByteBuffer.wrap(largest), b.localAddress());
                    ByteBuffer into = ByteBuffer.allocate(70_000);
                    assertThat(b.recvFrom(into).isTruncated()).isFalse();
                    assertThat(into.flip()).isEqualTo(ByteBuffer.wrap(largest));
                    SocketAddress to = b.localAddress();
                    for (int length : new int[] {65_508, 200_000}) {
                        assertFailure(
                                () -> a.sendTo(ByteBuffer.allocate(length), to),
                                SendError.MESSAGE_OVERSIZE,
                                Errno.EMSGSIZE);
                    }
                });
    }

    @Test
    default void aDatagramInAPooledBufferIsWhole() throws Exception {
        inFrame(
                rt -> {
                    try (Socket a = DatagramFixture.bound();
                            Socket b = DatagramFixture.bound();
                            Socket connected = Socket.udp("127.0.0.1", portOf(a)).connect()) {
                        for (Socket receiver : new Socket[] {b, connected}) {
                            for (int length : new int[] {9000, 1, 9000, 65_507, 0, 2049}) {
                                byte[] sent = new byte[length];
                                new SplittableRandom(length).nextBytes(sent);
                                InetSocketAddress to =
                                        new InetSocketAddress("127.0.0.1", portOf(receiver));
                                a.sendTo(ByteBuffer.wrap(sent), to);
                                ByteBuf received = receiver.recv();
                                try {
                                    assertThat(ByteBufUtil.getBytes(received)).isEqualTo(sent);
                                } finally {
                                    received.release();
                                }
                            }
                        }
                    }
                });
    }

    @Test
    default void anEmptyDatagramIsOneToo() throws Exception {
        inFrame(
                rt -> {
                    try (Socket a = DatagramFixture.bound();
                            Socket connected = Socket.udp("127.0.0.1", portOf(a)).connect()) {
                        assertThat(connected.send(ByteBuffer.allocateDirect(0))).isZero();
                        assertThat(connected.send(ByteBuffer.allocate(0))).isZero();
                        connected.sendAll(ByteBuffer.allocate(0));
                        connected.sendAll(Unpooled.EMPTY_BUFFER);
                        connected.sendTo(ByteBuffer.allocate(0), a.localAddress());
                        connected.send(bytes("x"));
                        for (int length : new int[] {0, 0, 0, 0, 0, 1}) {
                            assertThat(a.recvFrom(ByteBuffer.allocate(9)))
                                    .isEqualTo(
                                            new Datagram(connected.localAddress(), length, false));
                        }
                        for (int i = 0; i < 2; i++) {
                            a.sendTo(ByteBuffer.allocate(0), connected.localAddress());
                        }
                        a.sendTo(bytes("x"), connected.localAddress());
                        ByteBuffer into = ByteBuffer.allocate(9);
                        assertThat(connected.recv(into)).isZero();
                        ByteBuf pooled = connected.recv();
                        assertThat(pooled.readableBytes()).isZero();
                        pooled.release();
                        assertThat(connected.recv(into)).isOne();
                        assertThat(into.flip()).isEqualTo(bytes("x"));
                        a.sendTo(ByteBuffer.allocate(0), connected.localAddress());
                        a.sendTo(bytes("y"), connected.localAddress());
                        assertThat(connected.inputStream().read()).isEqualTo('y');
                        connected.outputStream().write(new byte[0]);
                        connected.outputStream().write('z');
                        assertThat(a.recv(into.clear())).isOne();
                    }
                });
    }

    private static int portOf(Socket socket) throws IOException {
        return ((InetSocketAddress) socket.localAddress()).getPort();
    }

    /** Also of a buffer that lies in several pieces of memory. */
    @Test
    default void aDatagramIsSentInOnePieceOrNotAtAll() throws Exception {
        inFrame(
                rt -> {
                    try (Socket a = DatagramFixture.bound();
                            Socket connected = Socket.udp("127.0.0.1", portOf(a)).connect()) {
                        ByteBuf parts =
                                Unpooled.wrappedBuffer(new byte[3000], new byte[1], new byte[4000]);
                        connected.sendAll(parts);
                        ByteBuffer into = ByteBuffer.allocate(70_000);
                        assertThat(a.recvFrom(into).length()).isEqualTo(7001);
                        for (ByteBuffer tooLong :
                                List.of(
                                        ByteBuffer.allocate(100_000),
                                        ByteBuffer.allocateDirect(100_000))) {
                            assertFailure(
                                    () -> connected.send(tooLong),
                                    SendError.MESSAGE_OVERSIZE,
                                    Errno.EMSGSIZE);
                            assertThat(tooLong.position()).isZero();
                        }
                    }
                });
    }

    @Test
    default void aConnectedSocketHearsItsPeerOnlyAndOfItsAbsence() throws Exception {
        inFrame(
                rt -> {
                    try (Socket a = DatagramFixture.bound();
                            Socket b = DatagramFixture.bound();
                            Socket stranger = DatagramFixture.bound()) {
                        int port = ((InetSocketAddress) b.localAddress()).getPort();
                        try (Socket connected = Socket.udp("127.0.0.1", port).connect()) {
                            stranger.sendTo(bytes("stranger"), connected.localAddress());
                            connected.send(bytes("hello"));
                            ByteBuffer into = ByteBuffer.allocate(100);
                            Datagram hello = b.recvFrom(into);
                            b.sendTo(into.flip(), hello.sender());
                            into.clear();
                            assertThat(connected.recv(into)).isEqualTo(5);
                            assertThat(into.flip()).isEqualTo(bytes("hello"));
                            b.close();
                            connected.send(bytes("anybody there?"));
                            assertFailure(
                                    () -> connected.recv(ByteBuffer.allocate(1)),
                                    RecvError.CONNECTION_REFUSED,
                                    Errno.ECONNREFUSED);
                        }
                    }
                });
    }

    @Test
    default void anImpossibleArgumentIsToldToItsFrameAndHurtsNobodyElse() throws Exception {
        withTwo(
                (rt, a, b) -> {
                    assertThatIllegalArgumentException()
                            .isThrownBy(
                                    () ->
                                            a.sendTo(
                                                    bytes("x"),
                                                    InetSocketAddress.createUnresolved(
                                                            "nowhere.invalid", 1)))
                            .withMessageContaining("nowhere.invalid");
                    b.sendTo(bytes("x"), a.localAddress());
                    assertThatIllegalArgumentException()
                            .isThrownBy(
                                    () -> a.recvFrom(ByteBuffer.allocate(9).asReadOnlyBuffer()));
                    b.sendTo(bytes("y"), a.localAddress());
                    assertThat(a.recvFrom(ByteBuffer.allocate(1)).length()).isOne();
                });
    }

    @Test
    default void broadcastAndMulticastOptionsAreTheSystems() throws Exception {
        inFrame(
                rt -> {
                    try (Socket socket = DatagramFixture.bound()) {
                        socket.setOption(StandardSocketOptions.SO_BROADCAST, true);
                        assertThat(socket.getOption(StandardSocketOptions.SO_BROADCAST)).isTrue();
                        socket.setOption(StandardSocketOptions.IP_MULTICAST_TTL, 3);
                        assertThat(socket.getOption(StandardSocketOptions.IP_MULTICAST_TTL))
                                .isEqualTo(3);
                        socket.setOption(StandardSocketOptions.IP_MULTICAST_LOOP, false);
                        assertThat(socket.getOption(StandardSocketOptions.IP_MULTICAST_LOOP))
                                .isFalse();
                    }
                });
    }

    /** On the loopback interface, and no further: the time to live is 0. */
    @Test
    @NotSimulated(NotSimulated.MULTICAST)
    default void aGroupIsJoinedAndLeft() throws Exception {
        NetworkInterface loopback =
                NetworkInterface.getByInetAddress(InetAddress.getLoopbackAddress());
        InetAddress group = InetAddress.getByName("239.255.7.7");
        inFrame(
                rt -> {
                    try (Socket receiver = Socket.udp("0.0.0.0", 0).bind();
                            Socket sender = DatagramFixture.bound()) {
                        receiver.join(group, loopback);
                        sender.setOption(StandardSocketOptions.IP_MULTICAST_TTL, 0);
                        sender.setOption(StandardSocketOptions.IP_MULTICAST_IF, loopback);
                        int port = ((InetSocketAddress) receiver.localAddress()).getPort();
                        sender.sendTo(bytes("to all"), new InetSocketAddress(group, port));
                        ByteBuffer into = ByteBuffer.allocate(100);
                        assertThat(receiver.recvFrom(into).length()).isEqualTo(6);
                        receiver.leave(group, loopback);
                        sender.sendTo(bytes("to all"), new InetSocketAddress(group, port));
                        sender.sendTo(bytes("one"), new InetSocketAddress("127.0.0.1", port));
                        assertThat(receiver.recvFrom(into.clear()).length()).isEqualTo(3);
                    }
                });
    }

    @Test
    default void whoWaitsForADatagramCanBeCancelledAndTheSocketStaysUsable() throws Exception {
        withTwo(
                (rt, a, b) -> {
                    Frame<Datagram> waiting =
                            rt.spawnCall(() -> b.recvFrom(ByteBuffer.allocate(1)));
                    Frame.delay(Duration.ofMillis(2));
                    waiting.cancel();
                    TransportFixture.assertFailedOf(waiting, CancelledException.class);
                    a.sendTo(bytes("x"), b.localAddress());
                    assertThat(b.recvFrom(ByteBuffer.allocate(1)).length()).isOne();
                    Frame<Datagram> closed = rt.spawnCall(() -> b.recvFrom(ByteBuffer.allocate(1)));
                    Frame.delay(Duration.ofMillis(2));
                    b.close();
                    assertThatExceptionOfType(FrameFailedException.class)
                            .isThrownBy(closed::join)
                            .withMessageContaining("INVALID_FD");
                });
    }
}
