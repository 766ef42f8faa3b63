package io.tardy.websocket;

import static org.assertj.core.api.Assertions.assertThat;

import io.tardy.aio.AsyncType;
import io.tardy.websocket.ConformanceCase.Server;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Tests the protocol case by case with raw bytes. All cases of a kind use the same server, and
 * another connection to it must survive them all.
 */
@ExtendWith(BufferCheck.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ConformanceTest {

    private static final Path PAGE = Path.of("..", "docs", "websocket-conformance.md");

    private final Map<Server, ServerFixture> servers = new EnumMap<>(Server.class);
    private final Map<Server, RawPeer> bystanders = new EnumMap<>(Server.class);
    private final Map<ConformanceCase, String> seen = new LinkedHashMap<>();

    @BeforeAll
    void start() throws Exception {
        servers.put(Server.PLAIN, server(b -> b));
        servers.put(Server.COMPRESSING, server(b -> b.compression(true)));
        servers.put(
                Server.IMPATIENT,
                server(
                        b ->
                                b.handshakeTimeout(Duration.ofMillis(500))
                                        .closeTimeout(Duration.ofMillis(300))));
        for (Map.Entry<Server, ServerFixture> entry : servers.entrySet()) {
            bystanders.put(entry.getKey(), new RawPeer(entry.getValue().port()).upgrade());
        }
    }

    private static ServerFixture server(UnaryOperator<WebSocketServer.Builder> settings)
            throws Exception {
        return new ServerFixture(
                AsyncType.AUTO,
                b ->
                        settings.apply(b)
                                .path("/")
                                .subprotocols("v1", "v2")
                                .frameBytesMax(ConformanceCases.BYTES_MAX)
                                .messageBytesMax(ConformanceCases.BYTES_MAX)
                                .origin(origin -> !"http://evil".equals(origin)),
                ConformanceTest::serve);
    }

    /** Echoes messages and obeys commands. */
    private static void serve(WebSocketConnection connection) throws Exception {
        for (WebSocketMessage message; (message = connection.receive()) != null; ) {
            switch (message) {
                case WebSocketMessage.Binary binary -> connection.sendBinary(binary.bytes());
                case WebSocketMessage.Text text -> {
                    String words = text.text();
                    if (words.startsWith("close ")) {
                        connection.close(Integer.parseInt(words.substring(6)), "as you wish");
                    } else if (words.equals("fail")) {
                        throw new IOException("on purpose");
                    } else if (words.equals("return")) {
                        return;
                    } else {
                        connection.sendText(words);
                    }
                }
            }
        }
    }

    @AfterAll
    void stop() throws Exception {
        for (RawPeer bystander : bystanders.values()) {
            bystander.close();
        }
        for (ServerFixture server : servers.values()) {
            server.close();
        }
    }

    static List<ConformanceCase> cases() {
        return Stream.of(new HandshakeCases(), new ConformanceCases(), new CompressionCases())
                .map(CaseTable::all)
                .flatMap(List::stream)
                .toList();
    }

    @Order(1)
    @ParameterizedTest
    @MethodSource("cases")
    void thePeerSees(ConformanceCase rule) throws Exception {
        assertThat(seenIn(rule)).isEqualTo(rule.expected());
        RawPeer bystander = bystanders.get(rule.server());
        bystander.send(RawPeer.text("still here"));
        assertThat(bystander.readFrame()).as("another connection").isEqualTo("text “still here”");
    }

    private String seenIn(ConformanceCase rule) throws IOException {
        String before = seen.get(rule);
        if (before == null) {
            try (RawPeer peer = new RawPeer(servers.get(rule.server()).port())) {
                before = rule.script().run(peer);
            }
            seen.put(rule, before);
        }
        return before;
    }

    @Order(2)
    @Test
    void thePageShowsWhatWasSeen() throws IOException {
        String table = table();
        Path copy = Path.of("target", "websocket-conformance.md");
        Files.writeString(copy, table);
        assertThat(Files.exists(PAGE) ? Files.readString(PAGE) : "")
                .as("copy %s to %s", copy, PAGE)
                .isEqualTo(table);
    }

    private String table() throws IOException {
        int open = 0;
        StringBuilder rows = new StringBuilder();
        for (ConformanceCase rule : cases()) {
            String was = seenIn(rule);
            boolean isMet = was.equals(rule.expected());
            open += isMet ? 0 : 1;
            rows.append(
                    String.format(
                            "| %s | %s | %s | %s |%n",
                            rule.section(),
                            rule.name(),
                            rule.expected(),
                            isMet ? "the same" : "**" + was + "**"));
        }
        return """
        # WebSocket: conformance

        Written by `ConformanceTest` in `tardy-websocket`, which fails when this page is not what it \
        saw. A peer that knows
        bytes only keeps or breaks one rule in each case; the table has what it must see from the \
        server until the end of the
        connection, and what it saw. Through all cases another connection to the same server is \
        served. Sections are those of
        RFC 6455, and of RFC 7692 for what is compressed.

        %d cases, %d open.

        | section | case | expected | seen |
        | --- | --- | --- | --- |
        """
                        .formatted(cases().size(), open)
                + rows;
    }
}
