package io.tardy.testsuite;

import static io.tardy.testsuite.TlsFixture.HOST;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.tardy.Deadline;
import io.tardy.Frame;
import io.tardy.Scope;
import io.tardy.aio.CancelledException;
import io.tardy.aio.TardyIOException;
import io.tardy.net.ProxyException;
import io.tardy.net.ProxyHeader;
import io.tardy.net.Socket;
import io.tardy.net.TlsSocket;
import io.tardy.net.TrustedProxies;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Connections of load balancers, which say in the PROXY protocol for whom they connect. */
interface ProxyContract extends TlsFixture {

    TrustedProxies TRUSTED = TrustedProxies.of("127.0.0.0/8");

    String SIGNATURE = hex("0d0a0d0a000d0a515549540a");

    /**
     * From 192.0.2.7:4711 to 198.51.100.1:443, with the name that a client of TLS has asked for.
     */
    String BINARY =
            SIGNATURE + hex("2111 0018 c0000207 c6336401 1267 01bb") + hex("02 0009") + "localhost";

    String TEXT = "PROXY TCP4 192.0.2.7 198.51.100.1 4711 443\r\n";

    String LOCAL = SIGNATURE + hex("2000 0007 030004 00000000"); // a check, as HAProxy sends it

    String UNKNOWN = "PROXY UNKNOWN\r\n";

    InetSocketAddress CLIENT = new InetSocketAddress("192.0.2.7", 4711);

    static String hex(String digits) {
        return new String(HexFormat.of().parseHex(digits.replace(" ", "")), ISO_8859_1);
    }

    static ByteBuffer latin(String bytes) {
        return ByteBuffer.wrap(bytes.getBytes(ISO_8859_1));
    }

    /** What comes behind the header. */
    static String rest(Socket peer, int length) throws IOException {
        ByteBuffer into = ByteBuffer.allocate(length);
        peer.recvAll(into);
        return new String(into.array(), 0, into.position(), ISO_8859_1);
    }

    static void assertIsClient(ProxyHeader header, int version) {
        assertThat(header.version()).isEqualTo(version);
        assertThat(header.isProxied()).isTrue();
        assertThat(header.source()).isEqualTo(CLIENT);
        assertThat(header.destination()).isEqualTo(new InetSocketAddress("198.51.100.1", 443));
    }

    @Test
    default void aHeaderTellsTheClientAndNoByteBehindItIsTaken() throws Exception {
        for (String header : List.of(BINARY, TEXT)) {
            withPair(
                    (rt, client, peer) -> {
                        client.sendAll(latin(header + "hello"));
                        ProxyHeader read = TRUSTED.readHeader(peer);
                        assertIsClient(read, header == TEXT ? 1 : 2);
                        assertThat(read.tlv(2))
                                .isEqualTo(header == TEXT ? null : "localhost".getBytes());
                        assertThat(read.tlv(3)).isNull();
                        assertThat(rest(peer, 5)).isEqualTo("hello");
                        client.sendAll(latin("and again"));
                        assertThat(rest(peer, 9)).isEqualTo("and again");
                        assertThat(rt.timersActive()).isZero();
                    });
        }
    }

    @Test
    default void aHeaderInPiecesIsTakenAsAWhole() throws Exception {
        for (String header : List.of(BINARY, TEXT, LOCAL, UNKNOWN)) {
            withPair(
                    (rt, client, peer) -> {
                        Frame<Void> sending =
                                rt.spawn(
                                        () -> {
                                            for (char c : (header + "x").toCharArray()) {
                                                client.sendAll(latin(String.valueOf(c)));
                                                Frame.yield();
                                            }
                                        });
                        ProxyHeader read = TRUSTED.readHeader(peer);
                        assertThat(read.isProxied()).isEqualTo(header == BINARY || header == TEXT);
                        assertThat(rest(peer, 1)).isEqualTo("x");
                        sending.join();
                    });
        }
    }

    @Test
    default void aProxyThatSpeaksForItselfHasItsOwnAddress() throws Exception {
        for (String header :
                List.of(
                        LOCAL,
                        UNKNOWN,
                        "PROXY UNKNOWN ffff:: and whatever stands here\r\n",
                        SIGNATURE + hex("2100 0000"))) {
            withPair(
                    (rt, client, peer) -> {
                        client.sendAll(latin(header + "x"));
                        ProxyHeader read = TRUSTED.readHeader(peer);
                        assertThat(read.isProxied()).isFalse();
                        assertThat(read.source()).isEqualTo(client.localAddress());
                        assertThat(read.destination()).isEqualTo(peer.localAddress());
                        assertThat(rest(peer, 1)).isEqualTo("x");
                    });
        }
    }

