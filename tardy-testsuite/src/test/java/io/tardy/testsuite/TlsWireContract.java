package io.tardy.testsuite;

import static io.tardy.testsuite.TlsFixture.client;
import static io.tardy.testsuite.TlsFixture.context;
import static io.tardy.testsuite.TlsFixture.exchange;
import static io.tardy.testsuite.TlsFixture.readSeeded;
import static io.tardy.testsuite.TlsFixture.server;
import static io.tardy.testsuite.TlsFixture.speaking;
import static io.tardy.testsuite.TlsFixture.writeSeeded;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import io.tardy.Deadline;
import io.tardy.Frame;
import io.tardy.TardyRuntime;
import io.tardy.aio.TardyIOException;
import io.tardy.net.Socket;
import io.tardy.net.Tls;
import io.tardy.net.TlsException;
import io.tardy.net.TlsSocket;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;

/**
 * TLS on sockets, whatever the bytes between them: in pieces, of any size, wrong, or none at all.
 */
interface TlsWireContract extends TlsFixture {

    int ROUNDS = Integer.getInteger("tardy.tls.rounds", 30);

    /** Long enough for a handshake, mostly; it is waited for where bytes are missing. */
    Duration HANDSHAKE = Duration.ofMillis(300);

    Duration EXCHANGE = Duration.ofMillis(500);

    int MESSAGE = 2_000;

    /** Passes on what comes, in its own way. */
    @FunctionalInterface
    interface Way {
        void pass(ByteBuffer data, Socket to) throws IOException;
    }

    /** Both ends of a connection that somebody passes on. */
    @FunctionalInterface
    interface Ends {
        void use(Socket client, Socket server) throws Exception;
    }

    private static void between(
            TardyRuntime rt, Socket listener, Way toServer, Way toClient, Ends ends)
            throws Exception {
        try (Socket socket = TransportFixture.connectTo(listener);
                Socket before = listener.accept();
                Socket behind = TransportFixture.connectTo(listener);
                Socket peer = listener.accept()) {
            rt.spawn(() -> passOn(before, behind, toServer));
            rt.spawn(() -> passOn(behind, before, toClient));
            ends.use(socket, peer);
        }
    }

    private static void passOn(Socket from, Socket to, Way way) {
        try {
            for (ByteBuffer data; (data = from.recvNext()) != null; ) {
                way.pass(data, to);
            }
            to.shutdownOutput();
        } catch (IOException e) {
            // One end has given up.
        }
    }

    private static void byBytes(ByteBuffer data, Socket to) throws IOException {
        while (data.hasRemaining()) {
            to.sendAll(data.slice(data.position(), 1));
            data.get();
            Frame.yield();
        }
    }

    private void secured(Tls client, Tls server, Way toServer, Way toClient, Secured body)
            throws Exception {
        inFrame(
                rt -> {
                    try (Socket listener = TransportFixture.listenAnywhere()) {
                        between(
                                rt,
                                listener,
                                toServer,
                                toClient,
                                (socket, peer) -> {
                                    Frame<TlsSocket> accepting =
                                            rt.spawnCall(() -> server.server(peer));
                                    try (TlsSocket here = socket.tls(client, HOST);
                                            TlsSocket there = accepting.join()) {
                                        body.use(rt, here, there);
                                    }
                                });
                    }
                });
    }

    /** Handshake and records, a byte at a time. */
    @Test
    default void bytesThatComeOneByOneAreTheSame() throws Exception {
        Tls server = server().requireClientCertificate();
        for (String version : VERSIONS) {
            Tls client =
                    speaking(Tls.of(context(Certificates.OTHER, Certificates.SERVER)), version);
            secured(
                    client,
                    server,
                    TlsWireContract::byBytes,
                    TlsWireContract::byBytes,
                    (rt, here, there) -> {
                        exchange(here, there, MESSAGE);
                        here.close();
                        assertThat(there.read(ByteBuffer.allocate(1))).isEqualTo(-1);
                    });
        }
    }

    /** The first message that comes, in records of one byte each; what is behind it as it is. */
    final class InCrumbs implements Way {

        private static final int HEAD = 5;

        private final ByteBuffer first = ByteBuffer.allocate(20_000);
        private boolean isBehind;

        @Override
        public void pass(ByteBuffer data, Socket to) throws IOException {
            if (isBehind) {
                to.sendAll(data);
                return;
            }
            first.put(data);
            int length = first.position() < HEAD ? first.capacity() : first.getShort(HEAD - 2);
            if (first.position() < HEAD + length) {
                return; // the rest is still to come
            }
            isBehind = true;
            ByteBuffer crumbs = ByteBuffer.allocate((HEAD + 1) * length);
            for (int i = HEAD; i < HEAD + length; i++) {
                crumbs.put(first.array(), 0, HEAD - 2).putShort((short) 1).put(first.get(i));
            }
            to.sendAll(crumbs.flip());
            to.sendAll(first.flip().position(HEAD + length));
        }
    }

