package io.tardy.testsuite;

import static io.tardy.testsuite.FileContract.assertFailure;
import static io.tardy.testsuite.FileContract.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.tardy.aio.Datagram;
import io.tardy.aio.Errno;
import io.tardy.aio.SendError;
import io.tardy.aio.TardyIOException;
import io.tardy.net.Socket;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Datagrams of the Unix domain, where the transport has them. */
@NotSimulated(NotSimulated.UNIXDGRAM)
interface UnixDatagramContract extends DatagramFixture {

    @Test
    default void datagramsOfTheUnixDomainWork(@TempDir Path folder) throws Exception {
        withTwo(
                folder,
                (rt, a, b) -> {
                    a.sendTo(bytes("over there"), b.localAddress());
                    ByteBuffer into = ByteBuffer.allocate(4);
                    assertThat(b.recvFrom(into))
                            .isEqualTo(new Datagram(a.localAddress(), 10, true));
                    assertThat(into.flip()).isEqualTo(bytes("over"));
                });
    }

    /** They may be as long as the sender's buffer: 208 KiB, where nobody has asked for more. */
    @Test
    default void longOnesArriveWholeOrSayHowLongTheyWere(@TempDir Path folder) throws Exception {
        withTwo(
                folder,
                (rt, a, b) -> {
                    for (int length : new int[] {65_535, 65_536, 65_537, 100_000}) {
                        byte[] sent = new byte[length];
                        new SplittableRandom(length).nextBytes(sent);
                        for (ByteBuffer from :
                                List.of(
                                        ByteBuffer.wrap(sent),
                                        ByteBuffer.allocateDirect(length).put(sent).flip())) {
                            for (ByteBuffer into :
                                    List.of(
                                            ByteBuffer.allocate(120_000),
                                            ByteBuffer.allocateDirect(120_000),
                                            ByteBuffer.allocate(length),
                                            ByteBuffer.allocateDirect(length))) {
                                a.sendTo(from.rewind(), b.localAddress());
                                assertThat(b.recvFrom(into))
                                        .isEqualTo(new Datagram(a.localAddress(), length, false));
                                assertThat(into.flip()).isEqualTo(ByteBuffer.wrap(sent));
                            }
                            for (ByteBuffer small :
                                    List.of(
                                            ByteBuffer.allocate(70_000).position(60_000),
                                            ByteBuffer.allocateDirect(10),
                                            ByteBuffer.allocate(0))) {
                                a.sendTo(from.rewind(), b.localAddress());
                                assertThat(b.recvFrom(small))
                                        .isEqualTo(new Datagram(a.localAddress(), length, true));
                                assertThat(small.hasRemaining()).isFalse();
                            }
                            a.sendTo(from.rewind(), b.localAddress());
                            ByteBuf pooled = b.recv();
                            assertThat(ByteBufUtil.getBytes(pooled)).isEqualTo(sent);
                            pooled.release();
                        }
                    }
                });
    }

    @Test
    default void whatIsLongerThanTheSystemTakesIsNotSentWhateverTheBuffer(@TempDir Path folder)
            throws Exception {
        inFrame(
                rt -> {
                    try (Socket a = Socket.unixDatagram(folder.resolve("a"));
                            Socket b = Socket.unixDatagram(folder.resolve("b")).bind()) {
                        for (ByteBuffer from :
                                List.of(
                                        ByteBuffer.allocate(2 << 20),
                                        ByteBuffer.allocateDirect(2 << 20))) {
                            assertFailure(
                                    () -> a.sendTo(from, b.localAddress()),
                                    SendError.MESSAGE_OVERSIZE,
                                    Errno.EMSGSIZE);
                        }
                    }
                });
    }

    @Test
    default void aReceiverWhoseQueueIsFullIsAnErrorAndNothingIsLostSilently(@TempDir Path folder)
            throws Exception {
        withTwo(
                folder,
                (rt, a, b) -> {
                    int sent = 0;
                    TardyIOException full = null;
                    while (full == null && sent < 100_000) {
                        try {
                            a.sendTo(bytes("x"), b.localAddress());
                            sent++;
                        } catch (TardyIOException e) {
                            full = e;
                        }
                    }
                    assertThat(full.error()).isEqualTo(SendError.WOULD_BLOCK);
                    for (int received = 0; received < sent; received++) {
                        assertThat(b.recvFrom(ByteBuffer.allocate(1)).length()).isOne();
                    }
                });
    }

    @Test
    default void anEmptyOneIsOneToo(@TempDir Path folder) throws Exception {
        inFrame(
                rt -> {
                    try (Socket a = Socket.unixDatagram(folder.resolve("a")).bind();
                            Socket connected = Socket.unixDatagram(folder.resolve("a")).connect()) {
                        assertThat(connected.send(ByteBuffer.allocateDirect(0))).isZero();
                        assertThat(connected.send(ByteBuffer.allocate(0))).isZero();
                        connected.sendAll(Unpooled.EMPTY_BUFFER);
                        connected.send(bytes("x"));
                        for (int length : new int[] {0, 0, 0, 1}) {
                            assertThat(a.recv(ByteBuffer.allocate(9))).isEqualTo(length);
                        }
                    }
                });
    }

    @Test
    default void unixDatagramSocketsDoWhatTheModelDoes(@TempDir Path folder) throws Exception {
        inFrame(rt -> SequenceContract.unixDatagrams(folder));
    }
}