    @Test
    default void addressesOfSixteenBytesAndPathsAreTold() throws Exception {
        String six =
                "20010db8 00000000 00000000 00000007 20010db8 00000000 00000000 00000001 1267 01bb";
        String path = "/run/client" + "\0".repeat(97) + "/run/server" + "\0".repeat(97);
        withPair(
                (rt, client, peer) -> {
                    client.sendAll(latin(SIGNATURE + hex("2121 0024" + six) + "x"));
                    ProxyHeader read = TRUSTED.readHeader(peer);
                    assertThat(read.source())
                            .isEqualTo(new InetSocketAddress("2001:db8::7", 0x1267));
                    assertThat(rest(peer, 1)).isEqualTo("x");
                });
        withPair(
                (rt, client, peer) -> {
                    client.sendAll(latin("PROXY TCP6 2001:db8::7 ::1 4711 443\r\nx"));
                    ProxyHeader read = TRUSTED.readHeader(peer);
                    assertThat(read.source()).isEqualTo(new InetSocketAddress("2001:db8::7", 4711));
                    assertThat(rest(peer, 1)).isEqualTo("x");
                });
        withPair(
                (rt, client, peer) -> {
                    client.sendAll(latin(SIGNATURE + hex("2131 00d8") + path + "x"));
                    ProxyHeader read = TRUSTED.readHeader(peer);
                    assertThat(read.source()).hasToString("/run/client");
                    assertThat(read.destination()).hasToString("/run/server");
                    assertThat(rest(peer, 1)).isEqualTo("x");
                });
    }

    /** As HAProxy 2.6 sends it with everything that it can tell of a client with a certificate. */
    @Test
    default void whatHaProxyTellsOfTlsIsFound() throws Exception {
        String header =
                "0d0a0d0a000d0a515549540a211100887f0000017f000001d4d6d7c50300043a8a516b02000e7365727665"
                    + "722e6578616d706c650500093132372e302e302e312000550700000000210007544c5376"
                    + "312e3322000e636c69656e742e6578616d706c65250005454332353624001165636473612d"
                    + "776974682d534841323536230016544c535f4145535f3235365f47434d5f534841333834";
        withPair(
                (rt, client, peer) -> {
                    client.sendAll(latin(hex(header) + "hello"));
                    ProxyHeader read = TRUSTED.readHeader(peer);
                    assertThat(read.source()).isEqualTo(new InetSocketAddress("127.0.0.1", 54486));
                    assertThat(read.tlv(2)).asString().isEqualTo("server.example");
                    assertThat(read.tlv(5)).asString().isEqualTo("127.0.0.1");
                    assertThat(read.tlv(0x20)).hasSize(0x55);
                    assertThat(read.tlv(0x21)).asString().isEqualTo("TLSv1.3");
                    assertThat(read.tlv(0x22)).asString().isEqualTo("client.example");
                    assertThat(rest(peer, 5)).isEqualTo("hello");
                });
    }

    @NotSimulated(NotSimulated.FILES)
    @Test
    default void aUnixSocketIsTrustedByItsName(@TempDir Path folder) throws Exception {
        inFrame(
                rt -> {
                    Path path = folder.resolve("proxied");
                    try (Socket listener = Socket.unix(path).bind().listen(8);
                            Socket client = Socket.unix(path).connect();
                            Socket peer = listener.accept();
                            Socket other = Socket.unix(path).connect();
                            Socket refused = listener.accept()) {
                        client.sendAll(latin(TEXT + "hello"));
                        assertIsClient(TrustedProxies.of("unix:").readHeader(peer), 1);
                        assertThat(rest(peer, 5)).isEqualTo("hello");
                        assertRefused(
                                () -> TrustedProxies.of("0.0.0.0/0", "::/0").readHeader(refused),
                                "it is not taken from there, only from");
                        assertThat(other.recv(ByteBuffer.allocate(1))).isEqualTo(-1);
                    }
                });
    }

    /** Of a refusal: whoever can connect may call his socket what he likes. */
    @NotSimulated(NotSimulated.FILES)
    @Test
    default void theNameOfAPeerCannotWriteLinesIntoALog(@TempDir Path folder) throws Exception {
        inFrame(
                rt -> {
                    Path path = folder.resolve("proxied");
                    Path name = folder.resolve("a\nWARNING: all is well\u001b[2J");
                    try (Socket listener = Socket.unix(path).bind().listen(8);
                            SocketChannel client =
                                    SocketChannel.open(StandardProtocolFamily.UNIX)) {
                        client.bind(UnixDomainSocketAddress.of(name));
                        client.connect(UnixDomainSocketAddress.of(path));
                        try (Socket refused = listener.accept()) {
                            assertRefused(
                                    () -> TRUSTED.readHeader(refused),
                                    folder + "/a?WARNING: all is well?[2J: it is not taken from");
                        }
                    }
                });
        String path = "/a\nb" + "\0".repeat(104);
        withPair(
                (rt, client, peer) -> {
                    client.sendAll(latin(SIGNATURE + hex("2131 00d8") + path + path));
                    ProxyHeader read = TRUSTED.readHeader(peer);
                    assertThat(read).hasToString("PROXY v2 from /a?b to /a?b");
                    assertThat(read.source()).hasToString("/a\nb");
                });
    }

