package io.tardy.testsuite.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import io.netty.util.ReferenceCountUtil;
import io.tardy.Deadline;
import io.tardy.Frame;
import io.tardy.Scope;
import io.tardy.Tardy;
import io.tardy.TardyRuntime;
import io.tardy.Threading;
import io.tardy.aio.AsyncType;
import io.tardy.net.Socket;
import io.tardy.net.Tls;
import io.tardy.net.TlsException;
import io.tardy.net.TlsSocket;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tardy's own sockets behind TLS, with contexts of Netty's on OpenSSL and on the JDK. */
@Timeout(30)
class OpenSslSocketTest {

    private static final int LENGTH = 4 << 20;

    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private static final ApplicationProtocolConfig PROTOCOLS =
            new ApplicationProtocolConfig(
                    Protocol.ALPN,
                    SelectorFailureBehavior.NO_ADVERTISE,
                    SelectedListenerFailureBehavior.ACCEPT,
                    "h2");

    /** Uses both ends of a connection. */
    @FunctionalInterface
    private interface Ends {
        void use(TlsSocket client, TlsSocket server) throws Exception;
    }

    private static X509Bundle certificate() throws Exception {
        return new CertificateBuilder()
                .ecp256()
                .subject("CN=localhost")
                .addSanDnsName("localhost")
                .setIsCertificateAuthority(true)
                .buildSelfSigned();
    }

    private static void connected(
            UnpooledByteBufAllocator allocator, SslContext client, SslContext server, Ends ends)
            throws Exception {
        CompletableFuture<Void> end = new CompletableFuture<>();
        try (Tardy tardy =
                Tardy.builder()
                        .async(AsyncType.EPOLL)
                        .threading(Threading.single())
                        .allocator(allocator)
                        .build()) {
            tardy.entry(
                    ends,
                    (rt, e) ->
                            rt.spawn(
                                    () -> {
                                        try {
                                            connect(rt, client, server, e);
                                            end.complete(null);
                                        } catch (Throwable t) {
                                            end.completeExceptionally(t);
                                            rt.stop();
                                        }
                                    }));
        }
        end.get(20, TimeUnit.SECONDS);
    }

    private static void connect(TardyRuntime rt, SslContext client, SslContext server, Ends ends)
            throws Exception {
        try (Socket listener = Socket.tcp("127.0.0.1", 0).bind().listen(8)) {
            Frame<TlsSocket> accepting =
                    rt.spawnCall(() -> Tls.ofNetty(server).server(listener.accept()));
            int port = ((InetSocketAddress) listener.localAddress()).getPort();
            try (Socket socket = Socket.tcp("127.0.0.1", port);
                    TlsSocket here = socket.connect().tls(Tls.ofNetty(client), "localhost");
                    TlsSocket there = accepting.join()) {
                ends.use(here, there);
            }
        }
    }

    private static void write(TlsSocket to, long seed) throws IOException {
        byte[] content = new byte[LENGTH];
        new SplittableRandom(seed).nextBytes(content);
        to.writeAll(ByteBuffer.wrap(content));
    }

