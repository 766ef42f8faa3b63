package io.tardy.testsuite;

import static io.tardy.testsuite.DeadlineContract.SOON;
import static io.tardy.testsuite.DeadlineContract.assertExceeded;
import static io.tardy.testsuite.TlsFixture.bytes;
import static io.tardy.testsuite.TlsFixture.client;
import static io.tardy.testsuite.TlsFixture.context;
import static io.tardy.testsuite.TlsFixture.exchange;
import static io.tardy.testsuite.TlsFixture.readSeeded;
import static io.tardy.testsuite.TlsFixture.server;
import static io.tardy.testsuite.TlsFixture.speaking;
import static io.tardy.testsuite.TlsFixture.text;
import static io.tardy.testsuite.TlsFixture.writeSeeded;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import io.tardy.Deadline;
import io.tardy.Frame;
import io.tardy.FrameFailedException;
import io.tardy.TardyRuntime;
import io.tardy.aio.CancelledException;
import io.tardy.aio.TardyIOException;
import io.tardy.net.Socket;
import io.tardy.net.Tls;
import io.tardy.net.TlsException;
import io.tardy.net.TlsSocket;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import javax.net.ssl.SNIServerName;
import org.junit.jupiter.api.Test;

/** How TLS on sockets begins: with whom, how long that may take, and what is said of failures. */
interface TlsHandshakeContract extends TlsFixture {

    /** What both ends say of a handshake that fails. */
    private List<String> failures(Tls client, String host, Tls server) throws Exception {
        String[] said = new String[2];
        withPair(
                (rt, socket, peer) -> {
                    Frame<Void> serving =
                            rt.spawn(
                                    () -> {
                                        try (TlsSocket there = server.server(peer)) {
                                            there.read(ByteBuffer.allocate(1));
                                        } catch (TlsException e) {
                                            said[1] = e.getMessage();
                                        }
                                    });
                    try (TlsSocket here = socket.tls(client, host)) {
                        here.read(ByteBuffer.allocate(1));
                    } catch (TlsException e) {
                        said[0] = e.getMessage();
                    }
                    serving.join();
                    assertThat(socket.isClosed()).isTrue();
                    assertThat(peer.isClosed()).isTrue();
                });
        return List.of(said);
    }

    @Test
    default void aWrongCertificateIsOneSentence() throws Exception {
        List<String> wrongHost = failures(client(), "wrong.example", server());
        assertThat(wrongHost.get(0))
                .contains("handshake with wrong.example (", "certificate of the peer is refused")
                .contains("wrong.example found");
        assertThat(wrongHost.get(1)).contains("the peer refused: certificate_unknown");
        Tls distrusting = Tls.of(context(null, Certificates.OTHER));
        List<String> untrusted = failures(distrusting, HOST, server());
        assertThat(untrusted.get(0))
                .contains("refused: unable to find valid certification path to requested target");
        assertThat(untrusted.get(1)).contains("the peer refused: certificate_unknown");
        whenSecured(
                client().withoutHostVerification(),
                server(),
                (rt, client, server) -> exchange(client, server, 10));
    }

    @Test
    default void aCertificateThatIsNoLongerValidIsOneSentence() throws Exception {
        X509Bundle expired =
                new CertificateBuilder()
                        .ecp256()
                        .subject("CN=" + HOST)
                        .addSanDnsName(HOST)
                        .notBefore(Instant.parse("2001-01-01T00:00:00Z"))
                        .notAfter(Instant.parse("2002-01-01T00:00:00Z"))
                        .buildIssuedBy(Certificates.SERVER);
        Tls late = Tls.of(context(expired, Certificates.OTHER));
        List<String> said = failures(client(), HOST, late);
        assertThat(said.get(0))
                .contains("handshake with localhost (", "certificate of the peer is refused: ")
                .contains("NotAfter: ", "2002");
        assertThat(said.get(0).lines()).hasSize(1);
        assertThat(said.get(1)).contains("the peer refused: certificate_expired");
    }

