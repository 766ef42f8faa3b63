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
import io.tardy.Frame;
import java.io.IOException;
import java.net.Socket;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Plain HTTP on the port of WebSocket, on every transport. */
interface HttpContract extends EchoContract {

    static FullHttpResponse page(FullHttpRequest request) throws Exception {
        if (request.uri().equals("/fail")) {
            throw new IllegalStateException("on purpose");
        }
        Frame.delay(Duration.ofMillis(1)); // frames may wait
        String text = request.method() + " " + request.content().readableBytes();
        return ok(text);
    }

    private static FullHttpResponse ok(String text) {
        return new DefaultFullHttpResponse(
                HttpVersion.HTTP_1_1,
                HttpResponseStatus.OK,
                Unpooled.copiedBuffer(text, StandardCharsets.UTF_8));
    }

    @Test
    default void plainHttpIsServedOnTheSamePort() throws Exception {
        try (ServerFixture fixture =
                        echoServer(b -> b.path("/chat").httpHandler(HttpContract::page));
                HttpClient http =
                        HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
            HttpRequest.Builder request = HttpRequest.newBuilder(fixture.uri("http", "/"));
            assertThat(http.send(request.build(), HttpResponse.BodyHandlers.ofString()).body())
                    .isEqualTo("GET 0");
            request.POST(HttpRequest.BodyPublishers.ofByteArray(new byte[60_000]));
            assertThat(http.send(request.build(), HttpResponse.BodyHandlers.ofString()).body())
                    .isEqualTo("POST 60000");
            request.POST(HttpRequest.BodyPublishers.ofByteArray(new byte[70_000]));
            assertThat(
                            http.send(request.build(), HttpResponse.BodyHandlers.ofString())
                                    .statusCode())
                    .isEqualTo(413);
            request.uri(fixture.uri("http", "/fail")).GET();
            assertThat(
                            http.send(request.build(), HttpResponse.BodyHandlers.ofString())
                                    .statusCode())
                    .isEqualTo(500);
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
    default void aPeerThatSendsTooMuchStillReadsTheAnswer() throws Exception {
        try (ServerFixture fixture =
                        echoServer(b -> b.path("/chat").httpHandler(HttpContract::page));
                Socket peer = new Socket("127.0.0.1", fixture.uri("http", "/").getPort())) {
            assertThat(answerToTooMuch(peer))
                    .startsWith("HTTP/1.1 413 ")
                    .containsIgnoringCase("connection: close");
        }
    }

    /** Sends more than the server takes, and reads all that comes. */
    static String answerToTooMuch(Socket peer) throws IOException {
        peer.setSoTimeout(30_000);
        byte[] body = new byte[8 << 20]; // more than sockets buffer
        String head = "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: " + body.length;
        peer.getOutputStream().write((head + "\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
        peer.getOutputStream().write(body);
        return new String(peer.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
    }

    @Test
    default void status100WaitsForEarlierAnswers() throws Exception {
        HeldPage page = new HeldPage();
        try (ServerFixture fixture = echoServer(b -> b.httpHandler(page::answer));
                RawPeer peer = new RawPeer(fixture.port())) {
            peer.send(RawPeer.http("GET / HTTP/1.1", "Host: x"));
            page.awaitRequest();
            String[] expecting = {
                "POST / HTTP/1.1", "Host: x", "Content-Length: 3", "Expect: 100-continue"
            };
            peer.send(RawPeer.http(expecting));
            page.release();
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
        try (ServerFixture fixture = echoServer(b -> b.httpHandler(HttpContract::page))) {
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
    default void theLimitsOfHeadersCanBeChosen() throws Exception {
        try (ServerFixture fixture =
                echoServer(
                        b ->
                                b.headerBytesMax(20_000)
                                        .headersMax(3)
                                        .httpHandler(HttpContract::page))) {
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
    default void connectionNamesTheRequiredUpgrade() throws Exception {
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
    default void aHandlerSeesRequestsInOneForm() throws Exception {
        try (ServerFixture fixture =
                        echoServer(b -> b.path("/ws").httpHandler(HttpContract::targetAndHost));
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
        try (ServerFixture pages = echoServer(b -> b.httpHandler(HttpContract::page));
                ServerFixture none = echoServer(b -> b)) {
            assertThat(statusOf(pages, upgrade)).isEqualTo("HTTP 200");
            assertThat(statusOf(pages, Arrays.copyOf(upgrade, 3))).isEqualTo("HTTP 200");
            assertThat(statusOf(none, upgrade)).isEqualTo("HTTP 426");
            upgrade[3] = "Connection: keep-alive, Upgrade";
            try (RawPeer peer = new RawPeer(pages.port())) {
                for (int i = 0; i < 2; i++) { // the connection stays HTTP
                    peer.send(RawPeer.http(upgrade));
                    assertThat(peer.readAnswer()).startsWith("HTTP/1.1 200 ").endsWith("GET 0");
                }
            }
        }
    }

    @Test
    default void invalidHostsAreRefused() throws Exception {
        try (ServerFixture fixture = echoServer(b -> b.httpHandler(HttpContract::page))) {
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
    default void aLongHostIsHarmless() throws Exception {
        try (ServerFixture fixture =
                echoServer(b -> b.headerBytesMax(1 << 20).httpHandler(HttpContract::page))) {
            for (String part : List.of("a", "%41")) {
                String host = "Host: " + part.repeat(300_000);
                assertThat(statusOf(fixture, "GET / HTTP/1.1", host)).isEqualTo("HTTP 200");
                assertThat(statusOf(fixture, "GET / HTTP/1.1", host + "%4")).isEqualTo("HTTP 400");
            }
        }
    }

    @Test
    default void targetsMustBeVisibleAscii() throws Exception {
        try (ServerFixture fixture = echoServer(b -> b.httpHandler(HttpContract::page))) {
            for (char c = 0; c < 256; c++) {
                if (c == '\n' || c > ' ' && c < 127) {
                    continue; // legal, or the end of the line
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
        return ok(text);
    }

    /** A handler may return the same immutable answer each time. */
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
}
