package io.tardy.testsuite;

import static io.tardy.testsuite.DeadlineContract.SOON;
import static io.tardy.testsuite.DeadlineContract.assertExceeded;
import static io.tardy.testsuite.TlsFixture.bytes;
import static io.tardy.testsuite.TlsFixture.client;
import static io.tardy.testsuite.TlsFixture.context;
import static io.tardy.testsuite.TlsFixture.exchange;
import static io.tardy.testsuite.TlsFixture.server;
import static io.tardy.testsuite.TlsFixture.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.UnpooledByteBufAllocator;
import io.tardy.Deadline;
import io.tardy.Frame;
import io.tardy.TardyRuntime;
import io.tardy.aio.CancelledException;
import io.tardy.net.Socket;
import io.tardy.net.Tls;
import io.tardy.net.TlsException;
import io.tardy.net.TlsSocket;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Queue;
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
}