    /** As many certificates as nobody has, which would cost memory and time. */
    @Test
    default void aChainThatIsTooLongIsOneSentence() throws Exception {
        X509Bundle last = Certificates.OTHER;
        for (int i = 0; i < 20; i++) {
            last =
                    new CertificateBuilder()
                            .ecp256()
                            .subject("CN=" + i)
                            .setIsCertificateAuthority(true)
                            .buildIssuedBy(last);
        }
        Tls client = Tls.of(context(last, Certificates.SERVER));
        List<String> said = failures(client, HOST, server().requireClientCertificate());
        assertThat(said.get(1)).contains("chain length").hasSizeLessThan(300);
        assertThat(said.get(1).lines()).hasSize(1);
        assertThat(said.get(0)).contains("the peer refused: ");
    }

    @Test
    default void clientsShowTheirCertificates() throws Exception {
        Tls asking = server().requireClientCertificate();
        Tls known = Tls.of(context(Certificates.OTHER, Certificates.SERVER));
        whenSecured(
                known,
                asking,
                (rt, client, server) -> {
                    X509Certificate shown =
                            (X509Certificate) server.session().getPeerCertificates()[0];
                    assertThat(shown).isEqualTo(Certificates.OTHER.getCertificate());
                });
        assertThat(failures(client(), HOST, asking).get(0)).contains("peer refused", "certificate");
        whenSecured(
                client(),
                server().requestClientCertificate(),
                (rt, client, server) -> exchange(client, server, 10));
    }

    @Test
    default void bothAgreeOnAProtocol() throws Exception {
        Tls serving = server().applicationProtocols("h2", "http/1.1");
        whenSecured(
                client().applicationProtocols("http/1.1", "h2"),
                serving,
                (rt, client, server) -> {
                    assertThat(client.applicationProtocol()).isEqualTo("h2");
                    assertThat(server.applicationProtocol()).isEqualTo("h2");
                });
        whenSecured(
                client(),
                serving,
                (rt, client, server) -> assertThat(server.applicationProtocol()).isNull());
        assertThat(failures(client().applicationProtocols("mqtt"), HOST, serving).get(0))
                .contains("the peer refused: no_application_protocol");
    }

    @Test
    default void aHandshakeEndsWithItsDeadlineOrItsFrame() throws Exception {
        UnpooledByteBufAllocator counting = new UnpooledByteBufAllocator(true, true);
        inFrame(
                tardy().allocator(counting),
                rt -> {
                    try (Socket listener = TransportFixture.listenAnywhere()) {
                        for (int i = 0; i < 30; i++) {
                            try (Socket silent = TransportFixture.connectTo(listener);
                                    Socket peer = listener.accept()) {
                                giveUp(rt, i, silent);
                                assertThat(silent.isClosed()).isTrue();
                            }
                        }
                    }
                });
        assertThat(counting.metric().usedDirectMemory()).isZero();
        assertThat(counting.metric().usedHeapMemory()).isZero();
    }

    private static void giveUp(TardyRuntime rt, int way, Socket silent) throws Exception {
        Tls tls = client();
        if (way % 3 == 0) {
            assertExceeded(() -> Deadline.within(SOON, () -> silent.tls(tls, HOST)));
        } else if (way % 3 == 1) {
            assertThatThrownBy(() -> silent.tls(tls.handshakeWithin(SOON), HOST))
                    .isInstanceOf(TlsException.class)
                    .hasMessageContaining("it was not done in PT0.003S");
        } else {
            Frame<TlsSocket> waiting = rt.spawnCall(() -> silent.tls(tls, HOST));
            Frame.delay(SOON);
            waiting.cancel();
            DeadlineContract.assertCauseIs(CancelledException.class, waiting);
        }
    }