    @Test
    default void aHelloInRecordsOfOneByteIsAHello() throws Exception {
        for (String version : VERSIONS) {
            secured(
                    speaking(client(), version),
                    server(),
                    new InCrumbs(),
                    (data, to) -> to.sendAll(data),
                    (rt, here, there) -> exchange(here, there, MESSAGE));
        }
    }

    @Test
    default void recordsOfOneByteAreAllRead() throws Exception {
        inEachVersion(
                (rt, client, server) -> {
                    rt.spawn(
                            () -> {
                                for (int i = 0; i < MESSAGE; i++) {
                                    client.writeAll(ByteBuffer.allocate(1).put(0, (byte) i));
                                }
                                client.shutdownOutput();
                            });
                    ByteBuffer into = ByteBuffer.allocate(MESSAGE + 1);
                    while (server.read(into) >= 0) {
                        // the next
                    }
                    assertThat(into.position()).isEqualTo(MESSAGE);
                    for (int i = 0; i < MESSAGE; i++) {
                        assertThat(into.get(i)).isEqualTo((byte) i);
                    }
                });
    }

    /** A root, and somebody at the end of a chain below it that no record of TLS has room for. */
    private static X509Bundle[] longChain() throws Exception {
        X509Bundle root =
                new CertificateBuilder()
                        .ecp256()
                        .subject("CN=root")
                        .setIsCertificateAuthority(true)
                        .buildSelfSigned();
        X509Bundle last = root;
        for (int depth = 0; depth < 5; depth++) {
            CertificateBuilder next =
                    new CertificateBuilder()
                            .ecp256()
                            .subject("CN=of depth " + depth)
                            .addSanDnsName(HOST)
                            .setIsCertificateAuthority(depth < 4);
            for (int name = 0; name < 100; name++) {
                next.addSanDnsName(
                        "a-name-that-nobody-asks-for-" + depth + "-" + name + ".example");
            }
            last = next.buildIssuedBy(last);
        }
        return new X509Bundle[] {root, last};
    }

    @Test
    default void certificatesOfBothMayBeLargerThanARecord() throws Exception {
        X509Bundle[] chain = longChain();
        Tls server = Tls.of(context(chain[1], chain[0])).requireClientCertificate();
        for (String version : VERSIONS) {
            Tls client = speaking(Tls.of(context(chain[1], chain[0])), version);
            whenSecured(
                    client,
                    server,
                    (rt, here, there) -> {
                        assertThat(here.session().getPeerCertificates()).hasSizeGreaterThan(4);
                        assertThat(there.session().getPeerCertificates()).hasSizeGreaterThan(4);
                        exchange(here, there, MESSAGE);
                    });
        }
    }

    // What is wrong.

    /** Bytes in front of which there may be something that looks like the head of a record. */
    private static ByteBuffer nonsense(SplittableRandom random) {
        byte[] content = new byte[random.nextInt(1, 40_000)];
        random.nextBytes(content);
        byte[] head = {(byte) random.nextInt(19, 26), 3, (byte) random.nextInt(0, 5)};
        if (random.nextInt(4) > 0) {
            System.arraycopy(head, 0, content, 0, Math.min(head.length, content.length));
        }
        return ByteBuffer.wrap(content);
    }

    @Test
    default void whatIsNoTlsIsRefusedInOneSentence() throws Exception {
        long seed = Seeds.draw("whatIsNoTlsIsRefusedInOneSentence");
        SplittableRandom random = new SplittableRandom(seed);
        inRounds(
                ROUNDS * 2,
                (rt, listener, client, server) -> {
                    boolean isClient = random.nextBoolean();
                    ByteBuffer content = nonsense(random);
                    try (Socket socket = TransportFixture.connectTo(listener);
                            Socket peer = listener.accept()) {
                        rt.spawn(() -> sendUnlessClosed(socket, content));
                        String said =
                                failureOf(
                                        () ->
                                                isClient
                                                        ? peer.tls(client, HOST)
                                                        : server.server(peer));
                        assertThat(said).as("seed %d", seed).isNotNull();
                        assertThat(peer.isClosed()).isTrue();
                    }
                });
    }

    /** One time of many. */
    @FunctionalInterface
    interface Round {
        void use(TardyRuntime rt, Socket listener, Tls client, Tls server) throws Exception;
    }

    /** With handshakes that are not waited for long; all memory is given back in the end. */
    private void inRounds(int rounds, Round round) throws Exception {
        UnpooledByteBufAllocator counting = new UnpooledByteBufAllocator(true, true);
        Tls client = client().handshakeWithin(HANDSHAKE);
        Tls server = server().handshakeWithin(HANDSHAKE);
        inFrame(
                tardy().allocator(counting),
                rt -> {
                    try (Socket listener = TransportFixture.listenAnywhere()) {
                        for (int i = 0; i < rounds; i++) {
                            round.use(rt, listener, client, server);
                        }
                    }
                });
        assertThat(counting.metric().usedDirectMemory()).isZero();
        assertThat(counting.metric().usedHeapMemory()).isZero();
    }

