package io.tardy.testsuite;

import static io.tardy.testsuite.DeadlineContract.SOON;
import static io.tardy.testsuite.DeadlineContract.assertExceeded;
import static io.tardy.testsuite.TlsFixture.bytes;
import static io.tardy.testsuite.TlsFixture.client;
import static io.tardy.testsuite.TlsFixture.exchange;
import static io.tardy.testsuite.TlsFixture.readSeeded;
import static io.tardy.testsuite.TlsFixture.server;
import static io.tardy.testsuite.TlsFixture.speaking;
import static io.tardy.testsuite.TlsFixture.text;
import static io.tardy.testsuite.TlsFixture.writeSeeded;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.tardy.Deadline;
import io.tardy.Frame;
import io.tardy.FrameFailedException;
import io.tardy.aio.SendError;
import io.tardy.aio.TardyIOException;
import io.tardy.net.Socket;
import io.tardy.net.Tls;
import io.tardy.net.TlsException;
import io.tardy.net.TlsSocket;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** TLS on sockets, with a socket of ours at each end. */
interface TlsSocketContract extends TlsFixture {

    /** What two kernels take between them, and one does not. */
    int UNREAD = 250_000;

    String BUFFERS = "how much is taken of what nobody reads is random there";

    @Test
    default void everyByteBothWaysAtOnce() throws Exception {
        for (String version : VERSIONS) {
            whenSecured(
                    speaking(client(), version),
                    server(),
                    (rt, client, server) -> {
                        assertThat(client.session().getProtocol()).isEqualTo(version);
                        exchange(client, server, 4 << 20);
                        client.close();
                        assertThat(server.read(ByteBuffer.allocate(1))).isEqualTo(-1);
                        assertThat(server.recv()).isNull();
                    });
        }
    }

