package io.tardy.examples;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.tardy.aio.AsyncType;
import io.tardy.examples.HttpCase.Server;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What the examples owe to clients beyond {@link HttpCases}: much at once, and what varies. */
@Timeout(120)
final class HttpServersTest {

    /** The others are the library's. */
    private static final Set<Server> EXAMPLES =
            EnumSet.of(Server.FILES, Server.SOCKETS, Server.HANDLERS, Server.FRAMES);

    /** Where a peer's end is the end of his direction only. */
    private static final Set<Server> WITH_HALF_CLOSURE =
            EnumSet.of(Server.FILES, Server.SOCKETS, Server.HANDLERS, Server.FRAMES);

    private static final String LAST = "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    private static final String LAST_PAGE = "200 page close, end";

    @TempDir Path root;

    private static HttpCase rule(String expected, Server server, List<String> parts) {
        return new HttpCase("", "", expected, EnumSet.of(server), null, parts);
    }

    private static HttpCase rule(String expected, Server server, String line, String... fields) {
        String request = line + "\r\nHost: x\r\n" + String.join("\r\n", fields);
        String end = fields.length == 0 ? "\r\n" : "\r\n\r\n";
        return rule(expected, server, List.of(request + end, LAST));
    }

    @OnEachTransport
    void aThousandRequestsAtOnceAreAllAnswered(AsyncType transport) throws Exception {
        int count = 1000;
        List<String> parts =
                new ArrayList<>(Collections.nCopies(count, "GET / HTTP/1.1\r\nHost: x\r\n\r\n"));
        parts.add(LAST);
        sees(transport, "200 page, ".repeat(count) + LAST_PAGE, parts);
    }

    /** To close a socket with bytes unread resets it, and the answer may be lost. */
    @OnEachTransport
    void aRefusalReachesWhoStillSends(AsyncType transport) throws Exception {
        String head =
                "POST / HTTP/1.1\r\nHost: x\r\nExpect: fries\r\nContent-Length: 9999999\r\n\r\n";
        sees(transport, "417 close, end", List.of(head, "x".repeat(9_999_999)));
    }

    private void sees(AsyncType transport, String expected, List<String> parts) throws Exception {
        try (HttpServers servers = new HttpServers(transport, root)) {
            for (Server server : EXAMPLES) {
                HttpCase rule = rule(expected, server, parts);
                assertThat(servers.seen(server, rule, rule.bytes()))
                        .as(server.label())
                        .isEqualTo(expected);
            }
        }
    }

    @OnEachTransport
    void whoHasNoMoreToAskGetsHisAnswers(AsyncType transport) throws Exception {
        String request = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";
        try (HttpServers servers = new HttpServers(transport, root)) {
            for (Server server : WITH_HALF_CLOSURE) {
                for (int i = 0; i < 20; i++) {
                    try (Socket peer = new Socket("127.0.0.1", servers.port(server))) {
                        peer.setSoTimeout(20_000);
                        peer.getOutputStream().write(request.repeat(3).getBytes(UTF_8));
                        peer.shutdownOutput();
                        String answers = new String(peer.getInputStream().readAllBytes(), UTF_8);
                        assertThat(answers.split("HTTP/1.1 200 OK\r\n", -1))
                                .as(server.label() + ": " + answers)
                                .hasSize(4);
                    }
                }
            }
        }
    }

    @OnEachTransport
    void everyFormOfTargetAndHostCounts(AsyncType transport) throws Exception {
        String page = "200 page, " + LAST_PAGE;
        String refused = "400 close, end";
        try (HttpServers servers = new HttpServers(transport, root)) {
            SoftAssertions softly = new SoftAssertions();
            for (Server server : EXAMPLES) {
                List<HttpCase> rules = new ArrayList<>();
                for (String target :
                        List.of(
                                "/?q=%C3%bc&x",
                                "HTTPS://x:1/", "http://[::1]", "http://[V1.x:]:1")) {
                    rules.add(rule(page, server, "GET " + target + " HTTP/1.1"));
                }
                for (String target :
                        List.of(
                                "http:///",
                                "http://:1",
                                "http://x y/",
                                "ftp://x/",
                                "x:80",
                                "/\u00fc",
                                "/\0",
                                "/?#")) {
                    rules.add(rule(refused, server, "GET " + target + " HTTP/1.1"));
                }
                for (String host :
                        List.of("a.b-c_d%20", "127.0.0.1:", "[::1]", "[64:ff9b::1.2.3.4]")) {
                    rules.add(rule(page, server, List.of(of(host), LAST)));
                }
                for (String host :
                        List.of(
                                "u@x",
                                "x:y",
                                "x:1:2",
                                "%zz",
                                "[::1",
                                "[1:2]",
                                "[12345::]",
                                "[::1.2.3]",
                                "[v1.]",
                                "[v.x]",
                                "[::1%25x]",
                                "\u00fc",
                                "x?")) {
                    rules.add(rule(refused, server, List.of(of(host), LAST)));
                }
                for (HttpCase each : rules) {
                    softly.assertThat(servers.seen(server, each, each.bytes()))
                            .as(server + " " + each.parts().getFirst())
                            .isEqualTo(each.expected());
                }
            }
            softly.assertAll();
        }
    }