    @Test
    default void whoIsNotTrustedIsRefusedUnheard() throws Exception {
        withPair(
                (rt, client, peer) -> {
                    assertRefused(
                            () -> TrustedProxies.of("192.0.2.0/24", "::1").readHeader(peer),
                            "from " + client.localAddress() + ": it is not taken from there",
                            "only from the trusted proxies: 192.0.2.0/24, 0:0:0:0:0:0:0:1");
                    assertThat(peer.isClosed()).isTrue();
                    assertThat(client.recv(ByteBuffer.allocate(1))).isEqualTo(-1);
                });
    }

    @Test
    default void whatIsNoHeaderIsRefusedInASentence() throws Exception {
        assertRefusal("GET / HTTP/1.1\r\n\r\n", "it sent something else first");
        assertRefusal("P\r\n\r\n", "it sent something else first");
        assertRefusal(hex("160301"), "it sent something else first"); // TLS
        assertRefusal(SIGNATURE + hex("31"), "it sent version 3 of it");
        assertRefusal(SIGNATURE + hex("2f11 0000"), "it sent an illegal header: ");
        assertRefusal(SIGNATURE + hex("2111 0004 01020304"), "incomplete IPv4");
        assertRefusal(SIGNATURE + hex("2111 ffff"), "its header has 65551 bytes, and the limit");
        assertRefusal(
                SIGNATURE + hex("2111 0010 c0000207 c6336401 1267 01bb") + hex("02 0009 61"),
                "it sent an illegal header: "); // a part that is longer than the whole
        assertRefusal("PROXY TCP4 " + "1".repeat(200), "its line has not ended after 107 bytes");
        assertRefusal("PROXY TCP4 1.2.3.4\n", "it sent a line with the byte 10 in it");
        assertRefusal("PROXY TCP4 1.2.3.4\r5", "it sent a line with the byte 13 in it");
        assertRefusal("PROXY TCP4 1.2.3.4 5.6.7.8 1 70000\r\n", "it sent an illegal header: ");
        assertRefusal("PROXY TCP4 ::1 ::1 1 2\r\n", "it sent an illegal header: ");
        assertRefusal("PROXY HTTP 1.2.3.4 5.6.7.8 1 2\r\n", "it sent an illegal header: ");
    }

    private void assertRefusal(String sent, String why) throws Exception {
        withPair(
                (rt, client, peer) -> {
                    client.sendAll(latin(sent));
                    assertRefused(
                            () -> TRUSTED.readHeader(peer),
                            "no header of the PROXY protocol from " + client.localAddress(),
                            why);
                    assertThat(peer.isClosed()).isTrue();
                });
    }

    private static void assertRefused(ThrowingCallable call, String... said) {
        assertThatExceptionOfType(ProxyException.class)
                .isThrownBy(call)
                .satisfies(e -> assertThat(e.getMessage()).contains(said))
                .satisfies(e -> assertThat(e.getMessage().lines()).hasSize(1));
    }

    @Test
    default void anEndWithinTheHeaderIsToldFromOneBeforeIt() throws Exception {
        for (String sent : List.of("", "PRO", BINARY.substring(0, 20))) {
            withPair(
                    (rt, client, peer) -> {
                        client.sendAll(latin(sent));
                        client.shutdownOutput();
                        assertRefused(
                                () -> TRUSTED.readHeader(peer),
                                sent.isEmpty() ? "has ended before" : "has ended within it");
                    });
        }
    }

    @Test
    default void whoSendsNothingOrDripsIsGivenUpInTime() throws Exception {
        for (String sent : List.of("", "PROXY", BINARY.substring(0, 15))) {
            withPair(
                    (rt, client, peer) -> {
                        client.sendAll(latin(sent));
                        TrustedProxies impatient = TRUSTED.headerWithin(Duration.ofMillis(3));
                        assertRefused(
                                () -> impatient.readHeader(peer), "it had not come in PT0.003S");
                        assertThat(peer.isClosed()).isTrue();
                        assertThat(rt.timersActive()).isZero();
                    });
        }
    }

