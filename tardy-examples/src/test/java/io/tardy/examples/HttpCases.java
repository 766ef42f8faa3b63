package io.tardy.examples;

import static io.tardy.examples.HttpCase.Server.CHAT;
import static io.tardy.examples.HttpCase.Server.FILES;
import static io.tardy.examples.HttpCase.Server.LIBRARY;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The cases about HTTP: here those about the heads of requests, and what follows from them. */
final class HttpCases extends HttpCaseWriter {

    private HttpCases(List<HttpCase> cases) {
        super(cases);
    }

    static List<HttpCase> all() {
        List<HttpCase> all = new ArrayList<>();
        new HttpBodyCases(all).write();
        new HttpCases(all).write();
        return all;
    }

    private void write() {
        hosts();
        targets();
        versions();
        connections();
        fields();
        files();
        limits();
        upgrades();
    }

    private void hosts() {
        add("9112 3.2", "no Host", ALL, REFUSED, bare("GET / HTTP/1.1"));
        add("9112 3.2", "two of Host", ALL, REFUSED, request("GET /", "Host: x"));
        add("9112 3.2", "two of Host, that differ", ALL, REFUSED, request("GET /", "Host: y"));
        add("9112 3.2", "Host: a b", ALL, REFUSED, bare("GET / HTTP/1.1", "Host: a b"));
        add("9112 3.2", "Host: a/b", ALL, REFUSED, bare("GET / HTTP/1.1", "Host: a/b"));
        add("9112 3.2", "an empty Host", ALL, PAGE + LAST_PAGE, bare("GET / HTTP/1.1", "Host:"));
        add(
                "9112 3.2",
                "Host: [::1]:80",
                ALL,
                PAGE + LAST_PAGE,
                bare("GET / HTTP/1.1", "Host: [::1]:80"));
        add(
                "9112 3.2",
                "two of Host in HTTP/1.0",
                ALL,
                REFUSED,
                bare("GET / HTTP/1.0", "Host: x", "Host: y"));
        add("9112 3.2", "no Host in HTTP/1.0", ALL, LAST_PAGE, bare("GET / HTTP/1.0"));
        for (String host : List.of("Host: [:]", "Host: [::1::2]")) {
            add("9112 3.2", host, ALL, REFUSED, bare("GET / HTTP/1.1", host));
        }
        add(
                "9112 3.2",
                "Host: [v1.x]",
                ALL,
                PAGE + LAST_PAGE,
                bare("GET / HTTP/1.1", "Host: [v1.x]"));
    }

    private void targets() {
        add("9112 3.2.2", "GET http://x/", ALL, PAGE + LAST_PAGE, request("GET http://x/"));
        add("9112 3.2.2", "GET http://x", ALL, PAGE + LAST_PAGE, request("GET http://x"));
        add(
                "9112 3.2.2",
                "GET HTTP://x:80/?a",
                ALL,
                PAGE + LAST_PAGE,
                request("GET HTTP://x:80/?a"));
        add(
                "9112 3.2.2",
                "GET http://x/ without Host",
                ALL,
                REFUSED,
                bare("GET http://x/ HTTP/1.1"));
        for (String target : List.of("/%zz", "/%", "/%4", "/?a=%zz", "x", "*", "http://", "/a b")) {
            add("9112 3.2", "GET " + target, ALL, REFUSED, request("GET " + target));
        }
        for (String target : List.of("/#f", "http://x/#f")) {
            add("9112 3.2", "GET " + target, ALL, REFUSED, request("GET " + target));
        }
        for (String target : List.of("http://:80/", "http://:/")) {
            add("9110 4.2.1", "GET " + target, ALL, REFUSED, request("GET " + target));
        }
        add("9112 3.2.4", "OPTIONS *", GREETERS, PAGE + LAST_PAGE, request("OPTIONS *"));
        add("9112 3.2.4", "OPTIONS *", OF_LIBRARY, "404, " + LAST_PAGE, request("OPTIONS *"));
    }

    private void versions() {
        String refused = "505 close, end";
        add("9110 2.5", "HTTP/1.2", ALL, PAGE + LAST_PAGE, bare("GET / HTTP/1.2", "Host: x"));
        add("9110 15.6.6", "HTTP/2.0", ALL, refused, bare("GET / HTTP/2.0", "Host: x"));
        add("9110 15.6.6", "HTTP/0.9", ALL, refused, bare("GET / HTTP/0.9", "Host: x"));
        add("9112 2.3", "http/1.1", ALL, REFUSED, bare("GET / http/1.1", "Host: x"));
        add("9112 2.3", "HTTP/1.10", ALL, REFUSED, bare("GET / HTTP/1.10", "Host: x"));
        add("9112 2.3", "no version", ALL, REFUSED, bare("GET /", "Host: x"));
        add("9112 2.2", "no HTTP at all", ALL, REFUSED, "hello, is it me?\r\n\r\n");
    }

