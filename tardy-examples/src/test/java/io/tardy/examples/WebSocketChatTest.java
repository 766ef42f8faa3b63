package io.tardy.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.tardy.aio.AsyncType;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * The protocol of {@link WebSocketChat}. The server goes first in the end and closes every
 * WebSocket; an {@code HttpClient} that is closed waits for its own without closing them.
 */
@Timeout(120)
final class WebSocketChatTest {

    private static final int MESSAGES_MAX = 10_000;

    @OnEachTransport
    void aRoomHearsWhatIsSaidInIt(AsyncType transport) throws Exception {
        try (HttpClient http = HttpClient.newHttpClient();
                RunningServer server = new RunningServer(transport, new WebSocketChat().server())) {
            Listening ann = enter(http, server, "lobby", "ann");
            assertThat(ann.nextText()).isEqualTo("slow 0");
            assertThat(ann.nextText()).isEqualTo("here ann");
            Listening eve = enter(http, server, "elsewhere", "eve");
            Listening bob = enter(http, server, "lobby", "bob");
            assertThat(ann.nextText()).isEqualTo("came bob");
            ann.say("hello there");
            assertThat(ann.nextText()).isEqualTo("said ann hello there");
            assertThat(List.of(bob.nextText(), bob.nextText(), bob.nextText()))
                    .containsExactly("slow 0", "here ann bob", "said ann hello there");
            bob.webSocket().sendClose(1000, "").join();
            assertThat(ann.nextText()).isEqualTo("left bob");
            eve.say("alone");
            assertThat(List.of(eve.nextText(), eve.nextText(), eve.nextText()))
                    .containsExactly("slow 0", "here eve", "said eve alone");
        }
    }

    @Test
    void whoComesLaterHearsTheEndOfTheHistory() throws Exception {
        try (HttpClient http = HttpClient.newHttpClient();
                RunningServer server =
                        new RunningServer(AsyncType.AUTO, new WebSocketChat().server())) {
            Listening ann = enter(http, server, "lobby", "ann");
            List<String> expected = new ArrayList<>(List.of("slow 0"));
            for (int i = 0; i < ChatRoom.HISTORY_MAX + 20; i++) {
                ann.say("number " + i);
                if (i >= 20) {
                    expected.add("said ann number " + i);
                }
            }
            String last = expected.getLast();
            for (String heard = ""; !heard.equals(last); ) {
                heard = ann.nextText();
            }
            expected.add("here ann bob");
            Listening bob = enter(http, server, "lobby", "bob");
            for (String event : expected) {
                assertThat(bob.nextText()).isEqualTo(event);
            }
        }
    }

    @Test
    void whoDoesNotReadIsDroppedAndCounted() throws Exception {
        try (HttpClient http = HttpClient.newHttpClient();
                RunningServer server =
                        new RunningServer(AsyncType.AUTO, new WebSocketChat().server());
                Socket sloth = enterAndReadNothing(server)) {
            Listening ann = enter(http, server, "lobby", "ann");
            String text = "x".repeat(WebSocketChat.MESSAGE_BYTES_MAX);
            List<String> told = new ArrayList<>();
            for (int i = 0; i < MESSAGES_MAX && !told.contains("slow 1"); i++) {
                ann.say(text);
                for (String heard = ""; !heard.startsWith("said ann"); ) {
                    heard = ann.nextText();
                    told.add(heard.substring(0, Math.min(heard.length(), 20)));
                }
            }
            assertThat(told).contains("slow 0", "here sloth ann", "left sloth", "slow 1");
        }
    }

    @Test
    void strangeVisitsAreRefused() throws Exception {
        try (HttpClient http = HttpClient.newHttpClient();
                RunningServer server =
                        new RunningServer(AsyncType.AUTO, new WebSocketChat().server())) {
            String host = "127.0.0.1:" + server.port();
            assertThat(handshake(server, "/rooms/a?name=b", "http://" + host)).contains(" 101 ");
            assertThat(handshake(server, "/rooms/a?name=b", "http://evil.example"))
                    .contains(" 403 ");
            for (String uri :
                    List.of("/rooms/a", "/rooms/a?name=", "/rooms/a%20b?name=c", "/?name=c")) {
                assertThat(handshake(server, uri, "http://" + host)).as(uri).contains(" 404 ");
            }
            HttpRequest page =
                    HttpRequest.newBuilder(URI.create("http://" + host + "/?a=b")).build();
            HttpResponse<String> answer = http.send(page, HttpResponse.BodyHandlers.ofString());
            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(answer.body()).contains("<title>Tardy chat</title>");
        }
    }

    private static Listening enter(
            HttpClient http, RunningServer server, String room, String name) {
        return new Listening(http, server.uri("/rooms/" + room + "?name=" + name));
    }

    /** Is in the room when it returns. */
    private static Socket enterAndReadNothing(RunningServer server) throws Exception {
        Socket socket = new Socket();
        socket.setReceiveBufferSize(4096);
        socket.connect(new InetSocketAddress("127.0.0.1", server.port()));
        assertThat(handshake(socket, "/rooms/lobby?name=sloth", "127.0.0.1", null))
                .contains(" 101 ");
        StringBuilder heard = new StringBuilder();
        while (!heard.toString().endsWith("here sloth")) {
            heard.append((char) readByte(socket));
        }
        return socket;
    }

    private static int readByte(Socket socket) throws Exception {
        int next = socket.getInputStream().read();
        assertThat(next).as("a byte before the end").isNotNegative();
        return next;
    }

    private static String handshake(RunningServer server, String uri, String origin)
            throws Exception {
        try (Socket socket = new Socket("127.0.0.1", server.port())) {
            return handshake(socket, uri, "127.0.0.1:" + server.port(), origin);
        }
    }

    /** The line of the answer's status. */
    private static String handshake(Socket socket, String uri, String host, String origin)
            throws Exception {
        List<String> lines = new ArrayList<>();
        Collections.addAll(
                lines,
                "GET " + uri + " HTTP/1.1",
                "Host: " + host,
                "Upgrade: websocket",
                "Connection: Upgrade",
                "Sec-WebSocket-Version: 13",
                "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==");
        if (origin != null) {
            lines.add("Origin: " + origin);
        }
        String request = String.join("\r\n", lines) + "\r\n\r\n";
        socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
        StringBuilder status = new StringBuilder();
        for (int next; (next = readByte(socket)) != '\n'; ) {
            status.append((char) next);
        }
        return status.toString();
    }
}
