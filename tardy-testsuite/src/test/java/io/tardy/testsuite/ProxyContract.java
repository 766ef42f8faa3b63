package io.tardy.testsuite;

import static io.tardy.testsuite.TlsFixture.HOST;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.handler.codec.haproxy.HAProxyMessageDecoder;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.util.ReferenceCountUtil;
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
import io.tardy.netty.FrameChannel;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicReference;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** Connections of load balancers, which say in the PROXY protocol for whom they connect. */
interface ProxyContract extends FrameChannelFixture, TlsFixture {

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
    private static String rest(Socket peer, int length) throws IOException {
        ByteBuffer into = ByteBuffer.allocate(length);
        peer.recvAll(into);
        return new String(into.array(), 0, into.position(), ISO_8859_1);
    }

    private static void assertIsClient(ProxyHeader header, int version) {
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
                        listener.close();
                    }
                });
    }

    private static String saidTo(Socket client) throws IOException {
        try {
            return rest(client, 100);
        } catch (TardyIOException e) {
            return ""; // closed with something unread: reset
        }
    }

    @Test
    default void aPipelineKnowsTheClientFromTheFirstByteOn() throws Exception {
        for (String header : List.of(BINARY, TEXT)) {
            for (boolean inPieces : new boolean[] {false, true}) {
                withPeer(
                        channel -> channel.pipeline().addLast(TRUSTED.channelHandler()),
                        frame -> {
                            ByteBuf first = frame.read(ByteBuf.class);
                            assertIsClient(ProxyHeader.of(frame.channel()), header == TEXT ? 1 : 2);
                            assertThat(frame.channel().pipeline().names()).hasSize(2);
                            frame.write(first);
                            FrameChannelFixture.echo(frame);
                        },
                        (rt, peer) -> {
                            if (inPieces) {
                                for (char c : header.toCharArray()) {
                                    peer.sendAll(latin(String.valueOf(c)));
                                    Frame.yield();
                                }
                                peer.sendAll(latin("hello"));
                            } else {
                                peer.sendAll(latin(header + "hello"));
                            }
                            assertThat(rest(peer, 5)).isEqualTo("hello");
                            peer.sendAll(latin("and again"));
                            assertThat(rest(peer, 9)).isEqualTo("and again");
                        });
            }
        }
    }

    @Test
    default void aPipelineEndsWithoutAHeader() throws Exception {
        for (String sent : List.of("nonsense", SIGNATURE + hex("31"), "PROXY ")) {
            AtomicReference<Object> read = new AtomicReference<>("nothing yet");
            AtomicReference<ProxyHeader> header = new AtomicReference<>();
            withPeer(
                    channel ->
                            channel.pipeline()
                                    .addLast(
                                            TRUSTED.headerWithin(Duration.ofMillis(200))
                                                    .channelHandler()),
                    frame -> {
                        header.set(ProxyHeader.of(frame.channel()));
                        read.set(frame.read());
                    },
                    (rt, peer) -> {
                        peer.sendAll(latin(sent));
                        assertThat(saidTo(peer)).isEmpty();
                    });
            assertThat(header.get()).isNull();
            assertThat(read.get()).isNull();
        }
    }

    @Test
    default void aPipelineRefusesWhoIsNotTrusted() throws Exception {
        withPeer(
                channel ->
                        channel.pipeline().addLast(TrustedProxies.of("192.0.2.1").channelHandler()),
                frame -> ReferenceCountUtil.release(frame.read()),
                (rt, peer) -> assertThat(saidTo(peer)).isEmpty());
    }

    @Test
    default void aRequestIsForwardedForTheClientOfTheHeader() throws Exception {
        withGroup(
                1,
                group -> {
                    Channel server =
                            GroupFixture.bindAnywhere(
                                    GroupFixture.server(
                                            group,
                                            LoadBalancerSamples.behindProxy(
                                                    TRUSTED,
                                                    c ->
                                                            c.pipeline()
                                                                    .addLast(new HttpServerCodec()),
                                                    ProxyContract::tellClient)));
                    inFrame(
                            rt -> {
                                String request =
                                        "GET / HTTP/1.1\r\nX-Forwarded-For: 203.0.113.9\r\n\r\n";
                                assertThat(told(server, TEXT + request))
                                        .contains("\r\n\r\n192.0.2.7");
                                assertThat(told(server, UNKNOWN + request))
                                        .contains("\r\n\r\n203.0.113.9");
                            });
                });
    }

    private static void tellClient(FrameChannel frame) throws IOException {
        HttpRequest request = frame.read(HttpRequest.class);
        InetAddress client = LoadBalancerSamples.clientOf(frame.channel(), request, TRUSTED);
        ByteBuf body = Unpooled.copiedBuffer(client.getHostAddress(), ISO_8859_1);
        frame.write(new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK, body));
    }

    /** Up to the end. */
    private static String told(Channel server, String sent) throws IOException {
        try (Socket peer = Socket.tcp("127.0.0.1", FrameChannelFixture.port(server)).connect()) {
            peer.sendAll(latin(sent));
            return rest(peer, 1000);
        }
    }

    /** As the page shows it: without a handler of ours. */
    @Test
    default void nettysOwnDecoderGivesAFrameItsMessage() throws Exception {
        withPeer(
                channel -> channel.pipeline().addLast(new HAProxyMessageDecoder()),
                frame -> {
                    assertIsClient(LoadBalancerSamples.headerByNetty(frame), 2);
                    FrameChannelFixture.echo(frame);
                },
                (rt, peer) -> {
                    peer.sendAll(latin(BINARY + "hello"));
                    assertThat(rest(peer, 5)).isEqualTo("hello");
                });
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
