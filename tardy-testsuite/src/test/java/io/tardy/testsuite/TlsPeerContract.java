package io.tardy.testsuite;

import static io.tardy.testsuite.TlsFixture.bytes;
import static io.tardy.testsuite.TlsFixture.context;
import static io.tardy.testsuite.TlsFixture.readSeeded;
import static io.tardy.testsuite.TlsFixture.server;
import static io.tardy.testsuite.TlsFixture.speaking;
import static io.tardy.testsuite.TlsFixture.text;
import static io.tardy.testsuite.TlsFixture.writeSeeded;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tardy.Frame;
import io.tardy.Scope;
import io.tardy.net.Socket;
import io.tardy.net.Tls;
import io.tardy.net.TlsException;
import io.tardy.net.TlsSocket;
import io.tardy.stream.Stream;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.junit.jupiter.api.Test;

/** TLS on sockets, with the JDK's {@code SSLSocket} at the other end. */
@NotSimulated(NotSimulated.PEERS)
interface TlsPeerContract extends TlsFixture {

    /** A socket of the JDK's, as what the tests read and write. */
    record Jdk(SSLSocket socket) implements Stream, AutoCloseable {

        @Override
        public int read(ByteBuffer into) throws IOException {
            byte[] bytes = new byte[into.remaining()];
            int count = socket.getInputStream().read(bytes);
            if (count > 0) {
                into.put(bytes, 0, count);
            }
            return count;
        }

        @Override
        public int write(ByteBuffer from) throws IOException {
            byte[] bytes = new byte[from.remaining()];
            from.get(bytes);
            socket.getOutputStream().write(bytes);
            return bytes.length;
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }

    /** What a thread of the JDK does with its end. */
    @FunctionalInterface
    interface JdkBody {
        void run(Jdk peer) throws Exception;
    }

    private static Future<Void> inThread(JdkBody body, Jdk peer) {
        FutureTask<Void> task =
                new FutureTask<>(
                        () -> {
                            body.run(peer);
                            return null;
                        });
        Thread.ofPlatform().daemon().start(task);
        return task;
    }

    private Jdk connected(int port, String version) throws Exception {
        SSLSocket socket =
                (SSLSocket)
                        context(null, Certificates.SERVER)
                                .getSocketFactory()
                                .createSocket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout((int) patience().toMillis());
        socket.setEnabledProtocols(new String[] {version});
        return new Jdk(socket);
    }

    /** A client of the JDK's against a server of ours; it connects in its thread. */
    private void whenAsked(String version, JdkBody asking, Answering answering) throws Exception {
        inFrame(
                rt -> {
                    try (Socket listener = TransportFixture.listenAnywhere()) {
                        int port = TransportFixture.port(listener);
                        CompletableFuture<Void> end = new CompletableFuture<>();
                        Thread.ofPlatform()
                                .daemon()
                                .start(
                                        () -> {
                                            try {
                                                try (Jdk peer = connected(port, version)) {
                                                    asking.run(peer);
                                                }
                                                end.complete(null); // and it is closed
                                            } catch (Throwable e) {
                                                end.completeExceptionally(e);
                                            }
                                        });
                        try (Socket socket = listener.accept();
                                TlsSocket peer = server().server(socket)) {
                            answering.answer(peer);
                        }
                        rt.await(end);
                    }
                });
    }

    /** What a frame does with its end. */
    @FunctionalInterface
    interface Answering {
        void answer(TlsSocket peer) throws Exception;
    }

    @Test
    default void everyByteBothWaysWithTheJdk() throws Exception {
        int length = 4 << 20;
        for (String version : VERSIONS) {
            whenAsked(
                    version,
                    client -> {
                        Future<Void> writing = inThread(c -> writeSeeded(c, 1, length), client);
                        readSeeded(client, 2, length);
                        resultOf(writing);
                    },
                    peer -> {
                        try (Scope scope = Scope.open()) {
                            scope.fork(() -> writeSeeded(peer, 2, length));
                            scope.fork(() -> readSeeded(peer, 1, length));
                            scope.join();
                        }
                        assertThat(peer.read(ByteBuffer.allocate(1))).isEqualTo(-1);
                    });
        }
    }

    /** Each asks for new keys while both send: who reads must answer, and who writes goes on. */
    @Test
    default void keysChangeWhileBothSend() throws Exception {
        int length = 1 << 20;
        int rounds = 20;
        CountDownLatch isRead = new CountDownLatch(1);
        whenAsked(
                "TLSv1.3",
                client -> {
                    Future<Void> writing =
                            inThread(
                                    c -> {
                                        for (int i = 0; i < rounds; i++) {
                                            writeSeeded(c, i, length / rounds);
                                            c.socket().startHandshake(); // a KeyUpdate
                                        }
                                    },
                                    client);
                    readSeeded(client, 99, length);
                    resultOf(writing);
                    // What it has not read when it closes would reset the connection.
                    assertThat(isRead.await(patience().toMillis(), TimeUnit.MILLISECONDS)).isTrue();
                },
                peer -> {
                    try (Scope scope = Scope.open()) {
                        scope.fork(() -> writeSeeded(peer, 99, length));
                        scope.fork(
                                () -> {
                                    for (int i = 0; i < rounds; i++) {
                                        readSeeded(peer, i, length / rounds);
                                    }
                                });
                        scope.join();
                        isRead.countDown();
                    }
                });
    }