    private static String of(String host) {
        return "GET / HTTP/1.1\r\nHost: " + host + "\r\n\r\n";
    }

    @OnEachTransport
    void theConditionsOfRequestsForFilesCount(AsyncType transport) throws Exception {
        try (HttpServers servers = new HttpServers(transport, root);
                HttpClient client = HttpClient.newHttpClient()) {
            URI uri = URI.create("http://127.0.0.1:" + servers.port(Server.FILES) + "/");
            HttpResponse<Void> first =
                    client.send(
                            HttpRequest.newBuilder(uri).build(),
                            HttpResponse.BodyHandlers.discarding());
            String tag = first.headers().firstValue("etag").orElseThrow();
            String modified = first.headers().firstValue("last-modified").orElseThrow();
            String page = "200 page, " + LAST_PAGE;
            String failed = "412, " + LAST_PAGE;
            String known = "304, " + LAST_PAGE;
            String old = "Sun, 06 Nov 1994 08:49:37 GMT";
            String[][] rules = {
                {page, "If-Match: " + tag},
                {page, "If-Match: \"x\", " + tag},
                {failed, "If-Match: W/" + tag}, // for a weak one is no match (RFC 9110, 13.1.1)
                {page, "If-Match: ,\"x,y\",,", "If-Match: " + tag},
                {failed, "If-Match: " + tag + " \"x\""}, // no list
                {failed, "If-Match: *, \"x\""},
                {failed, "If-Match: \"x\"", "If-None-Match: " + tag},
                {known, "If-Match: " + tag, "If-None-Match: " + tag},
                {page, "If-Unmodified-Since: " + modified},
                {failed, "If-Unmodified-Since: Sunday, 06-Nov-94 08:49:37 GMT"},
                {failed, "If-Unmodified-Since: Sun Nov  6 08:49:37 1994"},
                {page, "If-Match: " + tag, "If-Unmodified-Since: " + old},
                {known, "If-None-Match: W/" + tag},
                {known, "If-None-Match: \"W/x\",\t" + tag},
                {page, "If-None-Match: " + new StringBuilder(tag).insert(4, "W/")},
                {page, "If-None-Match: w/" + tag},
                {page, "If-None-Match: \"x\"", "If-Modified-Since: " + modified},
                {known, "If-Modified-Since: " + modified},
                {page, "If-Modified-Since: " + old},
                {page, "If-Modified-Since: " + modified.replace("GMT", "UTC")},
                {page, "If-Unmodified-Since: " + old, "If-Unmodified-Since: " + old},
                {page, "Range: bytes=0-1", "Range: bytes=0-2"},
                {"206, " + LAST_PAGE, "If-Range: " + tag, "Range: bytes=0-1"},
                {page, "If-Range: " + tag, "If-Range: \"x\"", "Range: bytes=0-1"},
                {"206, " + LAST_PAGE, "If-Match: " + tag, "Range: bytes=0-1"},
                {failed, "If-Match: \"x\"", "Range: bytes=0-1"},
                {"416, " + LAST_PAGE, "Range: bytes=9-"},
            };
            for (String[] each : rules) {
                String[] fields = List.of(each).subList(1, each.length).toArray(String[]::new);
                HttpCase rule = rule(each[0], Server.FILES, "GET / HTTP/1.1", fields);
                assertThat(servers.seen(Server.FILES, rule, rule.bytes()))
                        .as(String.join(", ", fields))
                        .isEqualTo(each[0]);
            }
        }
    }
}