    @Test
    default void aPlainConnectionGoesOnInTls() throws Exception {
        withPair(
                (rt, socket, peer) -> {
                    Tls tls = server();
                    Frame<TlsSocket> accepting =
                            rt.spawnCall(
                                    () -> {
                                        peer.sendAll(bytes("220 ready\n"));
                                        ByteBuffer line = ByteBuffer.allocate(4096);
                                        while (line.position() < 100) { // and of a ClientHello
                                            peer.recv(line);
                                        }
                                        line.flip().position("STARTTLS\n".length());
                                        return tls.server(peer, line);
                                    });
                    assertThat(text(socket, 10)).isEqualTo("220 ready\n");
                    socket.sendAll(bytes("STARTTLS\n"));
                    try (TlsSocket client = socket.tls(client(), HOST);
                            TlsSocket server = accepting.join()) {
                        exchange(client, server, 100_000);
                    }
                });
    }

    @Test
    default void whoDoesNotSpeakTlsIsToldSo() throws Exception {
        Queue<String> uncaught =
                uncaughtIn(
                        rt -> {
                            try (Socket listener = TransportFixture.listenAnywhere()) {
                                Tls tls = server();
                                rt.spawn(() -> listener.serve(tls.serving(peer -> echo(peer))));
                                try (Socket plain = TransportFixture.connectTo(listener)) {
                                    plain.sendAll(bytes("GET / HTTP/1.1\r\n\r\n"));
                                    while (plain.recv(ByteBuffer.allocate(99)) >= 0) {
                                        // an alert, perhaps
                                    }
                                }
                                try (Socket socket = TransportFixture.connectTo(listener);
                                        TlsSocket client = socket.tls(client(), HOST)) {
                                    client.writeAll(bytes("hello"));
                                    assertThat(text(client, 5)).isEqualTo("hello");
                                }
                            }
                        });
        assertThat(uncaught).isEmpty();
        withPair(
                (rt, socket, peer) -> {
                    peer.sendAll(bytes("220 smtp.example ready\r\n"));
                    assertThatThrownBy(() -> socket.tls(client(), HOST))
                            .isInstanceOfSatisfying(
                                    TlsException.class, e -> assertThat(e.isInHandshake()).isTrue())
                            .hasMessageEndingWith("failed: the peer does not speak TLS");
                });
    }

    private static void echo(TlsSocket peer) throws IOException {
        ByteBuffer data = ByteBuffer.allocateDirect(16 * 1024);
        while (peer.read(data.clear()) >= 0) {
            peer.writeAll(data.flip());
        }
    }

    /** What somebody has put behind the agreement is no command and no answer, but broken TLS. */
    @Test
    default void whatIsInjectedBeforeTlsIsNotReadAsData() throws Exception {
        withPair(
                (rt, socket, peer) -> {
                    ByteBuffer injected = bytes("B OK not by the server\r\n");
                    assertThatThrownBy(() -> client().client(socket, HOST, injected))
                            .isInstanceOf(TlsException.class)
                            .hasMessageEndingWith("the peer does not speak TLS");
                });
    }

    /** What a peer has sent may be in the message: on one line, and not more than is read. */
    @Test
    default void whatThePeerHasItsSayInFitsOnALine() throws Exception {
        byte[] name =
                ("evil\nWARNING: nothing to see\u2028\u0085" + "x".repeat(5_000)).getBytes(UTF_8);
        Tls client =
                client().parameters(
                                parameters ->
                                        parameters.setServerNames(
                                                List.of(new SNIServerName(0, name) {})));
        String said = failures(client, HOST, server()).get(1);
        assertThat(said).contains("evil").hasSizeLessThan(600);
        assertThat(said.lines()).hasSize(1);
        assertThat(said).doesNotContain("\u2028").doesNotContain("\u0085");
    }

