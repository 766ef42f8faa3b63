package io.tardy.testsuite;

import static io.tardy.testsuite.DeadlineContract.SOON;
import static io.tardy.testsuite.DeadlineContract.assertExceeded;
import static io.tardy.testsuite.TlsFixture.bytes;
import static io.tardy.testsuite.TlsFixture.client;
import static io.tardy.testsuite.TlsFixture.server;
import static io.tardy.testsuite.TlsFixture.speaking;
import static io.tardy.testsuite.TlsFixture.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.UnpooledByteBufAllocator;
import io.tardy.Deadline;
import io.tardy.Frame;
import io.tardy.Scope;
import io.tardy.aio.CancelledException;
import io.tardy.net.Socket;
import io.tardy.net.Tls;
import io.tardy.net.TlsException;
import io.tardy.net.TlsSocket;
import io.tardy.stream.ByteWriter;
import io.tardy.stream.Stream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Queue;
import org.junit.jupiter.api.Test;

/** A connection that was cut, by whomever, does not look like one that has ended. */
interface TlsEndContract extends TlsFixture {

    /** More than two kernels take. */
    int MUCH = 64 << 20;

    /** Reads all there is; fails if that ends as it should. */
    private static void assertCut(TlsSocket peer) {
        ByteBuffer into = ByteBuffer.allocate(16 * 1024);
        assertThatThrownBy(
                        () -> {
                            while (peer.read(into.clear()) >= 0) {
                                // what came before
                            }
                        })
                .isInstanceOfSatisfying(
                        TlsException.class, e -> assertThat(e.isTruncation()).isTrue());
    }

    /** What a client sees of a server with this handler; the failures of the server's frames. */
    private Queue<String> served(String version, Tls.Handler handler, Secured seeing)
            throws Exception {
        return uncaughtIn(
                rt -> {
                    try (Socket listener = TransportFixture.listenAnywhere()) {
                        Tls tls = server();
                        rt.spawn(() -> listener.serve(tls.serving(handler)));
                        try (Socket socket = TransportFixture.connectTo(listener);
                                TlsSocket client = socket.tls(speaking(client(), version), HOST)) {
                            seeing.use(rt, client, null);
                        }
                    }
                });
    }

    @Test
    default void anAnswerThatAHandlerDoesNotFinishIsCut() throws Exception {
        for (String version : VERSIONS) {
            Queue<String> failures =
                    served(
                            version,
                            peer -> {
                                peer.writeAll(bytes("half an ans"));
                                throw new IllegalStateException("no more");
                            },
                            (rt, client, none) -> {
                                assertThat(text(client, 11)).isEqualTo("half an ans");
                                assertCut(client);
                            });
            assertThat(failures).containsExactly("no more");
        }
    }

    @Test
    default void aHandlerThatIsCancelledHasNotFinished() throws Exception {
        Queue<String> failures =
                served(
                        "TLSv1.3",
                        peer -> {
                            peer.writeAll(bytes("x"));
                            Deadline.within(SOON, () -> peer.read(ByteBuffer.allocate(1)));
                        },
                        (rt, client, none) -> {
                            assertThat(text(client, 1)).isEqualTo("x");
                            assertCut(client);
                        });
        assertThat(failures).hasSize(1);
    }

    @Test
    default void aHandlerThatHasSaidGoodbyeItselfHasFinished() throws Exception {
        served(
                "TLSv1.3",
                peer -> {
                    peer.writeAll(bytes("an answer"));
                    peer.shutdownOutput();
                    throw new IllegalStateException("behind it");
                },
                (rt, client, none) -> {
                    assertThat(text(client, 9)).isEqualTo("an answer");
                    assertThat(client.read(ByteBuffer.allocate(1))).isEqualTo(-1);
                });
    }

    @Test
    default void aWriteThatIsGivenUpIsNoEnd() throws Exception {
        inEachVersion(
                (rt, client, server) -> {
                    assertExceeded(
                            () ->
                                    Deadline.within(
                                            SOON,
                                            () -> client.writeAll(ByteBuffer.allocate(MUCH))));
                    try (Scope scope = Scope.open()) {
                        scope.fork(client::close); // there will be room for a goodbye
                        assertCut(server);
                        scope.join();
                    }
                });
    }

    /** It is given up, but nothing of it is missing: the rest is on its way, and the end too. */
    @Test
    default void whatWasTakenWholeGoesOutBeforeTheGoodbye() throws Exception {
        whenSecured(
                (rt, client, server) -> {
                    int size = 16 * 1024; // of one record
                    int[] written = new int[1];
                    assertExceeded(
                            () ->
                                    Deadline.within(
                                            SOON,
                                            () -> {
                                                for (; ; ) {
                                                    written[0]++;
                                                    client.writeAll(ByteBuffer.allocate(size));
                                                }
                                            }));
                    try (Scope scope = Scope.open()) {
                        scope.fork(client::close);
                        assertThat(length(server)).isEqualTo((long) written[0] * size);
                        scope.join();
                    }
                });
    }

    /** Reads to the end. */
    private static long length(TlsSocket peer) throws IOException {
        ByteBuffer into = ByteBuffer.allocate(16 * 1024);
        long length = 0;
        for (int count; (count = peer.read(into.clear())) >= 0; ) {
            length += count;
        }
        return length;
    }