    /** A peer that takes nothing and asks for new keys does not keep us from reading. */
    @Test
    default void whoAsksForKeysAndReadsNothingIsReadStill() throws Exception {
        CountDownLatch isRead = new CountDownLatch(1);
        whenAsked(
                "TLSv1.3",
                client -> {
                    client.socket().startHandshake();
                    for (int i = 0; i < 30; i++) {
                        writeSeeded(client, i, 100_000);
                        client.socket().startHandshake();
                    }
                    assertThat(isRead.await(patience().toMillis(), TimeUnit.MILLISECONDS)).isTrue();
                },
                peer -> {
                    ByteBuffer much = ByteBuffer.allocate(64 << 20);
                    try (Scope scope = Scope.open()) {
                        Frame<Void> writing = scope.fork(() -> peer.writeAll(much));
                        Frame.yield();
                        for (int i = 0; i < 30; i++) {
                            readSeeded(peer, i, 100_000);
                        }
                        isRead.countDown();
                        writing.cancel();
                        try {
                            scope.join();
                        } catch (IOException e) {
                            assertThat(much.hasRemaining()).isTrue();
                        }
                    }
                });
    }

    @Test
    default void renegotiationIsRefused() throws Exception {
        whenAsked(
                "TLSv1.2",
                client -> {
                    client.writeAll(bytes("hello"));
                    assertThat(text(client, 5)).isEqualTo("hello");
                    client.socket().startHandshake();
                    assertThatThrownBy(() -> text(client, 1)).isInstanceOf(IOException.class);
                },
                peer -> {
                    assertThat(text(peer, 5)).isEqualTo("hello");
                    peer.writeAll(bytes("hello"));
                    assertThatThrownBy(() -> peer.read(ByteBuffer.allocate(1)))
                            .isInstanceOf(TlsException.class)
                            .hasMessageContaining(
                                    "the peer wants to renegotiate, which is refused");
                    assertThatThrownBy(() -> peer.write(bytes("more")))
                            .isInstanceOf(TlsException.class);
                });
    }

    /** Either side may say all it has to say first; the other one goes on. */
    @Test
    default void eachDirectionEndsByItself() throws Exception {
        int length = 300_000;
        whenAsked(
                "TLSv1.3",
                client -> {
                    writeSeeded(client, 1, length);
                    client.socket().shutdownOutput();
                    readSeeded(client, 2, length);
                    assertThat(client.read(ByteBuffer.allocate(1))).isEqualTo(-1);
                },
                peer -> {
                    readSeeded(peer, 1, length);
                    assertThat(peer.read(ByteBuffer.allocate(1))).isEqualTo(-1);
                    writeSeeded(peer, 2, length);
                });
        whenAsked(
                "TLSv1.3",
                client -> {
                    readSeeded(client, 3, length);
                    assertThat(client.read(ByteBuffer.allocate(1))).isEqualTo(-1);
                    writeSeeded(client, 4, length);
                },
                peer -> {
                    writeSeeded(peer, 3, length);
                    peer.shutdownOutput();
                    readSeeded(peer, 4, length);
                    assertThat(peer.read(ByteBuffer.allocate(1))).isEqualTo(-1);
                });
    }

    /** Certificates are looked at once: the second connection resumes the session of the first. */
    @Test
    default void sessionsAreResumed() throws Exception {
        for (String version : VERSIONS) {
            AtomicInteger looks = new AtomicInteger();
            SSLContext context = SSLContext.getInstance("TLS");
            X509ExtendedTrustManager trust =
                    (X509ExtendedTrustManager) TlsFixture.trust(Certificates.SERVER)[0];
            context.init(null, new TrustManager[] {new Looking(trust, looks)}, null);
            Tls client = speaking(Tls.of(context), version);
            Tls server = server();
            inFrame(
                    rt -> {
                        try (Socket listener = TransportFixture.listenAnywhere()) {
                            rt.spawn(
                                    () ->
                                            listener.serve(
                                                    server.serving(
                                                            peer ->
                                                                    peer.writeAll(
                                                                            bytes("hello")))));
                            for (int i = 0; i < 5; i++) {
                                try (Socket socket = TransportFixture.connectTo(listener);
                                        TlsSocket peer = socket.tls(client, HOST)) {
                                    assertThat(text(peer, 5)).isEqualTo("hello");
                                    assertThat(peer.read(ByteBuffer.allocate(1))).isEqualTo(-1);
                                }
                            }
                        }
                    });
            assertThat(looks).as(version).hasValue(1);
        }
    }

    /** Counts the servers that it looks at. */
    final class Looking extends X509ExtendedTrustManager {

        private final X509ExtendedTrustManager judge;
        private final AtomicInteger looks;

        Looking(X509ExtendedTrustManager judge, AtomicInteger looks) {
            this.judge = judge;
            this.looks = looks;
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine)
                throws CertificateException {
            looks.incrementAndGet();
            judge.checkServerTrusted(chain, type, engine);
        }

        @Override
        public void checkServerTrusted(
                X509Certificate[] chain, String type, java.net.Socket socket) {
            throw new AssertionError("not of a socket");
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {
            throw new AssertionError("not without an engine");
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {
            throw new AssertionError("not as a server");
        }

        @Override
        public void checkClientTrusted(
                X509Certificate[] chain, String type, java.net.Socket socket) {
            throw new AssertionError("not as a server");
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {
            throw new AssertionError("not as a server");
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return judge.getAcceptedIssuers();
        }
    }
}
