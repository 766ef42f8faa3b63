package io.tardy.testsuite;

import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import io.tardy.Frame;
import io.tardy.Scope;
import io.tardy.Tardy;
import io.tardy.TardyRuntime;
import io.tardy.net.Tls;
import io.tardy.net.TlsSocket;
import io.tardy.stream.Stream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.KeyStore;
import java.util.List;
import java.util.SplittableRandom;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;

/** Connections with TLS at both ends, and certificates for them. */
interface TlsFixture extends ConnectedFixture {

    String HOST = "localhost";

    List<String> VERSIONS = List.of("TLSv1.3", "TLSv1.2");

    /** Made once for all. */
    final class Certificates {

        /** Of a server at {@link #HOST}. */
        static final X509Bundle SERVER = selfSigned(HOST);

        /** Of somebody else. */
        static final X509Bundle OTHER = selfSigned("other.example");

        private Certificates() {}

        private static X509Bundle selfSigned(String host) {
            try {
                return new CertificateBuilder()
                        .ecp256()
                        .subject("CN=" + host)
                        .addSanDnsName(host)
                        .setIsCertificateAuthority(true)
                        .buildSelfSigned();
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        }
    }

    static KeyManager[] keys(X509Bundle own) throws Exception {
        KeyManagerFactory keys =
                KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        char[] password = "changeit".toCharArray();
        keys.init(own.toKeyStore(password), password);
        return keys.getKeyManagers();
    }

    static TrustManager[] trust(X509Bundle trusted) throws Exception {
        KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null);
        store.setCertificateEntry("trusted", trusted.getCertificate());
        TrustManagerFactory trust =
                TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(store);
        return trust.getTrustManagers();
    }

    /** Has a key, or none, and trusts one other. */
    static SSLContext context(X509Bundle own, X509Bundle trusted) throws Exception {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(own == null ? null : keys(own), trust(trusted), null);
        return context;
    }

    static Tls server() throws Exception {
        return Tls.of(context(Certificates.SERVER, Certificates.OTHER));
    }

    static Tls client() throws Exception {
        return Tls.of(context(null, Certificates.SERVER));
    }

    static Tls speaking(Tls tls, String version) {
        return tls.parameters(parameters -> parameters.setProtocols(new String[] {version}));
    }

    /** Both ends of a connection, closed afterwards. */
    @FunctionalInterface
    interface Secured {
        void use(TardyRuntime rt, TlsSocket client, TlsSocket server) throws Exception;
    }

    default void whenSecured(Secured body) throws Exception {
        whenSecured(client(), server(), body);
    }

    /** The same with each version of TLS in turn. */
    default void inEachVersion(Secured body) throws Exception {
        for (String version : VERSIONS) {
            whenSecured(speaking(client(), version), server(), body);
        }
    }

    default void whenSecured(Tls client, Tls server, Secured body) throws Exception {
        whenSecured(tardy(), client, server, body);
    }

    default void whenSecured(Tardy.Builder builder, Tls client, Tls server, Secured body)
            throws Exception {
        withPair(
                builder,
                (rt, socket, peer) -> {
                    Frame<TlsSocket> accepting = rt.spawnCall(() -> server.server(peer));
                    try (TlsSocket here = socket.tls(client, HOST);
                            TlsSocket there = accepting.join()) {
                        body.use(rt, here, there);
                    }
                });
    }

    static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Exactly so many bytes, as text. */
    static String text(Stream from, int length) throws IOException {
        ByteBuffer all = ByteBuffer.allocate(length);
        while (all.hasRemaining()) {
            if (from.read(all) < 0) {
                throw new IOException("the end, after " + all.position() + " bytes");
            }
        }
        return new String(all.array(), StandardCharsets.UTF_8);
    }

    /** Random bytes, in pieces of random sizes. */
    static void writeSeeded(Stream to, long seed, int length) throws IOException {
        SplittableRandom content = new SplittableRandom(seed);
        SplittableRandom sizes = new SplittableRandom(~seed);
        for (int left = length; left > 0; ) {
            byte[] piece = new byte[Math.min(left, 1 + sizes.nextInt(100_000))];
            for (int i = 0; i < piece.length; i++) {
                piece[i] = (byte) content.nextInt();
            }
            to.writeAll(ByteBuffer.wrap(piece));
            left -= piece.length;
        }
    }

    /** Reads what {@link #writeSeeded} writes, in pieces of other sizes. */
    static void readSeeded(Stream from, long seed, int length) throws IOException {
        SplittableRandom content = new SplittableRandom(seed);
        SplittableRandom sizes = new SplittableRandom(seed * 31);
        ByteBuffer direct = ByteBuffer.allocateDirect(70_000);
        ByteBuffer heap = ByteBuffer.allocate(70_000);
        for (int left = length; left > 0; ) {
            ByteBuffer into = sizes.nextBoolean() ? direct : heap;
            into.clear().limit(Math.min(left, 1 + sizes.nextInt(into.capacity())));
            if (from.read(into) < 0) {
                throw new IOException("the end, " + left + " bytes too early");
            }
            for (into.flip(); into.hasRemaining(); left--) {
                byte next = (byte) content.nextInt();
                if (into.get() != next) {
                    throw new IOException("a wrong byte, " + left + " bytes before the end");
                }
            }
        }
    }

    /** So many bytes in each direction, at the same time. */
    static void exchange(TlsSocket client, TlsSocket server, int length) throws IOException {
        try (Scope scope = Scope.open()) {
            scope.fork(() -> writeSeeded(client, 1, length));
            scope.fork(() -> writeSeeded(server, 2, length));
            scope.fork(() -> readSeeded(client, 2, length));
            scope.fork(() -> readSeeded(server, 1, length));
            scope.join();
        }
    }
}