    private void connections() {
        String close = "Connection: close";
        add("9112 9.6", close, ALL, LAST_PAGE, request("GET /", close));
        add(
                "9112 9.6",
                "Connection: a, Close",
                ALL,
                LAST_PAGE,
                request("GET /", "Connection: a, Close"));
        add(
                "9112 9.6",
                "close in the second of two Connection lines",
                ALL,
                LAST_PAGE,
                request("GET /", "Connection: a", close));
        add("9112 9.6", "a handler that closes", only(LIBRARY), LAST_PAGE, request("GET /close"));
        add(
                "9112 9.3",
                "ten requests at once",
                ALL,
                PAGE.repeat(10) + LAST_PAGE,
                request("GET /").repeat(10));
        add("9112 9.3", "HTTP/1.0", ALL, LAST_PAGE, bare("GET / HTTP/1.0", "Host: x"));
        add(
                "9112 9.3",
                "HTTP/1.0 with Connection: keep-alive",
                ALL,
                "200 page keep-alive, " + LAST_PAGE,
                bare("GET / HTTP/1.0", "Connection: Keep-Alive"));
        add(
                "9112 9.3",
                "HEAD in HTTP/1.0 with Connection: keep-alive",
                ALL,
                "200 length of the page keep-alive, " + LAST_PAGE,
                bare("HEAD / HTTP/1.0", "Connection: keep-alive"));
    }

    private void fields() {
        faultyField("LF in a value", "X: a\nContent-Length: " + SMUGGLED.length());
        faultyField("CR in a value", "X: a\rb");
        faultyField("NUL in a value", "X: a\0b");
        faultyField("ESC in a value", "X: a\u001bb");
        faultyField("a space in a name", "X Y: a");
        faultyField("a space behind a name", "X : a");
        faultyField("a parenthesis in a name", "X(: a");
        faultyField("NUL in a name", "X\0: a");
        faultyField("LF in a name", "X\nY: a");
        faultyField("no name", ": a");
        faultyField("no colon", "X");
        add(
                "9110 5.5",
                "a tab and bytes beyond ASCII in a value",
                ALL,
                PAGE + LAST_PAGE,
                request("GET /", "X: a\tb\u00e9"));
        add(
                "9112 2.2",
                "a head that ends its lines with LF",
                ALL,
                REFUSED,
                "GET / HTTP/1.1\nHost: x\n\n");
        add(
                "9112 2.2",
                "an empty line before a request",
                ALL,
                PAGE + LAST_PAGE,
                "\r\n" + request("GET /"));
        addShowing(
                "9110 6.6.1",
                "Date",
                EnumSet.of(LIBRARY, CHAT, FILES),
                "200 page Date close, end",
                "Date",
                request("GET /", "Connection: close"));
        addShowing(
                "9110 6.6.1",
                "Date of a refusal",
                EnumSet.of(LIBRARY, CHAT, FILES),
                "400 Date close, end",
                "Date",
                bare("GET / HTTP/1.1"));
    }

    private void faultyField(String name, String field) {
        add("9110 5.5", name, ALL, REFUSED, request("GET /", field) + SMUGGLED);
    }

    private void files() {
        String failed = "412, " + LAST_PAGE;
        String long_ago = "Sun, 06 Nov 1994 08:49:37 GMT";
        String far_off = "Fri, 01 Jan 2100 00:00:00 GMT";
        condition("13.1.1", "If-Match: \"other\"", failed);
        condition("13.1.1", "If-Match: *", PAGE + LAST_PAGE);
        condition("13.1.4", "If-Unmodified-Since: " + long_ago, failed);
        condition("13.1.4", "If-Unmodified-Since: " + far_off, PAGE + LAST_PAGE);
        condition("13.1.1", "If-Match: \"a,*,b\"", failed);
        condition("13.1.2", "If-None-Match: \"a,*,b\"", PAGE + LAST_PAGE);
        condition("13.1.4", "If-Unmodified-Since: some day", PAGE + LAST_PAGE);
        condition("13.1.4", "If-Unmodified-Since: " + est(long_ago), PAGE + LAST_PAGE);
        condition("13.1.3", "If-Modified-Since: " + far_off, "304, " + LAST_PAGE);
        condition("13.1.3", "If-Modified-Since: " + est(far_off), PAGE + LAST_PAGE);
        condition("13.1.3", "If-Modified-Since: " + far_off + ", x", PAGE + LAST_PAGE);
        add(
                "9110 13.1.3",
                "two of If-Modified-Since",
                only(FILES),
                PAGE + LAST_PAGE,
                request("GET /", "If-Modified-Since: " + far_off, "If-Modified-Since: " + far_off));
        add(
                "9110 13.2.2",
                "If-Match: * and If-Unmodified-Since: " + long_ago,
                only(FILES),
                PAGE + LAST_PAGE,
                request("GET /", "If-Match: *", "If-Unmodified-Since: " + long_ago));
    }

