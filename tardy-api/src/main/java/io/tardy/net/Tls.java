package io.tardy.net;

import io.netty.handler.ssl.SslContext;
import io.tardy.Deadline;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Objects;
import java.util.function.Consumer;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;

/**
 * How to speak TLS on sockets: a context, with its certificates and its trust, and options.
 * Immutable; one serves all connections of all runtimes, and clients resume the sessions that their
 * context has kept.
 *
 * <pre>{@code
 * Tls tls = Tls.of(SSLContext.getDefault());
 * try (Socket socket = Socket.tcp("example.org", 443);
 *         TlsSocket peer = socket.connect().tls(tls, "example.org")) {
 *     peer.writeAll(request);
 *     peer.read(answer);
 * }
 * }</pre>
 *
 * <p>A client asks for the host by its name (SNI) and accepts only a certificate for that host. A
 * server is {@code listener.serve(tls.serving(peer -> ...))}. Renegotiation is refused.
 *
 * <p>A handshake is waited for by the calling frame, ends with it when that is cancelled or its
 * {@link Deadline} passes, and in any case after {@link #handshakeWithin 10 seconds}. Its
 * signatures, certificates and server's keys are computed as by {@code rt.offload}, and not on the
 * loop. If it fails, for whatever reason, the socket is closed.
 */
public final class Tls {

    private static final Duration HANDSHAKE = Duration.ofSeconds(10);

    /** Serves one connection behind its handshake, in the connection's frame. */
    @FunctionalInterface
    public interface Handler {
        void handle(TlsSocket peer) throws Exception;
    }

    /** What is not the context's. Nobody changes one that a {@code Tls} has. */
    private static final class Options {

        /** Of ALPN, the best first. */
        private String[] protocols = {};

        private boolean wantsCertificate;
        private boolean needsCertificate;
        private boolean takesAnyHost;
        private Duration handshakeMax = HANDSHAKE;

        /** What the program sets itself, behind all else. */
        private @Nullable Consumer<? super SSLParameters> further;

        private Options copy() {
            Options copy = new Options();
            copy.protocols = protocols;
            copy.wantsCertificate = wantsCertificate;
            copy.needsCertificate = needsCertificate;
            copy.takesAnyHost = takesAnyHost;
            copy.handshakeMax = handshakeMax;
            copy.further = further;
            return copy;
        }
    }

    private final TlsEngines engines;
    private final Options options;

    private Tls(TlsEngines engines, Options options) {
        this.engines = engines;
        this.options = options;
    }

    private Tls with(Consumer<Options> change) {
        Options changed = options.copy();
        change.accept(changed);
        return new Tls(engines, changed);
    }

    /** With a context of the JDK's: {@code SSLContext.getDefault()}, or one with own keys. */
    public static Tls of(SSLContext context) {
        return new Tls(new TlsEngines.OfJdk(context), new Options());
    }

    /**
     * With a context of Netty's: on OpenSSL, where {@code netty-tcnative} is there and the context
     * was built for it. It is one for clients or one for servers, and has its own application
     * protocols. The caller releases it, if it has a reference count, behind the last connection.
     */
    @SuppressWarnings("exports") // who has such a context requires its module
    public static Tls ofNetty(SslContext context) {
        return new Tls(new TlsEngines.OfNetty(context), new Options());
    }

    /**
     * Agrees on one of these protocols (ALPN, RFC 7301): {@link TlsSocket#applicationProtocol}. Of
     * a server, the first that the client has too is taken; with none in common the handshake
     * fails, if the client has any.
     *
     * @param protocols the best first, such as {@code h2} and {@code http/1.1}
     * @throws IllegalArgumentException if one is empty; with a context of Netty's, whose builder is
     *     told them
     */
    public Tls applicationProtocols(String... protocols) {
        if (!engines.takesApplicationProtocols()) {
            throw new IllegalArgumentException(
                    "a SslContext has its own application protocols: tell its builder, with"
                            + " applicationProtocolConfig");
        }
        String[] given = protocols.clone();
        new SSLParameters().setApplicationProtocols(given); // which refuses what is none
        return with(changed -> changed.protocols = given);
    }

    /**
     * Servers ask their clients for a certificate, which the context must trust if they have one.
     */
    public Tls requestClientCertificate() {
        return certificate(true, false);
    }