    @Test
    default void aFrameThatIsCancelledBetweenWritesHasSaidAll() throws Exception {
        whenSecured(
                (rt, client, server) -> {
                    Frame<Void> asking =
                            rt.spawn(
                                    () -> {
                                        try (client) {
                                            client.writeAll(bytes("hello"));
                                            client.read(ByteBuffer.allocate(1));
                                        }
                                    });
                    assertThat(text(server, 5)).isEqualTo("hello");
                    asking.cancel();
                    DeadlineContract.assertCauseIs(CancelledException.class, asking);
                    assertThat(server.read(ByteBuffer.allocate(1))).isEqualTo(-1);
                });
    }

    /** What a frame says to its peer. */
    @FunctionalInterface
    interface Saying {
        void to(TlsSocket peer) throws IOException;
    }

    /** What the server says when it is cancelled, and what the client then sees. */
    private void cancelled(Saying last, Secured seeing) throws Exception {
        whenSecured(
                (rt, client, server) -> {
                    Frame<Void> answering =
                            rt.spawn(
                                    () -> {
                                        try (server) {
                                            try {
                                                server.read(ByteBuffer.allocate(1));
                                            } finally {
                                                last.to(server);
                                            }
                                        }
                                    });
                    Frame.delay(SOON);
                    answering.cancel();
                    DeadlineContract.assertCauseIs(CancelledException.class, answering);
                    seeing.use(rt, client, server);
                });
    }

    @Test
    default void aWriteThatACancelHasPreventedIsMissed() throws Exception {
        cancelled(
                peer -> peer.writeAll(ByteBuffer.allocate(MUCH)),
                (rt, client, server) -> assertCut(client));
    }

    /** The first is taken whole, and the others are not. */
    @Test
    default void whatACancelHasPreventedOfSeveralBuffersIsMissed() throws Exception {
        cancelled(
                peer -> peer.writeAll(bytes("an "), bytes("ans"), bytes("wer")),
                (rt, client, server) -> assertCut(client));
        cancelled(
                peer -> {
                    ByteWriter writer = peer.writer();
                    writer.write("the head of an answer");
                    writer.write(ByteBuffer.allocate(ByteWriter.BUFFER_BYTES));
                },
                (rt, client, server) -> assertCut(client));
    }

    /** What there is to be copied, in parts. */
    final class Source implements Stream {

        private int parts = 3;

        @Override
        public int read(ByteBuffer into) {
            if (parts == 0) {
                return -1;
            }
            parts--;
            into.put((byte) 'x');
            return 1;
        }

        @Override
        public int write(ByteBuffer from) {
            throw new UnsupportedOperationException();
        }
    }

    @Test
    default void aCopyThatIsGivenUpIsCut() throws Exception {
        cancelled(
                peer -> Stream.copy(new Source(), peer), (rt, client, server) -> assertCut(client));
    }

    /** It does not wait, but what fits into a record was taken, and goes out before the goodbye. */
    @Test
    default void theLastWordOfACancelledFrameIsHeard() throws Exception {
        cancelled(
                peer -> peer.writeAll(bytes("bye")),
                (rt, client, server) -> {
                    assertThat(text(client, 3)).isEqualTo("bye");
                    assertThat(client.read(ByteBuffer.allocate(1))).isEqualTo(-1);
                });
    }

    @Test
    default void aWriteThatIsFinishedLaterIsNotCut() throws Exception {
        whenSecured(
                (rt, client, server) -> {
                    ByteBuffer much = ByteBuffer.allocate(MUCH / 8);
                    assertExceeded(() -> Deadline.within(SOON, () -> client.writeAll(much)));
                    try (Scope scope = Scope.open()) {
                        scope.fork(
                                () -> {
                                    client.writeAll(much);
                                    client.close();
                                });
                        assertThat(length(server)).isEqualTo(much.capacity());
                        scope.join();
                    }
                });
    }

    @Test
    default void whoClosesTheSocketBelowCuts() throws Exception {
        UnpooledByteBufAllocator counting = new UnpooledByteBufAllocator(true, true);
        whenSecured(
                tardy().allocator(counting),
                client(),
                server(),
                (rt, client, server) -> {
                    server.writeAll(bytes("half an ans"));
                    assertThat(text(client, 11)).isEqualTo("half an ans");
                    server.socket().close();
                    server.close();
                    assertCut(client);
                });
        assertThat(counting.metric().usedDirectMemory()).isZero();
        assertThat(counting.metric().usedHeapMemory()).isZero();
    }

    /** A peer that goes on behind its goodbye is not heard, and breaks nothing. */
    @Test
    default void whatComesBehindTheEndIsNotRead() throws Exception {
        whenSecured(
                (rt, client, server) -> {
                    client.writeAll(bytes("hello"));
                    client.shutdownOutput();
                    client.socket().sendAll(bytes("this is no record of TLS"));
                    assertThat(text(server, 5)).isEqualTo("hello");
                    for (int i = 0; i < 3; i++) {
                        assertThat(server.read(ByteBuffer.allocate(1))).isEqualTo(-1);
                        assertThat(server.recv()).isNull();
                    }
                    server.writeAll(bytes("answer"));
                    assertThat(text(client, 6)).isEqualTo("answer");
                });
    }
}