    /** HTTP knows no zone but one. */
    private static String est(String date) {
        return date.replace("GMT", "EST");
    }

    private void condition(String section, String field, String expected) {
        add("9110 " + section, field, only(FILES), expected, request("GET /", field));
    }

    private void limits() {
        String giant = "x".repeat(70_000);
        String many =
                IntStream.range(0, 5000)
                        .mapToObj(i -> "X-Field-" + i + ": y")
                        .collect(Collectors.joining("\r\n"));
        add(
                "6585 5",
                "a field that is too long",
                ALL,
                "431 close, end",
                request("POST /", "X: " + giant, LENGTH) + SMUGGLED);
        add(
                "6585 5",
                "too many fields",
                ALL,
                "431 close, end",
                request("POST /", many, LENGTH) + SMUGGLED);
        add(
                "9112 3",
                "a first line of 8000 bytes",
                ALL,
                LAST_PAGE,
                request(
                        "GET /?" + "x".repeat(8000 - "GET /? HTTP/1.1".length()),
                        "Connection: close"));
        add(
                "9110 15.5.15",
                "a target that is too long",
                ALL,
                "414 close, end",
                request("POST /" + giant, LENGTH) + SMUGGLED);
    }

    private void upgrades() {
        String[] right = {
            "Upgrade: websocket",
            "Connection: Upgrade",
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
            "Sec-WebSocket-Version: 13",
            "Authorization: any"
        };
        upgrade("9112 3.2.2", "upgrade of /ws", "101, end", request("GET /ws", right));
        upgrade(
                "9112 3.2.2",
                "upgrade of http://x/ws",
                "101, end",
                request("GET http://x/ws", right));
        upgrade(
                "9112 3.2.2",
                "upgrade of ws://x/ws?a=b",
                "101, end",
                request("GET ws://x/ws?a=b", right));
        upgrade(
                "9110 7.8",
                "upgrade of /ws in HTTP/1.2",
                "101, end",
                bare("GET /ws HTTP/1.2", join("Host: x", right)));
        upgrade("9112 3.2", "upgrade of /%zz", REFUSED, request("GET /%zz", right));
        upgrade(
                "9110 7.8",
                "upgrade with a body",
                "101, end",
                request("GET /ws", join(LENGTH, right)) + SMUGGLED);
        String[] without = Arrays.copyOf(right, right.length - 1);
        addShowing(
                "9110 15.5.2",
                "upgrade that check refuses",
                only(LIBRARY),
                "401 WWW-Authenticate close, end",
                "WWW-Authenticate",
                request("GET /ws", without));
        add(
                "9110 15.6.1",
                "upgrade whose check fails",
                only(LIBRARY),
                "500 close, end",
                request("GET /ws", join("Authorization: fail", without)));
        add(
                "9112 9.3",
                "upgrade with a body, that check refuses",
                only(LIBRARY),
                "401 close, end",
                request("GET /ws", join(LENGTH, without)) + SMUGGLED);
        add(
                "9112 9.3",
                "upgrade with a body that is too long",
                only(LIBRARY),
                "413 close, end",
                request("GET /ws", join(TOO_LONG_LENGTH, right)) + TOO_LONG);
        add(
                "9112 9.3",
                "upgrade that is not well formed, with a body",
                only(LIBRARY),
                REFUSED,
                request("GET /ws", "Upgrade: websocket", LENGTH) + SMUGGLED);
        add(
                "9112 9.3",
                "upgrade of what is not there, with a body",
                OF_LIBRARY,
                "404 close, end",
                request("GET /none", join(LENGTH, right)) + SMUGGLED);
    }
}
