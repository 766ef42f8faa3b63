package io.tardy.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.tardy.aio.AsyncType;
import io.tardy.examples.HttpCase.Server;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** HTTP case by case, against raw bytes: every server here, on every transport. */
@Timeout(300)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class HttpConformanceTest {

    private static final Path PAGE = Path.of("..", "docs", "http-conformance.md");
    private static final List<AsyncType> TRANSPORTS =
            List.of(AsyncType.IO_URING, AsyncType.EPOLL, AsyncType.POLL);

    /** What is not longer is sent once more in pieces. */
    private static final int SHORT_BYTES = 2000;

    private static final int PIECE_BYTES = 7;

    private final Map<AsyncType, HttpServers> servers = new EnumMap<>(AsyncType.class);
    private final Map<HttpCase, Map<Server, String>> seen = new LinkedHashMap<>();

    @BeforeAll
    void start(@TempDir Path root) throws Exception {
        for (AsyncType transport : TRANSPORTS) {
            servers.put(transport, new HttpServers(transport, root));
        }
    }

    @AfterAll
    void stop() throws Exception {
        for (HttpServers running : servers.values()) {
            running.close();
        }
    }

    static List<HttpCase> cases() {
        return HttpCases.all();
    }

    @Order(1)
    @ParameterizedTest
    @MethodSource("cases")
    void thePeerSees(HttpCase rule) throws Exception {
        Map<Server, String> others = new EnumMap<>(seenIn(rule));
        others.values().removeIf(rule.expected()::equals);
        assertThat(others).as("all who show anything but: %s", rule.expected()).isEmpty();
    }

    private Map<Server, String> seenIn(HttpCase rule) throws IOException {
        Map<Server, String> all = seen.get(rule);
        if (all == null) {
            all = new EnumMap<>(Server.class);
            for (Server server : rule.servers()) {
                all.put(server, onAllTransports(server, rule));
            }
            seen.put(rule, all);
        }
        return all;
    }

    /** Where they differ, each with what was seen there. */
    private String onAllTransports(Server server, HttpCase rule) throws IOException {
        Map<String, List<String>> ways = new TreeMap<>();
        for (AsyncType transport : TRANSPORTS) {
            String was = servers.get(transport).seen(server, rule, Integer.MAX_VALUE / 2);
            ways.computeIfAbsent(was, any -> new ArrayList<>()).add(transport.label());
            if (rule.bytes() < SHORT_BYTES) {
                was = servers.get(transport).seen(server, rule, PIECE_BYTES);
                ways.computeIfAbsent(was, any -> new ArrayList<>())
                        .add(transport.label() + " in pieces");
            }
        }
        if (ways.size() == 1) {
            return ways.keySet().iterator().next();
        }
        StringJoiner each = new StringJoiner("; ");
        ways.forEach((was, where) -> each.add(String.join(", ", where) + ": " + was));
        return each.toString();
    }

    @Order(2)
    @Test
    void thePageShowsWhatWasSeen() throws IOException {
        String table = table();
        Path copy = Path.of("target", "http-conformance.md");
        Files.writeString(copy, table);
        assertThat(Files.exists(PAGE) ? Files.readString(PAGE) : "")
                .as("copy %s to %s", copy, PAGE)
                .isEqualTo(table);
    }

    private String table() throws IOException {
        int open = 0;
        StringBuilder rows = new StringBuilder();
        for (HttpCase rule : cases()) {
            Map<Server, String> all = seenIn(rule);
            open += all.values().stream().allMatch(rule.expected()::equals) ? 0 : 1;
            rows.append(
                    String.format(
                            "| %s | %s | %s |", rule.section(), rule.name(), rule.expected()));
            for (Server server : Server.values()) {
                String was = all.get(server);
                rows.append(
                        was == null
                                ? " |"
                                : was.equals(rule.expected())
                                        ? " the same |"
                                        : " **" + was + "** |");
            }
            rows.append('\n');
        }
        return """
        # HTTP: conformance

        Written by `HttpConformanceTest` in `tardy-examples`, which fails when this page is not what it \
        saw. A peer that knows
        bytes only sends what each case says, in one go and, where it is short, once more in pieces of \
        seven bytes; and behind
        it a last request that is right, with `Connection: close`. The table has what the peer must see \
        until the end of the
        connection, and what it saw on io_uring, epoll and poll alike: each answer with its status, whether it had the content or told the length \
        of the page that a GET
        gets, and what its `Connection` says. Bodies of requests hold a request of their own, for \
        `/smuggled`: it must never be
        answered. *library* is the plain HTTP of a `WebSocketServer`, the others are the examples; a \
        case does not concern those
        whose field is empty. Sections are those of RFC 9110 and 9112.

        %d cases, %d open.

        | section | case | expected |%s
        | --- | --- | --- |%s
        """
                        .formatted(
                                cases().size(),
                                open,
                                labels(),
                                " --- |".repeat(Server.values().length))
                + rows;
    }

    private static String labels() {
        StringBuilder labels = new StringBuilder();
        for (Server server : Server.values()) {
            labels.append(' ').append(server.label()).append(" |");
        }
        return labels.toString();
    }
}
