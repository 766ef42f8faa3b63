package io.tardy.websocket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import io.tardy.Frame;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;

/** Handshakes, HTTP, TLS and the end of a server, on every transport. */
interface ServerContract extends HalfCloseContract, FailureContract, TooLongContract {

    private static HandshakeRefusedException refusal(WebSocketClient client, URI uri)
            throws Exception {
        try (var ws = client.connect(uri)) {
            throw new AssertionError("not refused: " + ws);
        } catch (HandshakeRefusedException e) {
            return e;
        }
    }

    @Test
    default void handshakesAreRefusedWithTheRightStatus() throws Exception {
        try (ServerFixture fixture =
                echoServer(
                        b ->
                                b.path("/chat")
                                        .origin("http://good"::equals)
                                        .check(
                                                request ->
                                                        request.headers().contains("Token")
                                                                ? HttpResponseStatus
                                                                        .SWITCHING_PROTOCOLS
                                                                : HttpResponseStatus
                                                                        .UNAUTHORIZED))) {
            URI uri = fixture.uri("ws", "/chat");
            fixture.inFrame(
                    () -> {
                        WebSocketClient.Builder builder = WebSocketClient.builder();
                        assertThat(refusal(builder.build(), uri).status()).isEqualTo(403);
                        builder.header("Origin", "http://good");
                        assertThat(refusal(builder.build(), uri).status()).isEqualTo(401);
                        builder.header("Token", "t");
                        URI elsewhere = fixture.uri("ws", "/other");
                        assertThat(refusal(builder.build(), elsewhere).status()).isEqualTo(404);
                        try (var ws = builder.build().connect(uri)) {
                            ws.sendText("in");
                            assertThat(ws.receive().text()).isEqualTo("in");
                        }
                        builder.subprotocols("unknown");
                        assertThat(refusal(builder.build(), uri).status()).isEqualTo(101);
                    });
        }
    }

    private static FullHttpResponse page(FullHttpRequest request) throws Exception {
        if (request.uri().equals("/fail")) {
            throw new IllegalStateException("on purpose");
        }
        Frame.delay(Duration.ofMillis(1)); // it is a frame
        String text = request.method() + " " + request.content().readableBytes();
        return new DefaultFullHttpResponse(
                HttpVersion.HTTP_1_1,
                HttpResponseStatus.OK,
                Unpooled.copiedBuffer(text, StandardCharsets.UTF_8));
    }

    @Test
    default void plainHttpIsServedOnTheSamePort() throws Exception {
        try (ServerFixture fixture =
                        echoServer(b -> b.path("/chat").httpHandler(ServerContract::page));
                HttpClient http =
                        HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
            HttpRequest.Builder request = HttpRequest.newBuilder(fixture.uri("http", "/"));
            assertThat(http.send(request.build(), body()).body()).isEqualTo("GET 0");
            request.POST(HttpRequest.BodyPublishers.ofByteArray(new byte[60_000]));
            assertThat(http.send(request.build(), body()).body()).isEqualTo("POST 60000");
            request.POST(HttpRequest.BodyPublishers.ofByteArray(new byte[70_000]));
            assertThat(http.send(request.build(), body()).statusCode()).isEqualTo(413);
            request.uri(fixture.uri("http", "/fail")).GET();
            assertThat(http.send(request.build(), body()).statusCode()).isEqualTo(500);
            fixture.inFrame(
                    () -> {
                        try (var ws = WebSocketConnection.connect(fixture.uri("ws", "/chat"))) {
                            ws.sendText("both");
                            assertThat(ws.receive().text()).isEqualTo("both");
                        }
                    });
        }
    }