    /** Servers ask their clients for a certificate; without one the handshake fails. */
    public Tls requireClientCertificate() {
        return certificate(false, true);
    }

    private Tls certificate(boolean wants, boolean needs) {
        return with(
                changed -> {
                    changed.wantsCertificate = wants;
                    changed.needsCertificate = needs;
                });
    }

    /**
     * Clients take a trusted certificate for any host. Then anybody who has one can listen in: for
     * peers that are known by other means.
     */
    public Tls withoutHostVerification() {
        return with(changed -> changed.takesAnyHost = true);
    }

    /**
     * How long a handshake may take, as by {@link Deadline#within}; 10 seconds, if not told.
     *
     * @throws IllegalArgumentException if it is not positive
     */
    public Tls handshakeWithin(Duration duration) {
        if (!duration.isPositive()) {
            throw new IllegalArgumentException(duration + " is no time for a handshake");
        }
        return with(changed -> changed.handshakeMax = duration);
    }

    /**
     * For what has no name here: versions, cipher suites, matchers of SNI. Called for each
     * connection, in its frame, with what the other options have set, and those before it of this
     * kind.
     */
    public Tls parameters(Consumer<? super SSLParameters> further) {
        Objects.requireNonNull(further);
        Consumer<? super SSLParameters> earlier = options.further;
        Consumer<SSLParameters> both =
                parameters -> {
                    if (earlier != null) {
                        earlier.accept(parameters);
                    }
                    further.accept(parameters);
                };
        return with(changed -> changed.further = both);
    }

    /**
     * TLS on a connected socket, as its client: {@link Socket#tls}. From then on the socket is its:
     * only options and addresses are still to be had there.
     *
     * @param host the server's name, or its literal address: what its certificate must be for
     * @return behind the handshake
     * @throws TlsException if the handshake fails; the message says with whom, and why
     * @throws IllegalArgumentException if the host cannot be asked for
     * @throws IllegalStateException outside of a frame
     */
    public TlsSocket client(Socket socket, String host) throws IOException {
        return client(socket, host, TlsRecords.nothing());
    }

    /**
     * {@link #client(Socket, String)} on a connection that was used without TLS before (STARTTLS).
     *
     * @param readAhead what the program has received beyond the peer's consent: the first bytes of
     *     TLS. They are copied
     */
    public TlsSocket client(Socket socket, String host, ByteBuffer readAhead) throws IOException {
        return new TlsHandshake(socket, engines, this).client(host, readAhead);
    }

    /**
     * TLS on an accepted connection, as its server. From then on the socket is its.
     *
     * @return behind the handshake
     * @throws TlsException if the handshake fails; the message says with whom, and why
     * @throws IllegalStateException outside of a frame
     */
    public TlsSocket server(Socket socket) throws IOException {
        return server(socket, TlsRecords.nothing());
    }

    /** {@link #server(Socket)} on a connection that was used without TLS before (STARTTLS). */
    public TlsSocket server(Socket socket, ByteBuffer readAhead) throws IOException {
        return new TlsHandshake(socket, engines, this).server(readAhead);
    }

    /**
     * For {@link Socket#serve}: what it accepts gets its handshake, and then this handler, in the
     * connection's frame; the connection is closed when it returns. If it throws, also because it
     * was cancelled, the connection ends without a close_notify. Clients whose handshake fails are
     * none: each kind of failure is logged once, and no frame fails of it.
     */
    public Socket.ConnectionHandler serving(Handler handler) {
        return new TlsServing(this, Objects.requireNonNull(handler));
    }

    Duration handshakeMax() {
        return options.handshakeMax;
    }

    /** Everything but whom a client calls. */
    void set(SSLParameters parameters, boolean isClient) {
        if (options.protocols.length > 0) {
            parameters.setApplicationProtocols(options.protocols);
        }
        if (isClient) {
            parameters.setEndpointIdentificationAlgorithm(options.takesAnyHost ? "" : "HTTPS");
        } else if (options.needsCertificate) {
            parameters.setNeedClientAuth(true);
        } else if (options.wantsCertificate) {
            parameters.setWantClientAuth(true);
        }
        if (options.further != null) {
            options.further.accept(parameters);
        }
    }
}