    private static void sendUnlessClosed(Socket to, ByteBuffer content) {
        try {
            to.sendAll(content);
            to.shutdownOutput();
            while (to.recvNext() != null) {
                // an alert
            }
        } catch (IOException e) {
            // It has seen enough.
        }
    }

    /** What is said of it, or null. */
    private static String failureOf(Callable<TlsSocket> making) throws Exception {
        try (TlsSocket made = making.call()) {
            return null;
        } catch (TlsException e) {
            assertThat(e.getMessage().lines()).as("%s", e).hasSize(1);
            assertThat(e.getMessage()).hasSizeLessThan(600);
            assertThat(e.isInHandshake()).isTrue();
            return e.getMessage();
        }
    }

    /** Changes a stream at one place, in one of several ways. */
    final class Wrong implements Way {

        private enum Kind {
            DROPPED,
            TWICE,
            PUT_IN,
            REPLACED,
            CUT,
            LENGTHENED
        }

        private final Kind kind;
        private final byte[] random;
        private int left;

        Wrong(SplittableRandom random) {
            this.kind = Kind.values()[random.nextInt(Kind.values().length)];
            this.random = new byte[random.nextInt(1, 100)];
            random.nextBytes(this.random);
            this.left = random.nextInt(5_000);
        }

        @Override
        public void pass(ByteBuffer data, Socket to) throws IOException {
            if (left < 0 || left >= data.remaining()) {
                left -= left < 0 ? 0 : data.remaining();
                to.sendAll(data);
                return;
            }
            byte[] head = new byte[left];
            data.get(head);
            byte[] piece = new byte[Math.min(random.length, data.remaining())];
            data.get(piece);
            byte[] tail = new byte[data.remaining()];
            data.get(tail);
            left = -1;
            ByteArrayOutputStream changed = new ByteArrayOutputStream();
            changed.write(head);
            switch (kind) {
                case DROPPED -> {}
                case TWICE -> {
                    changed.write(piece);
                    changed.write(piece);
                }
                case PUT_IN -> {
                    changed.write(random);
                    changed.write(piece);
                }
                case REPLACED -> changed.write(random, 0, piece.length);
                case CUT -> {
                    to.sendAll(ByteBuffer.wrap(head));
                    if (random[0] < 0) {
                        to.shutdownOutput(); // or nothing more comes, and no end
                    }
                    throw new IOException("cut");
                }
                case LENGTHENED -> {
                    changed.reset(); // a record as long as can be told, in front of it
                    changed.write(new byte[] {23, 3, 3, -1, -1});
                    changed.write(head);
                    changed.write(piece);
                }
            }
            changed.write(tail);
            to.sendAll(ByteBuffer.wrap(changed.toByteArray()));
        }

        @Override
        public String toString() {
            return kind + " of " + random.length + " bytes, " + left + " before it";
        }
    }

    /** Who reads gets what was sent, or one sentence; and all comes to its end. */
    @Test
    default void whatIsChangedOnTheWayIsNeverReadAsData() throws Exception {
        long seed = Seeds.draw("whatIsChangedOnTheWayIsNeverReadAsData");
        SplittableRandom random = new SplittableRandom(seed);
        inRounds(
                ROUNDS,
                (rt, listener, client, server) -> {
                    Way wrong = new Wrong(random);
                    Way right = (data, to) -> to.sendAll(data);
                    boolean isToServer = random.nextBoolean();
                    between(
                            rt,
                            listener,
                            isToServer ? wrong : right,
                            isToServer ? right : wrong,
                            (socket, peer) -> {
                                Frame<Void> there =
                                        rt.spawn(() -> talk(() -> server.server(peer), 1));
                                talk(() -> socket.tls(client, HOST), 2);
                                there.join();
                            });
                });
    }

    private static void talk(Callable<TlsSocket> making, long seed) throws Exception {
        try {
            Deadline.within(
                    EXCHANGE,
                    () -> {
                        try (TlsSocket here = making.call()) {
                            writeSeeded(here, seed, MESSAGE);
                            readSeeded(here, 3 - seed, MESSAGE);
                        }
                    });
        } catch (TlsException e) {
            assertThat(e.getMessage().lines()).as("%s", e).hasSize(1);
        } catch (TardyIOException e) {
            // reset, closed or late
        } catch (IOException e) {
            assertThat(e).hasMessageStartingWith("the end,"); // never a wrong byte
        }
    }

    /** A head that promises more than there may be costs a refusal, and no memory. */
    @Test
    default void aRecordThatIsTooLongIsRefusedAtItsHead() throws Exception {
        inEachVersion(
                (rt, client, server) -> {
                    client.socket().sendAll(ByteBuffer.wrap(new byte[] {23, 3, 3, -1, -1, 0, 0}));
                    assertThatThrownBy(() -> server.read(ByteBuffer.allocate(1)))
                            .isInstanceOf(TlsException.class);
                });
    }
}