    @Test
    default void theCallersDeadlineAndACancelEndTheWait() throws Exception {
        withPair(
                (rt, client, peer) -> {
                    DeadlineContract.assertExceeded(
                            () ->
                                    Deadline.within(
                                            DeadlineContract.SOON, () -> TRUSTED.readHeader(peer)));
                    assertThat(peer.isClosed()).isTrue();
                });
        withPair(
                (rt, client, peer) -> {
                    Frame<ProxyHeader> reading = rt.spawnCall(() -> TRUSTED.readHeader(peer));
                    Frame.yield();
                    reading.cancel();
                    DeadlineContract.assertCauseIs(CancelledException.class, reading);
                    assertThat(peer.isClosed()).isTrue();
                });
    }

    /** The keys of TLS are random, but what is tested here is where it begins. */
    @Test
    default void tlsBeginsBehindTheHeader() throws Exception {
        for (String header : List.of(BINARY, TEXT)) {
            withPair(
                    (rt, client, peer) -> {
                        Frame<Void> serving =
                                rt.spawn(
                                        () -> {
                                            try (TlsSocket tls =
                                                    LoadBalancerSamples.securedBehindProxy(
                                                            peer, TRUSTED, TlsFixture.server())) {
                                                tls.writeAll(
                                                        TlsFixture.bytes(TlsFixture.text(tls, 5)));
                                            }
                                        });
                        client.sendAll(latin(header));
                        try (TlsSocket tls = client.tls(TlsFixture.client(), HOST)) {
                            tls.writeAll(TlsFixture.bytes("hello"));
                            assertThat(TlsFixture.text(tls, 5)).isEqualTo("hello");
                        }
                        serving.join();
                    });
        }
    }

    @Test
    default void aServerServesWhoHasAHeaderAndOutlivesWhoHasNot() throws Exception {
        inFrame(
                rt -> {
                    try (Socket listener = TransportFixture.listenAnywhere();
                            Socket silent = TransportFixture.connectTo(listener);
                            Scope scope = Scope.open()) {
                        scope.fork(() -> LoadBalancerSamples.serveBehindProxy(listener, TRUSTED));
                        for (String sent : List.of("", "nonsense", BINARY, "PROXY ", TEXT)) {
                            try (Socket client = TransportFixture.connectTo(listener)) {
                                client.sendAll(latin(sent));
                                client.shutdownOutput();
                                boolean isServed = sent == BINARY || sent == TEXT;
                                assertThat(saidTo(client))
                                        .isEqualTo(isServed ? "hello /192.0.2.7:4711" : "");
                            }
                        }
                        assertThat(silent.isClosed()).isFalse(); // and has kept nobody waiting
                        listener.close();
                    }
                });
    }

    static String saidTo(Socket client) throws IOException {
        try {
            return rest(client, 100);
        } catch (TardyIOException e) {
            return ""; // closed with something unread: reset
        }
    }

    /**
     * Anything: either a header, or a refusal; never another failure, and never a wait for more.
     */
    @Test
    default void anyBytesAreAHeaderOrARefusal() throws Exception {
        SplittableRandom random = new SplittableRandom(Seeds.draw("ProxyContract"));
        for (int i = 0; i < 60; i++) {
            byte[] sent = mutated(random, random.nextBoolean() ? BINARY : TEXT);
            withPair(
                    (rt, client, peer) -> {
                        client.sendAll(ByteBuffer.wrap(sent));
                        client.shutdownOutput();
                        try {
                            ProxyHeader header = TRUSTED.readHeader(peer);
                            assertThat(header.version()).isBetween(1, 2);
                        } catch (ProxyException e) {
                            assertThat(e.getMessage().lines()).hasSize(1);
                        }
                    });
        }
    }

    private static byte[] mutated(SplittableRandom random, String header) {
        byte[] bytes = (header + "rest").getBytes(ISO_8859_1);
        for (int i = random.nextInt(4); i > 0; i--) {
            bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
        }
        return bytes;
    }

    /** Of requests that were forwarded. */
    @Test
    default void theNearestAddressThatIsNotTrustedIsTheClients() throws Exception {
        inFrame(
                rt -> {
                    TrustedProxies proxies = TrustedProxies.of("127.0.0.1", "10.0.0.0/8");
                    InetSocketAddress peer = new InetSocketAddress("127.0.0.1", 9);
                    InetAddress client =
                            proxies.xForwardedFor(peer, List.of("1.1.1.1, 192.0.2.7", "10.1.2.3"));
                    assertThat(client).isEqualTo(CLIENT.getAddress());
                });
    }
}