    @Test
    default void parametersAddUp() throws Exception {
        whenSecured(
                speaking(client(), "TLSv1.2")
                        .parameters(parameters -> parameters.setUseCipherSuitesOrder(true)),
                server(),
                (rt, client, server) ->
                        assertThat(client.session().getProtocol()).isEqualTo("TLSv1.2"));
        assertThatThrownBy(() -> client().applicationProtocols("h2", ""))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    default void aCancelAtAnyMomentLeavesNothing() throws Exception {
        UnpooledByteBufAllocator counting = new UnpooledByteBufAllocator(true, true);
        Tls client = client();
        Tls server = server();
        inFrame(
                tardy().allocator(counting),
                rt -> {
                    try (Socket listener = TransportFixture.listenAnywhere()) {
                        for (int moment = 0; moment < 60; moment++) {
                            try (Socket socket = TransportFixture.connectTo(listener);
                                    Socket peer = listener.accept()) {
                                Frame<TlsSocket> here =
                                        rt.spawnCall(() -> socket.tls(client, HOST));
                                Frame<TlsSocket> there = rt.spawnCall(() -> server.server(peer));
                                Frame.delay(Duration.ofNanos(moment * 100_000L));
                                (moment % 2 == 0 ? here : there).cancel();
                                closeIfMade(here);
                                closeIfMade(there);
                                assertThat(socket.isClosed()).isTrue();
                                assertThat(peer.isClosed()).isTrue();
                            }
                        }
                    }
                });
        assertThat(counting.metric().usedDirectMemory()).isZero();
        assertThat(counting.metric().usedHeapMemory()).isZero();
    }

    private static void closeIfMade(Frame<TlsSocket> making) throws Exception {
        try {
            making.join().close();
        } catch (FrameFailedException e) {
            assertThat(e.getCause()).isInstanceOfAny(TlsException.class, CancelledException.class);
        }
    }

    /** Somebody on the way changes a bit: who reads gets what was sent, or an error. */
    @Test
    default void aBitThatIsChangedOnTheWayIsNeverReadAsData() throws Exception {
        long seed = Seeds.draw("aBitThatIsChangedOnTheWayIsNeverReadAsData");
        SplittableRandom random = new SplittableRandom(seed);
        UnpooledByteBufAllocator counting = new UnpooledByteBufAllocator(true, true);
        Tls client = client().handshakeWithin(Duration.ofMillis(300));
        Tls server = server().handshakeWithin(Duration.ofMillis(300));
        inFrame(
                tardy().allocator(counting),
                rt -> {
                    try (Socket listener = TransportFixture.listenAnywhere()) {
                        for (int round = 0; round < 30; round++) {
                            changing(rt, listener, random, client, server);
                        }
                    }
                });
        assertThat(counting.metric().usedDirectMemory()).as("seed %d", seed).isZero();
    }

    private static void changing(
            TardyRuntime rt, Socket listener, SplittableRandom random, Tls client, Tls server)
            throws Exception {
        int at = random.nextInt(9_000);
        boolean isToServer = random.nextBoolean();
        try (Socket socket = TransportFixture.connectTo(listener);
                Socket before = listener.accept();
                Socket behind = TransportFixture.connectTo(listener);
                Socket peer = listener.accept()) {
            rt.spawn(() -> copyChanged(before, behind, isToServer ? at : -1));
            rt.spawn(() -> copyChanged(behind, before, isToServer ? -1 : at));
            Frame<Void> there = rt.spawn(() -> exchangeUnlessBroken(() -> server.server(peer), 1));
            exchangeUnlessBroken(() -> socket.tls(client, HOST), 2);
            there.join();
        }
    }

    private static void copyChanged(Socket from, Socket to, int at) {
        try {
            int left = at;
            for (ByteBuffer data; (data = from.recvNext()) != null; ) {
                if (left >= 0 && left < data.remaining()) {
                    int index = data.position() + left;
                    data.put(index, (byte) (data.get(index) ^ 1 << (at & 7)));
                }
                left -= data.remaining();
                to.sendAll(data);
            }
            to.shutdownOutput();
        } catch (IOException e) {
            // One end has given up.
        }
    }

    private static void exchangeUnlessBroken(Callable<TlsSocket> making, long seed)
            throws Exception {
        try {
            Deadline.within(
                    Duration.ofMillis(500),
                    () -> {
                        try (TlsSocket here = making.call()) {
                            writeSeeded(here, seed, 2_000);
                            readSeeded(here, 3 - seed, 2_000);
                        }
                    });
        } catch (IOException e) {
            boolean isTold = e instanceof TlsException || e instanceof TardyIOException;
            if (!isTold && !e.getMessage().startsWith("the end")) {
                throw e;
            }
        }
    }
}