    @Test
    default void contextsOfNettyServeToo() throws Exception {
        SslContext server =
                SslContextBuilder.forServer(
                                Certificates.SERVER.getKeyPair().getPrivate(),
                                Certificates.SERVER.getCertificate())
                        .sslProvider(SslProvider.JDK)
                        .build();
        SslContext client =
                SslContextBuilder.forClient()
                        .sslProvider(SslProvider.JDK)
                        .trustManager(Certificates.SERVER.getCertificate())
                        .build();
        whenSecured(
                Tls.ofNetty(client),
                Tls.ofNetty(server),
                (rt, here, there) -> {
                    exchange(here, there, 1 << 20);
                    assertThat(here.applicationProtocol()).isNull();
                });
        withPair(
                (rt, socket, peer) ->
                        assertThatThrownBy(() -> Tls.ofNetty(client).server(peer))
                                .isInstanceOf(IllegalStateException.class)
                                .hasMessageContaining("forServer"));
        assertThatThrownBy(() -> Tls.ofNetty(client).applicationProtocols("h2"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("applicationProtocolConfig");
    }

    @Test
    default void eachDirectionEndsByItselfInTls13() throws Exception {
        whenSecured(
                (rt, client, server) -> {
                    client.writeAll(bytes("question"));
                    client.shutdownOutput();
                    client.shutdownOutput();
                    assertThat(text(server, 8)).isEqualTo("question");
                    assertThat(server.read(ByteBuffer.allocate(9))).isEqualTo(-1);
                    server.writeAll(bytes("answer"));
                    assertThat(text(client, 6)).isEqualTo("answer");
                    server.close();
                    assertThat(client.read(ByteBuffer.allocate(9))).isEqualTo(-1);
                    assertThatThrownBy(() -> client.write(bytes("more")))
                            .isInstanceOfSatisfying(
                                    TardyIOException.class,
                                    e -> assertThat(e.error()).isEqualTo(SendError.BROKEN_PIPE));
                });
    }

    @Test
    default void bothDirectionsEndTogetherInTls12() throws Exception {
        whenSecured(
                speaking(client(), "TLSv1.2"),
                server(),
                (rt, client, server) -> {
                    client.writeAll(bytes("question"));
                    client.shutdownOutput();
                    assertThat(text(server, 8)).isEqualTo("question");
                    assertThat(server.read(ByteBuffer.allocate(9))).isEqualTo(-1);
                    assertThat(client.read(ByteBuffer.allocate(9))).isEqualTo(-1);
                    assertThatThrownBy(() -> server.write(bytes("answer")))
                            .isInstanceOfSatisfying(
                                    TardyIOException.class,
                                    e -> assertThat(e.error()).isEqualTo(SendError.BROKEN_PIPE));
                });
    }

    @Test
    default void anEndWithoutCloseNotifyIsNone() throws Exception {
        inEachVersion(
                (rt, client, server) -> {
                    client.writeAll(bytes("half an ans"));
                    client.socket().shutdownOutput();
                    assertThat(text(server, 11)).isEqualTo("half an ans");
                    for (int i = 0; i < 3; i++) {
                        assertThatThrownBy(() -> server.read(ByteBuffer.allocate(9)))
                                .isInstanceOfSatisfying(
                                        TlsException.class,
                                        e -> assertThat(e.isTruncation()).isTrue())
                                .hasMessageContaining("without close_notify");
                    }
                    server.writeAll(bytes("still"));
                    assertThat(text(client, 5)).isEqualTo("still");
                });
    }

    @Test
    default void aReadThatIsGivenUpLosesNothing() throws Exception {
        whenSecured(
                (rt, client, server) -> {
                    for (int round = 0; round < 20; round++) {
                        Frame<Integer> reading =
                                rt.spawnCall(() -> server.read(ByteBuffer.allocate(5)));
                        for (int yields = round % 4; yields > 0; yields--) {
                            Frame.yield();
                        }
                        reading.cancel();
                        assertThatExceptionOfType(FrameFailedException.class)
                                .isThrownBy(reading::join);
                        assertExceeded(() -> Deadline.within(SOON, () -> server.recv()));
                        client.writeAll(bytes("round " + round % 10));
                        assertThat(text(server, 7)).isEqualTo("round " + round % 10);
                    }
                });
    }

    /** A peer that stops within a record: what it has sent of it is kept. */
    @Test
    default void aRecordThatComesInPartIsKept() throws Exception {
        withPair(
                (rt, socket, between) -> {
                    try (Socket listener = TransportFixture.listenAnywhere();
                            Socket behind = TransportFixture.connectTo(listener);
                            Socket peer = listener.accept()) {
                        rt.spawn(() -> copyUnlessClosed(between, behind));
                        Slow slow = new Slow();
                        rt.spawn(() -> slow.copy(behind, between));
                        Tls tls = server();
                        Frame<TlsSocket> accepting = rt.spawnCall(() -> tls.server(peer));
                        TlsSocket client = socket.tls(client(), HOST);
                        TlsSocket server = accepting.join();
                        slow.isSlow = true;
                        server.writeAll(bytes("a sentence"));
                        for (int i = 0; i < 5; i++) {
                            assertExceeded(
                                    () ->
                                            Deadline.within(
                                                    SOON,
                                                    () -> client.read(ByteBuffer.allocate(10))));
                        }
                        slow.isSlow = false;
                        assertThat(text(client, 10)).isEqualTo("a sentence");
                        client.close();
                        server.close();
                    }
                });
    }

    private static void copyUnlessClosed(Socket from, Socket to) {
        try {
            to.transferFrom(from, Long.MAX_VALUE);
        } catch (IOException e) {
            // The test has ended.
        }
    }

    /** Passes on what comes, the last byte only when it is not slow. */
    final class Slow {

        boolean isSlow;

        void copy(Socket from, Socket to) throws IOException {
            try {
                for (ByteBuf data; (data = from.recv()) != null; ) {
                    if (isSlow) {
                        to.sendAll(data.readRetainedSlice(data.readableBytes() - 1));
                        while (isSlow) {
                            Frame.delay(Duration.ofMillis(1));
                        }
                    }
                    to.sendAll(data);
                }
            } catch (TardyIOException e) {
                // The test has ended.
            }
        }
    }

    @Test
    default void idleConnectionsHoldNoBuffers() throws Exception {
        UnpooledByteBufAllocator counting = new UnpooledByteBufAllocator(true, true);
        whenSecured(
                tardy().allocator(counting),
                client(),
                server(),
                (rt, client, server) -> {
                    exchange(client, server, 300_000);
                    Frame<ByteBuf> there = rt.spawnCall(() -> server.recv());
                    Frame<Integer> here = rt.spawnCall(() -> client.read(ByteBuffer.allocate(1)));
                    Frame.delay(SOON);
                    assertThat(counting.metric().usedDirectMemory()).isZero();
                    assertThat(counting.metric().usedHeapMemory()).isZero();
                    client.writeAll(bytes("x"));
                    ByteBuf received = there.join();
                    assertThat(received.toString(StandardCharsets.UTF_8)).isEqualTo("x");
                    received.release();
                    server.writeAll(bytes("y"));
                    assertThat(here.join()).isEqualTo(1);
                });
        assertThat(counting.metric().usedDirectMemory()).isZero();
    }

    @Test
    default void aSecondFrameInOneDirectionIsMisuse() throws Exception {
        whenSecured(
                (rt, client, server) -> {
                    Frame<Integer> reading =
                            rt.spawnCall(() -> client.read(ByteBuffer.allocate(1)));
                    Frame.delay(SOON);
                    assertThatThrownBy(() -> client.recv())
                            .isInstanceOf(IllegalStateException.class)
                            .hasMessageContaining("one frame may wait in each direction");
                    server.writeAll(bytes("x"));
                    assertThat(reading.join()).isEqualTo(1);
                    client.close();
                    assertThatThrownBy(() -> client.read(ByteBuffer.allocate(1)))
                            .isInstanceOf(TardyIOException.class)
                            .hasMessageContaining("INVALID_FD");
                });
        assertThatThrownBy(() -> client().handshakeWithin(Duration.ZERO))
                .isInstanceOf(IllegalArgumentException.class);
        withPair(
                (rt, socket, peer) ->
                        assertThatThrownBy(() -> socket.tls(client(), "no_host"))
                                .isInstanceOf(IllegalArgumentException.class)
                                .hasMessageContaining("'no_host'"));
    }

    /** Whoever stops in the middle of a write has not broken the stream. */
    @Test
    default void aWriteThatIsGivenUpIsFinishedByTheNext() throws Exception {
        whenSecured(
                (rt, client, server) -> {
                    ByteBuffer much = ByteBuffer.allocate(64 << 20);
                    assertExceeded(
                            () ->
                                    Deadline.within(
                                            SOON.multipliedBy(9), () -> client.writeAll(much)));
                    int taken = much.position();
                    rt.spawn(() -> client.writeAll(bytes("the end")));
                    ByteBuffer into = ByteBuffer.allocate(16 * 1024);
                    for (int left = taken; left > 0; ) {
                        into.clear().limit(Math.min(left, into.capacity()));
                        left -= server.read(into);
                    }
                    assertThat(text(server, 7)).isEqualTo("the end");
                });
    }

    @Test
    default void aCloseEndsTheWaitOfAnotherFrame() throws Exception {
        UnpooledByteBufAllocator counting = new UnpooledByteBufAllocator(true, true);
        for (boolean isFar : new boolean[] {false, true}) {
            whenSecured(
                    tardy().allocator(counting),
                    client(),
                    server(),
                    (rt, client, server) -> {
                        Frame<Integer> reading =
                                rt.spawnCall(() -> client.read(ByteBuffer.allocate(1)));
                        Frame.delay(SOON);
                        if (isFar) {
                            rt.offload(() -> closed(client)); // on a thread of no runtime
                            assertThatThrownBy(() -> server.read(ByteBuffer.allocate(1)))
                                    .isInstanceOf(TlsException.class);
                        } else {
                            client.close();
                            assertThat(server.read(ByteBuffer.allocate(1))).isEqualTo(-1);
                        }
                        assertThatExceptionOfType(FrameFailedException.class)
                                .isThrownBy(reading::join)
                                .havingCause()
                                .withMessageContaining("INVALID_FD");
                    });
        }
        assertThat(counting.metric().usedDirectMemory()).isZero();
    }

    /** Bytes that have come whole are the reader's, whatever comes behind them. */
    @Test
    default void whatCameBeforeAFailureIsReadFirst() throws Exception {
        inEachVersion(
                (rt, client, server) -> {
                    server.writeAll(bytes("0123456789"));
                    server.socket().sendAll(bytes("this is no record of TLS"));
                    Frame.delay(SOON); // both arrive
                    assertThat(text(client, 4)).isEqualTo("0123");
                    assertThat(text(client, 4)).isEqualTo("4567");
                    ByteBuf rest = client.recv();
                    assertThat(rest.toString(StandardCharsets.UTF_8)).isEqualTo("89");
                    rest.release();
                    for (int i = 0; i < 2; i++) {
                        assertThatThrownBy(() -> client.read(ByteBuffer.allocate(4)))
                                .isInstanceOf(TlsException.class);
                    }
                });
    }

    /** The tickets of a TLS 1.3 server, unread, must not reset the connection at its close. */
    @Test
    @NotSimulated(BUFFERS)
    default void whoOnlyWritesAndClosesIsReadToTheEnd() throws Exception {
        whenSecured(
                (rt, client, server) -> {
                    Frame.delay(SOON); // the tickets arrive
                    Deadline.within(patience(), () -> writeSeeded(client, 1, UNREAD));
                    client.close();
                    readSeeded(server, 1, UNREAD);
                    assertThat(server.read(ByteBuffer.allocate(1))).isEqualTo(-1);
                });
    }

    /** Nor must the goodbye of a peer that waits for the answer. */
    @Test
    @NotSimulated(BUFFERS)
    default void anAnswerIsReadToTheEndByWhoHasSaidGoodbye() throws Exception {
        whenSecured(
                (rt, client, server) -> {
                    client.writeAll(bytes("question"));
                    assertThat(text(server, 8)).isEqualTo("question");
                    client.shutdownOutput();
                    Frame.delay(SOON); // the goodbye arrives
                    Deadline.within(patience(), () -> writeSeeded(server, 2, UNREAD));
                    server.close();
                    readSeeded(client, 2, UNREAD);
                    assertThat(client.read(ByteBuffer.allocate(1))).isEqualTo(-1);
                });
    }

    /** Where a frame cannot be suspended, the goodbye is not waited for, and the close succeeds. */
    @Test
    @NotSimulated(BUFFERS)
    default void aCloseThatCannotWaitIsAClose() throws Exception {
        whenSecured(
                (rt, client, server) -> {
                    assertExceeded(
                            () ->
                                    Deadline.within(
                                            SOON,
                                            () ->
                                                    client.socket()
                                                            .sendAll(
                                                                    ByteBuffer.allocate(
                                                                            64 << 20))));
                    Object outcome =
                            PinnedPlace.NATIVE_CODE.call(
                                    () -> {
                                        client.close();
                                        return "closed";
                                    });
                    assertThat(outcome).isEqualTo("closed");
                    while (!client.socket().isClosed()) { // the loop does it, a little later
                        Frame.yield();
                    }
                });
    }

    private static boolean closed(TlsSocket socket) throws IOException {
        socket.close();
        return socket.isClosed();
    }
}
