package io.tardy.websocket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.tardy.Frame;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;

/** Handshakes, TLS and the end of a server, on every transport. */
interface ServerContract extends HttpContract, HalfCloseContract, FailureContract, TooLongContract {

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

    @Test
    default void aPeerThatSendsTooMuchOverTlsStillReadsTheAnswer() throws Exception {
        TestCertificate certificate = new TestCertificate();
        SslContext serverSsl = certificate.serverSsl();
        SSLContext clientSsl = SSLContext.getInstance("TLS");
        TrustManagerFactory trust =
                TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(certificate.bundle().toKeyStore(new char[0]));
        clientSsl.init(null, trust.getTrustManagers(), null);
        try (ServerFixture fixture =
                        echoServer(b -> b.ssl(serverSsl).httpHandler(HttpContract::page));
                Socket peer =
                        clientSsl.getSocketFactory().createSocket("127.0.0.1", fixture.port())) {
            assertThat(HttpContract.answerToTooMuch(peer)).startsWith("HTTP/1.1 413 ");
        }
    }

    @Test
    default void aRefusalHasTheHeadersOfCheck() throws Exception {
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
    default void wssIsServedWithACertificate() throws Exception {
        TestCertificate certificate = new TestCertificate();
        SslContext serverSsl = certificate.serverSsl();
        SslContext clientSsl =
                SslContextBuilder.forClient()
                        .trustManager(certificate.bundle().getCertificate())
                        .build();
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
                        // The default trust does not accept it, and without TLS there is no
                        // handshake.
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
        HeldPage page = new HeldPage();
        try (ServerFixture fixture = echoServer(b -> b.httpHandler(page::answer));
                HttpClient http =
                        HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
                RawPeer idle = new RawPeer(fixture.port());
                RawPeer peer = new RawPeer(fixture.port()).upgrade()) {
            CompletableFuture<HttpResponse<String>> response =
                    http.sendAsync(
                            HttpRequest.newBuilder(fixture.uri("http", "/")).build(),
                            HttpResponse.BodyHandlers.ofString());
            page.awaitRequest();
            peer.send(RawPeer.text("before"));
            assertThat(peer.readFrame()).isEqualTo("text “before”");
            CompletableFuture<Boolean> down = fixture.beginShutdown();
            assertThat(peer.readToEnd()).isEqualTo("close 1001, end");
            assertThat(idle.readFrame()).isEqualTo("end");
            assertThat(response).isNotDone();
            page.release();
            assertThat(response.get().statusCode()).isEqualTo(200);
            assertThat(response.get().headers().firstValue("connection")).hasValue("close");
            assertThat(down.get()).isTrue();
            assertThat(fixture.server().connections()).isZero();
            assertThatThrownBy(() -> new RawPeer(fixture.port()).upgrade())
                    .isInstanceOf(java.io.IOException.class);
        }
    }

    @Test
    default void aDrainOfTheGroupSays1001AndFinishesRequests() throws Exception {
        HeldPage page = new HeldPage();
        try (ServerFixture fixture = echoServer(b -> b.httpHandler(page::answer));
                HttpClient http =
                        HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
                RawPeer late = new RawPeer(fixture.port());
                RawPeer peer = new RawPeer(fixture.port()).upgrade()) {
            CompletableFuture<HttpResponse<String>> response =
                    http.sendAsync(
                            HttpRequest.newBuilder(fixture.uri("http", "/")).build(),
                            HttpResponse.BodyHandlers.ofString());
            page.awaitRequest();
            peer.send(RawPeer.text("before"));
            assertThat(peer.readFrame()).isEqualTo("text “before”");
            CompletableFuture<Boolean> down =
                    CompletableFuture.supplyAsync(
                            () -> fixture.group().drain(ServerFixture.PATIENCE));
            assertThat(peer.readFrame()).isEqualTo("close 1001");
            peer.close();
            assertThatThrownBy(late::upgrade).hasMessageContaining("503"); // answered all the same
            late.close();
            assertThat(response).isNotDone();
            page.release();
            assertThat(response.get().statusCode()).isEqualTo(200);
            assertThat(response.get().headers().firstValue("connection")).hasValue("close");
            assertThat(down.get()).isTrue();
            assertThat(fixture.server().connections()).isZero();
        }
    }

    @Test
    default void aShutdownWaitsForTheBodyOfARequestThatHasBegun() throws Exception {
        try (ServerFixture fixture = echoServer(b -> b.httpHandler(HttpContract::page));
                RawPeer peer = new RawPeer(fixture.port());
                RawPeer idle = new RawPeer(fixture.port())) {
            peer.send(
                    RawPeer.http(
                            "POST / HTTP/1.1",
                            "Host: x",
                            "Content-Length: 3",
                            "Expect: 100-continue"));
            assertThat(peer.readAnswer()).startsWith("HTTP/1.1 100 ");
            CompletableFuture<Boolean> down = fixture.beginShutdown();
            assertThat(idle.readFrame()).isEqualTo("end");
            peer.send("abc".getBytes(StandardCharsets.US_ASCII));
            assertThat(peer.readAnswer()).startsWith("HTTP/1.1 200 ").endsWith("POST 3");
            assertThat(peer.readFrame()).isEqualTo("end");
            assertThat(down.get()).isTrue();
        }
    }

    @Test
    default void aShutdownForcesLateFramesToEnd() throws Exception {
        CountDownLatch running = new CountDownLatch(1);
        AtomicReference<Throwable> ended = new AtomicReference<>();
        try (ServerFixture fixture =
                        serverOf(
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
