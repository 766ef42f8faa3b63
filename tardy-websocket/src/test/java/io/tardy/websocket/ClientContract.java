package io.tardy.websocket;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.tardy.aio.AsyncType;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A client's handshake with servers whose answers are legal, and with others. */
@ExtendWith(BufferCheck.class)
interface ClientContract {

    AsyncType transport();

    private static byte[] unmasked(String hex) {
        byte[] payload = HexFormat.of().parseHex(hex);
        return RawPeer.concat(new byte[] {(byte) 0xc1, (byte) payload.length}, payload);
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /** A server whose group the clients run on. */
    private ServerFixture runtimes() throws Exception {
        return new ServerFixture(transport(), b -> b, ServerFixture::echo);
    }

    private static WebSocketClient client(boolean compression) {
        return WebSocketClient.builder()
                .compression(compression)
                .subprotocols("v1", "v2")
                .closeTimeout(Duration.ofMillis(200)) // the servers here do not close
                .build();
    }

    private static byte[] agreed(String accept, String... headers) {
        byte[] head = WrongServer.upgraded(accept, headers);
        String all = new String(head, StandardCharsets.ISO_8859_1);
        return all.contains("Sec-WebSocket-Protocol")
                ? head
                : ascii(all.replaceFirst("\r\n\r\n", "\r\nSec-WebSocket-Protocol: v1\r\n\r\n"));
    }

    @Test
    default void everyLegalAnswerToTheOfferOfCompressionIsMet() throws Exception {
        List<String> answers = new ArrayList<>(List.of("", "; server_no_context_takeover"));
        answers.add("; client_no_context_takeover");
        answers.add("; client_no_context_takeover; server_no_context_takeover");
        answers.add("; server_max_window_bits=\"10\" ;client_no_context_takeover");
        for (int bits = 8; bits <= 15; bits++) {
            answers.add("; server_max_window_bits=" + bits);
            answers.add("; client_max_window_bits=" + bits);
        }
        // "Hello", refers to it, and then with a final block.
        byte[] frames =
                RawPeer.concat(
                        unmasked("f248cdc9c90700"),
                        unmasked("f200110000"),
                        unmasked("f348cdc9c9070000"));
        byte[] independent = RawPeer.concat(unmasked("f248cdc9c90700"), unmasked("f248cdc9c90700"));
        try (ServerFixture fixture = runtimes()) {
            for (String answer : answers) {
                boolean resets = answer.contains("server_no_context");
                String header = "Sec-WebSocket-Extensions: permessage-deflate" + answer;
                try (WrongServer server =
                        new WrongServer(
                                accept ->
                                        RawPeer.concat(
                                                agreed(accept, header),
                                                resets ? independent : frames,
                                                RawPeer.unmasked(RawPeer.CLOSE, new byte[0])))) {
                    fixture.inFrame(() -> exchange(server, resets ? 2 : 3));
                    List<byte[]> sent = payloadsOf(server.received());
                    assertThat(sent).as(answer).hasSize(3); // and the close frame
                    boolean isAsItIs =
                            Arrays.equals(sent.get(0), "hello, hello".getBytes(US_ASCII));
                    assertThat(isAsItIs)
                            .as(answer)
                            .isEqualTo(answer.matches(".*client_max_window_bits=(8|9|1[0-4])"));
                    boolean isEqual = Arrays.equals(sent.get(0), sent.get(1));
                    assertThat(isEqual)
                            .as(answer)
                            .isEqualTo(isAsItIs || answer.contains("client_no_context_takeover"));
                }
            }
        }
    }

    private static void exchange(WrongServer server, int messages) throws Exception {
        try (var ws = client(true).connect(server.uri())) {
            ws.sendText("hello, hello");
            ws.sendText("hello, hello");
            for (int i = 0; i < messages; i++) {
                assertThat(ws.receive().text()).isEqualTo("Hello");
            }
            assertThat(ws.receive()).isNull();
            assertThat(ws.closeCode()).isEqualTo(1005);
        }
    }

    /** The payloads of short masked frames. */
    private static List<byte[]> payloadsOf(byte[] frames) {
        List<byte[]> payloads = new ArrayList<>();
        for (int at = 0; at < frames.length; ) {
            byte[] payload = new byte[frames[at + 1] & 0x7f];
            for (int i = 0; i < payload.length; i++) {
                payload[i] = (byte) (frames[at + 6 + i] ^ frames[at + 2 + (i & 3)]);
            }
            payloads.add(payload);
            at += 6 + payload.length;
        }
        return payloads;
    }

    @Test
    default void illegalAnswersToTheOfferAreRefused() throws Exception {
        String deflate = "Sec-WebSocket-Extensions: permessage-deflate";
        List<String> wrong =
                List.of(
                        "Sec-WebSocket-Extensions: x-unknown",
                        deflate + ", permessage-deflate",
                        deflate + "\r\n" + deflate,
                        deflate + "\r\nSec-WebSocket-Extensions: x-unknown",
                        deflate + "; x",
                        deflate + "; client_max_window_bits",
                        deflate + "; client_max_window_bits=7",
                        deflate + "; client_max_window_bits=015",
                        deflate + "; server_max_window_bits",
                        deflate + "; server_max_window_bits=7",
                        deflate + "; server_max_window_bits=16",
                        deflate + "; server_max_window_bits=08",
                        deflate + "; server_max_window_bits=abc",
                        deflate + "; server_max_window_bits=10; server_max_window_bits=10",
                        deflate + "; server_no_context_takeover=1",
                        deflate + "; server_no_context_takeover; server_no_context_takeover",
                        deflate + "; client_no_context_takeover=1",
                        deflate + ";",
                        deflate + "; server_max_window_bits=",
                        "Sec-WebSocket-Protocol: v1\r\nSec-WebSocket-Protocol: v2",
                        "Sec-WebSocket-Protocol: v3");
        try (ServerFixture fixture = runtimes()) {
            for (String headers : wrong) {
                assertRefused(fixture, client(true), accept -> agreed(accept, headers), 101);
            }
            assertRefused(fixture, client(false), accept -> agreed(accept, deflate), 101);
            assertRefused(fixture, client(false), accept -> agreed("wrong"), 101);
            assertRefused(
                    fixture,
                    client(false),
                    accept ->
                            RawPeer.http(
                                    "HTTP/1.1 101 Switching Protocols",
                                    "Upgrade: websocket",
                                    "Connection: Upgrade"),
                    101);
        }
    }

    private static Throwable failure(
            ServerFixture fixture, WebSocketClient client, Function<String, byte[]> answer)
            throws Exception {
        try (WrongServer server = new WrongServer(answer)) {
            Throwable[] failure = new Throwable[1];
            fixture.inFrame(
                    () -> failure[0] = catchThrowable(() -> client.connect(server.uri()).close()));
            return failure[0];
        }
    }

    private static void assertRefused(
            ServerFixture fixture,
            WebSocketClient client,
            Function<String, byte[]> answer,
            int status)
            throws Exception {
        Throwable failure = failure(fixture, client, answer);
        assertThat(failure)
                .as(new String(answer.apply(""), StandardCharsets.US_ASCII).split("\r\n\r\n")[0])
                .isInstanceOf(HandshakeRefusedException.class);
        assertThat(((HandshakeRefusedException) failure).status()).isEqualTo(status);
    }

    @Test
    default void theStatusOfARefusalArrivesWhateverItsBody() throws Exception {
        byte[] giant = new byte[8 << 20];
        String length = "Content-Length: " + giant.length;
        String chunked = "Transfer-Encoding: chunked";
        String cookies = ("Set-Cookie: " + "x".repeat(1000) + "\r\n").repeat(20).strip();
        try (ServerFixture fixture = runtimes()) {
            WebSocketClient client = client(false);
            assertRefused(fixture, client, of("403 Forbidden", "Content-Length: 0"), 403);
            assertRefused(fixture, client, of("204 No Content"), 204);
            assertRefused(
                    fixture, client, of("302 Found", "Location: /"), 302); // the body never ends
            assertRefused(fixture, client, of("401 Unauthorized", cookies), 401);
            assertRefused(
                    fixture, client, of("429 Slow down", length), 429); // the body never arrives
            assertRefused(fixture, client, with(giant, of("503 Busy", length)), 503);
            assertRefused(fixture, client, with(giant, of("404 Not Found")), 404);
            assertRefused(fixture, client, with(ascii("fffff\r\n"), of("500 No", chunked)), 500);
        }
    }

    private static Function<String, byte[]> of(String status, String... headers) {
        return accept -> RawPeer.http("HTTP/1.1 " + status, String.join("\r\n", headers));
    }

    private static Function<String, byte[]> with(byte[] body, Function<String, byte[]> head) {
        return accept -> RawPeer.concat(head.apply(accept), body);
    }

    @Test
    default void answersBeforeTheFinalOneAreSkipped() throws Exception {
        byte[] early =
                RawPeer.concat(
                        RawPeer.http("HTTP/1.1 100 Continue"),
                        RawPeer.http("HTTP/1.1 103 Early Hints", "Link: </style.css>"),
                        RawPeer.http("HTTP/1.1 199 What"));
        byte[] frames =
                RawPeer.concat(
                        RawPeer.unmasked(RawPeer.TEXT, ascii("hello")),
                        RawPeer.unmasked(RawPeer.CLOSE, new byte[0]));
        try (ServerFixture fixture = runtimes();
                WrongServer server =
                        new WrongServer(accept -> RawPeer.concat(early, agreed(accept), frames))) {
            fixture.inFrame(
                    () -> {
                        try (var ws = client(false).connect(server.uri())) {
                            assertThat(ws.subprotocol()).isEqualTo("v1");
                            assertThat(ws.receive().text()).isEqualTo("hello");
                        }
                    });
            byte[] refusal = RawPeer.concat(early, RawPeer.http("HTTP/1.1 404 Not Found"));
            assertRefused(fixture, client(false), accept -> refusal, 404);
        }
    }

    @Test
    default void malformedAnswersAreIOExceptions() throws Exception {
        try (ServerFixture fixture = runtimes()) {
            Throwable failure =
                    failure(fixture, client(false), accept -> ascii("SSH-2.0-OpenSSH_9.6\r\n"));
            assertThat(failure)
                    .isInstanceOf(IOException.class)
                    .isNotInstanceOf(HandshakeRefusedException.class)
                    .hasMessageContaining("does not answer in HTTP");
            assertThat(failure(fixture, client(false), accept -> null))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("ended the connection");
        }
    }

    @Test
    default void aHostNameMayHaveAnUnderscore() throws Exception {
        try (ServerFixture fixture =
                new ServerFixture(
                        transport(), b -> b, ws -> ws.sendText(ws.headers().get("Host")))) {
            fixture.inFrame(
                    () -> {
                        URI uri = URI.create("ws://my_service:" + fixture.port() + "/");
                        try (var ws = WebSocketConnection.connect(uri)) {
                            assertThat(ws.receive().text()).isEqualTo(uri.getAuthority());
                        }
                        assertThatThrownBy(
                                        () ->
                                                WebSocketConnection.connect(
                                                        URI.create("ws://nobody_there/")))
                                .isInstanceOf(IOException.class)
                                .hasMessageContaining("nobody_there");
                    });
        }
    }

    @Test
    default void everyAddressOfAHostIsTried() throws Exception {
        try (ServerFixture fixture = runtimes()) {
            fixture.inFrame(
                    () -> {
                        URI uri = URI.create("ws://several:" + fixture.port() + "/");
                        try (var ws = WebSocketConnection.connect(uri)) {
                            ws.sendText("found");
                            assertThat(ws.receive().text()).isEqualTo("found");
                        }
                    });
        }
    }
}
