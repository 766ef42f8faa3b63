package io.tardy.examples;

import static io.tardy.examples.HttpCase.Server.CHAT;
import static io.tardy.examples.HttpCase.Server.FRAMES;
import static io.tardy.examples.HttpCase.Server.FRAME_GATEWAY;
import static io.tardy.examples.HttpCase.Server.GATEWAY;
import static io.tardy.examples.HttpCase.Server.HANDLERS;
import static io.tardy.examples.HttpCase.Server.LIBRARY;
import static io.tardy.examples.HttpCase.Server.SOCKETS;

import io.tardy.examples.HttpCase.Server;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Cases about HTTP as they are written down, and how their requests are made. */
abstract class HttpCaseWriter {

    static final Set<Server> ALL = EnumSet.allOf(Server.class);

    /** They answer every target and method. */
    static final Set<Server> GREETERS =
            EnumSet.of(SOCKETS, HANDLERS, FRAMES, GATEWAY, FRAME_GATEWAY);

    static final Set<Server> OF_LIBRARY = EnumSet.of(LIBRARY, CHAT);

    static final String LAST = "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    static final String PAGE = "200 page, ";
    static final String LAST_PAGE = "200 page close, end";
    static final String REFUSED = "400 close, end";

    static final String SMUGGLED = "GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n";
    static final String LENGTH = "Content-Length: " + SMUGGLED.length();
    static final String CHUNKED =
            Integer.toHexString(SMUGGLED.length()) + "\r\n" + SMUGGLED + "\r\n0\r\n\r\n";
    static final String TOO_LONG = SMUGGLED.repeat(HttpServers.BODY_BYTES_MAX);
    static final String TOO_LONG_LENGTH = "Content-Length: " + TOO_LONG.length();

    static final String CLOSE_FRAME = "\u0088\u0080\0\0\0\0";

    private final List<HttpCase> cases;

    HttpCaseWriter(List<HttpCase> cases) {
        this.cases = cases;
    }

    void add(
            String section, String name, Set<Server> servers, String expected, String... requests) {
        addShowing(section, name, servers, expected, null, requests);
    }

    void addShowing(
            String section,
            String name,
            Set<Server> servers,
            String expected,
            String shown,
            String... requests) {
        List<String> parts = new ArrayList<>(List.of(requests));
        parts.add(LAST);
        cases.add(
                new HttpCase(
                        section,
                        name,
                        expected,
                        servers,
                        shown,
                        Collections.unmodifiableList(parts)));
    }

    static Set<Server> only(Server server) {
        return EnumSet.of(server);
    }

    /** A request of HTTP/1.1 with a host. */
    static String request(String methodAndTarget, String... fields) {
        String[] all = new String[fields.length + 1];
        all[0] = "Host: x";
        System.arraycopy(fields, 0, all, 1, fields.length);
        return bare(methodAndTarget + " HTTP/1.1", all);
    }

    static String bare(String line, String... fields) {
        return Arrays.stream(fields)
                .map(f -> f + "\r\n")
                .collect(Collectors.joining("", line + "\r\n", "\r\n"));
    }

    static String[] join(String first, String... others) {
        List<String> all = new ArrayList<>(List.of(first));
        all.addAll(List.of(others));
        return all.toArray(String[]::new);
    }

    /** Behind it comes the close of a WebSocket. */
    void upgrade(String section, String name, String expected, String request) {
        cases.add(
                new HttpCase(
                        section,
                        name,
                        expected,
                        only(LIBRARY),
                        null,
                        List.of(request, CLOSE_FRAME)));
    }
}