    @Test
    default void whoSendsTooMuchSeesTheAnswerAllTheSame() throws Exception {
        try (ServerFixture fixture =
                        echoServer(b -> b.path("/chat").httpHandler(ServerContract::page));
                Socket peer = new Socket("127.0.0.1", fixture.uri("http", "/").getPort())) {
            peer.setSoTimeout(30_000);
            byte[] body = new byte[8 << 20]; // more than is ever on its way
            String head = "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: " + body.length;
            peer.getOutputStream().write((head + "\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
            peer.getOutputStream().write(body);
            String answer =
                    new String(peer.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
            assertThat(answer)
                    .startsWith("HTTP/1.1 413 ")
                    .containsIgnoringCase("connection: close");
        }
    }

    @Test
    default void whoSendsTooMuchOverTlsSeesTheAnswerAllTheSame() throws Exception {
        X509Bundle certificate = certificate();
        SslContext serverSsl = serverSsl(certificate);
        SSLContext clientSsl = SSLContext.getInstance("TLS");
        TrustManagerFactory trust =
                TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(certificate.toKeyStore(new char[0]));
        clientSsl.init(null, trust.getTrustManagers(), null);
        try (ServerFixture fixture =
                        echoServer(b -> b.ssl(serverSsl).httpHandler(ServerContract::page));
                Socket peer =
                        clientSsl.getSocketFactory().createSocket("127.0.0.1", fixture.port())) {
            peer.setSoTimeout(30_000);
            byte[] body = new byte[8 << 20]; // more than is ever on its way
            String head = "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: " + body.length;
            peer.getOutputStream().write((head + "\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
            peer.getOutputStream().write(body);
            String answer =
                    new String(peer.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
            assertThat(answer).startsWith("HTTP/1.1 413 ");
        }
    }

    private static X509Bundle certificate() throws Exception {
        return new CertificateBuilder()
                .subject("CN=localhost")
                .addSanDnsName("localhost")
                .setIsCertificateAuthority(true)
                .buildSelfSigned();
    }

    private static SslContext serverSsl(X509Bundle certificate) throws Exception {
        return SslContextBuilder.forServer(
                        certificate.getKeyPair().getPrivate(), certificate.getCertificatePath())
                .build();
    }

    @Test
    default void whoWaitsFor100IsToldWhenItIsHisTurn() throws Exception {
        CompletableFuture<Void> inRequest = new CompletableFuture<>();
        CompletableFuture<Void> goOn = new CompletableFuture<>();
        try (ServerFixture fixture =
                        echoServer(
                                b ->
                                        b.httpHandler(
                                                request -> {
                                                    inRequest.complete(null);
                                                    goOn.join();
                                                    return page(request);
                                                }));
                RawPeer peer = new RawPeer(fixture.port())) {
            peer.send(RawPeer.http("GET / HTTP/1.1", "Host: x"));
            inRequest.get(20, java.util.concurrent.TimeUnit.SECONDS);
            String[] expecting = {
                "POST / HTTP/1.1", "Host: x", "Content-Length: 3", "Expect: 100-continue"
            };
            peer.send(RawPeer.http(expecting));
            goOn.complete(null);
            assertThat(peer.readAnswer()).startsWith("HTTP/1.1 200 ").endsWith("GET 0");
            assertThat(peer.readAnswer()).startsWith("HTTP/1.1 100 ");
            peer.send("abc".getBytes(StandardCharsets.US_ASCII));
            assertThat(peer.readAnswer()).startsWith("HTTP/1.1 200 ").endsWith("POST 3");
            peer.send(RawPeer.http(expecting));
            assertThat(peer.readAnswer()).startsWith("HTTP/1.1 100 ");
        }
    }

    @Test
    default void expectationsAreAList() throws Exception {
        try (ServerFixture fixture = echoServer(b -> b.httpHandler(ServerContract::page))) {
            for (String expect :
                    List.of(
                            "100-continue, 100-continue",
                            "100-Continue ,, 100-continue,",
                            "100-continue\r\nExpect: 100-continue")) {
                try (RawPeer peer = new RawPeer(fixture.port())) {
                    String[] head = {
                        "POST / HTTP/1.1", "Host: x", "Content-Length: 3", "Expect: " + expect
                    };
                    peer.send(RawPeer.http(head));
                    assertThat(peer.readAnswer()).as(expect).startsWith("HTTP/1.1 100 ");
                    peer.send("abc".getBytes(StandardCharsets.US_ASCII));
                    assertThat(peer.readAnswer()).startsWith("HTTP/1.1 200 ").endsWith("POST 3");
                }
            }
            for (String expect : List.of("100-continue, fries", "fries\r\nExpect: 100-continue")) {
                String[] head = {"GET / HTTP/1.1", "Host: x", "Expect: " + expect};
                assertThat(statusOf(fixture, head)).as(expect).isEqualTo("HTTP 417");
            }
        }
    }

    @Test
    default void headersHaveLimitsOfTheUsersChoice() throws Exception {
        try (ServerFixture fixture =
                echoServer(
                        b ->
                                b.headerBytesMax(20_000)
                                        .headersMax(3)
                                        .httpHandler(ServerContract::page))) {
            String[] head = {"GET / HTTP/1.1", "Host: x", "Connection: close", "X: y"};
            assertThat(statusOf(fixture, head)).isEqualTo("HTTP 200");
            head[3] = "X: " + "y".repeat(19_000);
            assertThat(statusOf(fixture, head)).isEqualTo("HTTP 200");
            head[3] = "X: " + "y".repeat(20_000);
            assertThat(statusOf(fixture, head)).isEqualTo("HTTP 431");
            head[3] = "X: y\r\nZ: y";
            assertThat(statusOf(fixture, head)).isEqualTo("HTTP 431");
            head[3] = "";
            head[0] = "GET /" + "y".repeat(19_000) + " HTTP/1.1";
            assertThat(statusOf(fixture, head)).isEqualTo("HTTP 200");
            head[0] = "GET /" + "y".repeat(20_000) + " HTTP/1.1";
            assertThat(statusOf(fixture, head)).isEqualTo("HTTP 414");
        }
        assertThatThrownBy(() -> WebSocketServer.builder().headersMax(0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("headersMax must be positive: 0");
    }

    private static String statusOf(ServerFixture fixture, String... head) throws Exception {
        try (RawPeer peer = new RawPeer(fixture.port())) {
            peer.send(RawPeer.http(head));
            return peer.readStatus();
        }
    }

    @Test
    default void aRefusalHasTheHeadersThatCheckGivesIt() throws Exception {
        try (ServerFixture fixture =
                        echoServer(
                                b ->
                                        b.check(
                                                (request, refusal) -> {
                                                    refusal.set("WWW-Authenticate", "Basic");
                                                    refusal.add("X-Why", "this")
                                                            .add("X-Why", "that");
                                                    return HttpResponseStatus.UNAUTHORIZED;
                                                }));
                RawPeer peer = new RawPeer(fixture.port())) {
            peer.send(RawPeer.request("/"));
            assertThat(peer.readAnswer().lines())
                    .contains(
                            "HTTP/1.1 401 Unauthorized",
                            "WWW-Authenticate: Basic",
                            "X-Why: this",
                            "X-Why: that",
                            "connection: close");
        }
    }

    @Test
    default void whoHasToUpgradeIsToldSoInConnectionToo() throws Exception {
        try (ServerFixture fixture = echoServer(b -> b);
                RawPeer peer = new RawPeer(fixture.port())) {
            peer.send(RawPeer.http("GET / HTTP/1.1", "Host: x"));
            assertThat(peer.readAnswer().lines())
                    .contains(
                            "HTTP/1.1 426 Upgrade Required",
                            "upgrade: websocket",
                            "connection: close, upgrade");
        }
    }

    @Test
    default void aFailureOfCheckIsAnswered() throws Exception {
        List<Function<io.netty.handler.codec.http.HttpRequest, HttpResponseStatus>> checks =
                List.of(
                        request -> {
                            throw new IllegalStateException("on purpose");
                        },
                        request -> null,
                        request -> HttpResponseStatus.CONTINUE);
        for (var check : checks) {
            try (ServerFixture fixture = echoServer(b -> b.check(check));
                    RawPeer peer = new RawPeer(fixture.port())) {
                peer.send(RawPeer.request("/"));
                assertThat(peer.readStatus()).isEqualTo("HTTP 500");
            }
        }
    }

    @Test
    default void aRequestSeenByAHandlerHasOneForm() throws Exception {
        try (ServerFixture fixture =
                        echoServer(b -> b.path("/ws").httpHandler(ServerContract::targetAndHost));
                RawPeer peer = new RawPeer(fixture.port())) {
            peer.send(RawPeer.http("GET http://a:1?b=c HTTP/1.2", "Host: other"));
            assertThat(peer.readAnswer()).endsWith("/?b=c a:1 HTTP/1.1");
            peer.send(RawPeer.http("GET HTTPS://a/b/c HTTP/1.1", "Host: other"));
            assertThat(peer.readAnswer()).endsWith("/b/c a HTTP/1.1");
        }
    }

    /** RFC 9110, section 7.8. */
    @Test
    default void anUpgradeInHttp10IsIgnored() throws Exception {
        String[] upgrade = {
            "GET / HTTP/1.0",
            "Host: x",
            "Upgrade: websocket",
            "Connection: Upgrade",
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
            "Sec-WebSocket-Version: 13"
        };
        try (ServerFixture pages = echoServer(b -> b.httpHandler(ServerContract::page));
                ServerFixture none = echoServer(b -> b)) {
            assertThat(statusOf(pages, upgrade)).isEqualTo("HTTP 200");
            assertThat(statusOf(pages, Arrays.copyOf(upgrade, 3))).isEqualTo("HTTP 200");
            assertThat(statusOf(none, upgrade)).isEqualTo("HTTP 426");
            upgrade[3] = "Connection: keep-alive, Upgrade";
            try (RawPeer peer = new RawPeer(pages.port())) {
                for (int i = 0; i < 2; i++) { // what follows is no WebSocket
                    peer.send(RawPeer.http(upgrade));
                    assertThat(peer.readAnswer()).startsWith("HTTP/1.1 200 ").endsWith("GET 0");
                }
            }
        }
    }

    @Test
    default void hostsThatAreNoneAreRefused() throws Exception {
        try (ServerFixture fixture = echoServer(b -> b.httpHandler(ServerContract::page))) {
            for (String target :
                    List.of("http://:80/", "http://:/", "ws://:1/", "http://[zz]/", "http://[]/")) {
                assertThat(statusOf(fixture, "GET " + target + " HTTP/1.1", "Host: x"))
                        .as(target)
                        .isEqualTo("HTTP 400");
            }
            for (String host :
                    List.of(
                            "[zz]",
                            "[:]",
                            "[::1::2]",
                            "[]",
                            "[1]",
                            "[::1",
                            "[::12345]",
                            "[1.2.3.4]",
                            "[::1%25eth0]",
                            "[v.x]",
                            "[v1.]",
                            "[vx.x]",
                            "[v1x]")) {
                assertThat(statusOf(fixture, "GET / HTTP/1.1", "Host: " + host))
                        .as(host)
                        .isEqualTo("HTTP 400");
            }
            for (String host :
                    List.of("[v1.x]", "[VaF.a:b]:1", "[::]", "[1:2:3:4:5:6:7:8]:", "[::1.2.3.4]")) {
                assertThat(statusOf(fixture, "GET / HTTP/1.1", "Host: " + host))
                        .as(host)
                        .isEqualTo("HTTP 200");
                assertThat(statusOf(fixture, "GET http://" + host + "/ HTTP/1.1", "Host: x"))
                        .as(host)
                        .isEqualTo("HTTP 200");
            }
        }
    }

    @Test
    default void aLongHostIsNoHarm() throws Exception {
        try (ServerFixture fixture =
                echoServer(b -> b.headerBytesMax(1 << 20).httpHandler(ServerContract::page))) {
            for (String part : List.of("a", "%41")) {
                String host = "Host: " + part.repeat(300_000);
                assertThat(statusOf(fixture, "GET / HTTP/1.1", host)).isEqualTo("HTTP 200");
                assertThat(statusOf(fixture, "GET / HTTP/1.1", host + "%4")).isEqualTo("HTTP 400");
            }
        }
    }

    @Test
    default void targetsOfOtherThanVisibleAsciiAreRefused() throws Exception {
        try (ServerFixture fixture = echoServer(b -> b.httpHandler(ServerContract::page))) {
            for (char c = 0; c < 256; c++) {
                if (c == '\n' || c > ' ' && c < 127) {
                    continue; // the end of the line, and what may be in it
                }
                for (String target : List.of("/a%cb", "/?%c=", "http://x/%c/")) {
                    String line = "GET " + target.replace("%c", String.valueOf(c)) + " HTTP/1.1";
                    assertThat(statusOf(fixture, line, "Host: x", "Connection: close"))
                            .as("%s with %d", target, (int) c)
                            .isEqualTo("HTTP 400");
                }
            }
        }
    }

    private static FullHttpResponse targetAndHost(FullHttpRequest request) {
        String text =
                request.uri()
                        + " "
                        + request.headers().get("Host")
                        + " "
                        + request.protocolVersion();
        return new DefaultFullHttpResponse(
                HttpVersion.HTTP_1_1,
                HttpResponseStatus.OK,
                Unpooled.copiedBuffer(text, StandardCharsets.UTF_8));
    }

    /** Also where it is not ours to change: another may send the same. */
    @Test
    default void anAnswerMayBeReadOnly() throws Exception {
        try (ServerFixture fixture =
                        echoServer(
                                b ->
                                        b.httpHandler(
                                                request ->
                                                        new DefaultFullHttpResponse(
                                                                HttpVersion.HTTP_1_0,
                                                                HttpResponseStatus.OK,
                                                                Unpooled.EMPTY_BUFFER,
                                                                EmptyHttpHeaders.INSTANCE,
                                                                EmptyHttpHeaders.INSTANCE)));
                RawPeer peer = new RawPeer(fixture.port())) {
            for (int i = 0; i < 2; i++) {
                peer.send(RawPeer.http("GET / HTTP/1.1", "Host: x"));
                assertThat(peer.readAnswer())
                        .startsWith("HTTP/1.1 200 ")
                        .contains("content-length: 0\r\n");
            }
        }
    }

    private static HttpResponse.BodyHandler<String> body() {
        return HttpResponse.BodyHandlers.ofString();
    }

    @Test
    default void wssIsServedWithACertificate() throws Exception {
        X509Bundle certificate = certificate();
        SslContext serverSsl = serverSsl(certificate);
        SslContext clientSsl =
                SslContextBuilder.forClient().trustManager(certificate.getCertificate()).build();
        try (ServerFixture fixture = echoServer(b -> b.ssl(serverSsl))) {
            URI uri = URI.create("wss://localhost:" + fixture.port() + "/");
            fixture.inFrame(
                    () -> {
                        WebSocketClient client = WebSocketClient.builder().ssl(clientSsl).build();
                        try (var ws = client.connect(uri)) {
                            ws.sendText("secret");
                            assertThat(ws.receive().text()).isEqualTo("secret");
                            ws.sendBinary(new byte[200_000]);
                            assertThat(ws.receive().bytes()).hasSize(200_000);
                            ws.close(4000, "enough");
                            assertThat(ws.closeCode()).isEqualTo(4000);
                        }
                        // Nobody vouches for it; and without TLS there is no handshake at all.
                        assertThatThrownBy(() -> WebSocketConnection.connect(uri))
                                .isInstanceOf(java.io.IOException.class);
                        assertThatThrownBy(
                                        () -> WebSocketConnection.connect(fixture.uri("ws", "/")))
                                .isInstanceOf(java.io.IOException.class);
                    });
        }
    }

    @Test
    default void aShutdownSays1001AndFinishesRequests() throws Exception {
        CompletableFuture<Void> inRequest = new CompletableFuture<>();
        CompletableFuture<Void> goOn = new CompletableFuture<>();
        try (ServerFixture fixture =
                        echoServer(
                                b ->
                                        b.httpHandler(
                                                request -> {
                                                    inRequest.complete(null);
                                                    goOn.join();
                                                    return page(request);
                                                }));
                HttpClient http =
                        HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
                RawPeer idle = new RawPeer(fixture.port());
                RawPeer peer = new RawPeer(fixture.port()).upgrade()) {
            CompletableFuture<HttpResponse<String>> response =
                    http.sendAsync(
                            HttpRequest.newBuilder(fixture.uri("http", "/")).build(), body());
            inRequest.get(20, java.util.concurrent.TimeUnit.SECONDS);
            peer.send(RawPeer.text("before"));
            assertThat(peer.readFrame()).isEqualTo("text “before”");
            CompletableFuture<Boolean> down =
                    CompletableFuture.supplyAsync(
                            () ->
                                    fixture.server()
                                            .shutdown(
                                                    Duration.ofSeconds(20),
                                                    Duration.ofSeconds(21)));
            assertThat(peer.readToEnd()).isEqualTo("close 1001, end");
            assertThat(idle.readFrame()).isEqualTo("end");
            assertThat(response).isNotDone();
            goOn.complete(null);
            assertThat(response.get().statusCode()).isEqualTo(200);
            assertThat(response.get().headers().firstValue("connection")).hasValue("close");
            assertThat(down.get()).isTrue();
            assertThat(fixture.server().connections()).isZero();
            assertThatThrownBy(() -> new RawPeer(fixture.port()).upgrade())
                    .isInstanceOf(java.io.IOException.class);
        }
    }

    @Test
    default void aShutdownWaitsForTheBodyOfARequestThatHasBegun() throws Exception {
        try (ServerFixture fixture = echoServer(b -> b.httpHandler(ServerContract::page));
                RawPeer peer = new RawPeer(fixture.port());
                RawPeer idle = new RawPeer(fixture.port())) {
            peer.send(
                    RawPeer.http(
                            "POST / HTTP/1.1",
                            "Host: x",
                            "Content-Length: 3",
                            "Expect: 100-continue"));
            assertThat(peer.readAnswer()).startsWith("HTTP/1.1 100 ");
            CompletableFuture<Boolean> down =
                    CompletableFuture.supplyAsync(
                            () ->
                                    fixture.server()
                                            .shutdown(
                                                    Duration.ofSeconds(20),
                                                    Duration.ofSeconds(21)));
            assertThat(idle.readFrame()).isEqualTo("end");
            peer.send("abc".getBytes(StandardCharsets.US_ASCII));
            assertThat(peer.readAnswer()).startsWith("HTTP/1.1 200 ").endsWith("POST 3");
            assertThat(peer.readFrame()).isEqualTo("end");
            assertThat(down.get()).isTrue();
        }
    }

    @Test
    default void aShutdownForcesWhoeverIsLate() throws Exception {
        CountDownLatch running = new CountDownLatch(1);
        AtomicReference<Throwable> ended = new AtomicReference<>();
        try (ServerFixture fixture =
                        new ServerFixture(
                                transport(),
                                b -> b,
                                ws -> {
                                    running.countDown();
                                    try {
                                        Frame.delay(Duration.ofHours(1));
                                    } catch (Exception e) {
                                        ended.set(e);
                                        throw e;
                                    }
                                });
                RawPeer peer = new RawPeer(fixture.port()).upgrade()) {
            running.await();
            assertThat(fixture.server().shutdown(Duration.ofMillis(100), Duration.ofSeconds(20)))
                    .isTrue();
            assertThat(ended.get()).isInstanceOf(io.tardy.aio.CancelledException.class);
            assertThat(peer.readFrame()).isEqualTo("close 1001");
        }
    }

    @Test
    default void violationsAreClosedWithTheirCode() throws Exception {
        byte[] request = RawPeer.request("/");
        byte[] one = RawPeer.text("one");
        try (ServerFixture fixture = echoServer(b -> b.frameBytesMax(1000))) {
            assertSeen(fixture, "text “one”, close 1000, end", one, RawPeer.close(1000));
            assertSeen(fixture, "close 1002, end", RawPeer.frame(3, new byte[0]));
            assertSeen(fixture, "close 1002, end", RawPeer.unmasked(RawPeer.TEXT, new byte[1]));
            assertSeen(fixture, "close 1007, end", RawPeer.frame(RawPeer.TEXT, new byte[] {-1}));
            assertSeen(fixture, "close 1009, end", RawPeer.frame(RawPeer.TEXT, new byte[1001]));
            try (RawPeer peer = new RawPeer(fixture.port())) {
                peer.send(request, one, RawPeer.close(4000));
                assertThat(peer.readStatus()).isEqualTo("HTTP 101");
                assertThat(peer.readToEnd()).isEqualTo("text “one”, close 4000, end");
            }
        }
    }

    private static void assertSeen(ServerFixture fixture, String expected, byte[]... frames)
            throws Exception {
        try (RawPeer peer = new RawPeer(fixture.port()).upgrade()) {
            peer.send(frames);
            assertThat(peer.readToEnd()).isEqualTo(expected);
        }
    }
}