    private static void read(TlsSocket from, long seed) throws IOException {
        byte[] expected = new byte[LENGTH];
        new SplittableRandom(seed).nextBytes(expected);
        ByteBuffer all = ByteBuffer.allocate(LENGTH);
        while (all.hasRemaining()) {
            // Less room than a record has bytes, now and then.
            int room = Math.min(all.remaining(), 1 + all.position() % 40_000);
            ByteBuffer into = all.slice(all.position(), room);
            assertThat(from.read(into)).isPositive();
            all.position(all.position() + into.position());
        }
        assertThat(all.array()).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "OPENSSL, OPENSSL, TLSv1.3",
        "OPENSSL, OPENSSL, TLSv1.2",
        "OPENSSL_REFCNT, OPENSSL_REFCNT, TLSv1.3",
        "OPENSSL, JDK, TLSv1.3",
        "JDK, OPENSSL, TLSv1.3",
        "JDK, OPENSSL, TLSv1.2"
    })
    void everyByteAndTheEnd(SslProvider ofClient, SslProvider ofServer, String version)
            throws Exception {
        OpenSsl.ensureAvailability();
        X509Bundle certificate = certificate();
        SslContext server =
                SslContextBuilder.forServer(
                                certificate.getKeyPair().getPrivate(), certificate.getCertificate())
                        .sslProvider(ofServer)
                        .applicationProtocolConfig(PROTOCOLS)
                        .build();
        SslContext client = client(ofClient, version, certificate);
        SslContext distrusting = client(ofClient, version, certificate());
        UnpooledByteBufAllocator counting = new UnpooledByteBufAllocator(true, true);
        connected(counting, client, server, (here, there) -> exchange(here, there, version));
        assertThatThrownBy(() -> connected(counting, distrusting, server, (here, there) -> {}))
                .rootCause()
                .isInstanceOf(Exception.class);
        assertThat(counting.metric().usedDirectMemory()).isZero();
        assertThat(counting.metric().usedHeapMemory()).isZero();
        ReferenceCountUtil.release(client);
        ReferenceCountUtil.release(distrusting);
        ReferenceCountUtil.release(server);
    }

    private static SslContext client(SslProvider provider, String version, X509Bundle trusted)
            throws Exception {
        return SslContextBuilder.forClient()
                .sslProvider(provider)
                .protocols(version)
                .trustManager(trusted.getCertificate())
                .applicationProtocolConfig(PROTOCOLS)
                .build();
    }

    private static void exchange(TlsSocket here, TlsSocket there, String version) throws Exception {
        assertThat(here.session().getProtocol()).isEqualTo(version);
        assertThat(here.applicationProtocol()).isEqualTo("h2");
        assertThat(there.applicationProtocol()).isEqualTo("h2");
        try (Scope scope = Scope.open()) {
            scope.fork(() -> write(here, 1));
            scope.fork(() -> write(there, 2));
            scope.fork(() -> read(here, 2));
            scope.fork(() -> read(there, 1));
            scope.join();
        }
        there.writeAll(ByteBuffer.wrap(new byte[] {1}));
        ByteBuf last = here.recv();
        assertThat(last.readableBytes()).isOne();
        last.release();
        here.shutdownOutput();
        assertThat(there.recv()).isNull();
        there.close();
        assertThat(here.read(ByteBuffer.allocate(1))).isEqualTo(-1);
    }

    /** The engine on OpenSSL says at first that all is well. */
    @ParameterizedTest
    @CsvSource({"OPENSSL, TLSv1.3", "OPENSSL, TLSv1.2", "JDK, TLSv1.3"})
    void aWrongRecordIsAFailureHereAndAnAlertThere(SslProvider ofClient, String version)
            throws Exception {
        OpenSsl.ensureAvailability();
        X509Bundle certificate = certificate();
        SslContext server =
                SslContextBuilder.forServer(
                                certificate.getKeyPair().getPrivate(), certificate.getCertificate())
                        .sslProvider(SslProvider.OPENSSL)
                        .build();
        SslContext client = client(ofClient, version, certificate);
        UnpooledByteBufAllocator counting = new UnpooledByteBufAllocator(true, true);
        connected(
                counting,
                client,
                server,
                (here, there) -> Deadline.within(PATIENCE, () -> refuse(here, there)));
        assertThat(counting.metric().usedDirectMemory()).isZero();
        ReferenceCountUtil.release(client);
        ReferenceCountUtil.release(server);
    }

    private static void refuse(TlsSocket here, TlsSocket there) throws Exception {
        there.writeAll(ByteBuffer.wrap(new byte[] {1, 2}));
        ByteBuffer wrong = ByteBuffer.allocate(45).put(new byte[] {23, 3, 3, 0, 40}).clear();
        there.socket().sendAll(wrong);
        ByteBuffer first = ByteBuffer.allocate(1);
        assertThat(here.read(first)).isOne();
        assertThat(here.read(first.clear())).isOne();
        for (int i = 0; i < 2; i++) {
            assertThatThrownBy(() -> here.read(first.clear()))
                    .isInstanceOf(TlsException.class)
                    .hasMessageMatching("TLS has failed: [^.]*(?:BAD_DECRYPT|Tag mismatch).*");
        }
        assertThatThrownBy(() -> here.write(ByteBuffer.allocate(1)))
                .isInstanceOf(TlsException.class);
        assertThatThrownBy(() -> there.read(first.clear()))
                .isInstanceOf(TlsException.class)
                .hasMessageContaining("the peer refused: bad_record_mac");
    }
}
