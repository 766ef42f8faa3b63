package io.tardy.websocket;

import static io.tardy.websocket.RawPeer.close;
import static io.tardy.websocket.RawPeer.concat;
import static io.tardy.websocket.RawPeer.frame;
import static io.tardy.websocket.RawPeer.http;
import static io.tardy.websocket.RawPeer.request;
import static io.tardy.websocket.RawPeer.text;

import io.tardy.websocket.ConformanceCase.Script;
import io.tardy.websocket.ConformanceCase.Server;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** The cases about the handshake. */
final class HandshakeCases extends CaseTable {

    private static final String[] RIGHT = {
        "GET / HTTP/1.1",
        "Host: localhost",
        "Upgrade: websocket",
        "Connection: Upgrade",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
        "Sec-WebSocket-Version: 13"
    };

    private static final String UPGRADED = "HTTP 101, close 1000, end";
    private static final String BAD = "HTTP 400, end";

    @Override
    void fill() {
        headers();
        subprotocols();
        refusals();
        timing();
    }

    private void add(String section, String name, String expected, byte[] request) {
        add(section, Server.PLAIN, name, expected, peer -> exchange(peer, request));
    }

    private void add(String section, Server server, String name, String expected, Script script) {
        add(new ConformanceCase(section, server, name, expected, script));
    }

    private static String exchange(RawPeer peer, byte[] request) throws java.io.IOException {
        peer.send(request);
        String status = peer.readStatus();
        if (status.equals("HTTP 101")) {
            peer.send(close(1000));
        }
        return status + ", " + peer.readToEnd();
    }

    /** The right request with one line in place of another. */
    private static byte[] with(int line, String replacement) {
        String[] lines = RIGHT.clone();
        lines[line] = replacement;
        return http(lines);
    }

    private void headers() {
        add("4.2.1", "a right handshake", UPGRADED, http(RIGHT));
        add("4.2.1", "names and tokens in other cases", UPGRADED, http(inOtherCases()));
        add(
                "4.2.1",
                "Connection: keep-alive, Upgrade",
                UPGRADED,
                with(3, "Connection: keep-alive, Upgrade"));
        add("4.2.1", "Upgrade: h2c, websocket", UPGRADED, with(2, "Upgrade: h2c, websocket"));
        add("4.2.1", "path with a query", UPGRADED, with(0, "GET /?a=b HTTP/1.1"));
        add("4.2.1", "no Host", BAD, with(1, ""));
        add("4.2.1", "two of Host", BAD, with(1, "Host: a\r\nHost: b"));
        add("4.2.1", "no Connection", BAD, with(3, ""));
        add("4.2.1", "Connection: close", BAD, with(3, "Connection: close"));
        add("4.2.1", "no Sec-WebSocket-Key", BAD, with(4, ""));
        add("4.2.1", "an empty key", BAD, with(4, "Sec-WebSocket-Key:"));
        add("4.2.1", "a key of 15 bytes", BAD, with(4, "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAA"));
        add("4.2.1", "a key that is no base64", BAD, with(4, "Sec-WebSocket-Key: !!!"));
        add("4.2.1", "two keys", BAD, with(4, RIGHT[4] + "\r\n" + RIGHT[4]));
        add("4.2.1", "no Sec-WebSocket-Version", BAD, with(5, ""));
        add("4.2.1", "HTTP/1.0, plain therefore", "HTTP 426, end", with(0, "GET / HTTP/1.0"));
        add("4.2.1", "POST", "HTTP 405, end", with(0, "POST / HTTP/1.1"));
        for (String version : new String[] {"0", "8", "12", "14", "abc"}) {
            String line = "Sec-WebSocket-Version: " + version;
            add("4.4", "version " + version, "HTTP 426, end", with(5, line));
        }
    }

    private static String[] inOtherCases() {
        String[] lines = RIGHT.clone();
        lines[2] = "uPgRaDe: WebSocket";
        lines[3] = "CONNECTION: UPGRADE";
        lines[4] = lines[4].replace("Sec-WebSocket-Key", "sec-websocket-key");
        lines[5] = lines[5].replace("Sec-WebSocket-Version", "SEC-WEBSOCKET-VERSION");
        return lines;
    }

    /** The servers speak v1 and v2. */
    private void subprotocols() {
        addSubprotocol("a subprotocol", "v2", "v2");
        addSubprotocol("the first that is spoken", "v2", "v3, v2,v1");
        addSubprotocol("none that is spoken", "none", "v3", "v4");
        addSubprotocol("a subprotocol in the second line", "v2", "v3", "v2");
        addSubprotocol("two lines that are spoken", "v2", "v2", "v1");
        addSubprotocol("lists in three lines", "v1", "v3, v4", "v5", "v6, v1");
    }

    private void addSubprotocol(String name, String expected, String... lines) {
        String[] headers = lines.clone();
        Arrays.setAll(headers, i -> "Sec-WebSocket-Protocol: " + lines[i]);
        add(
                "11.3.4",
                Server.PLAIN,
                name,
                "HTTP 101, " + expected + ", close 1000, end",
                peer -> {
                    peer.send(request("/", headers));
                    String chosen = subprotocolOf(peer.readHead());
                    peer.send(close(1000));
                    return "HTTP 101, " + chosen + ", " + peer.readToEnd();
                });
    }

    private static String subprotocolOf(String head) {
        return head.lines()
                .filter(line -> line.toLowerCase().startsWith("sec-websocket-protocol: "))
                .map(line -> line.substring("sec-websocket-protocol: ".length()))
                .findFirst()
                .orElse("none");
    }

    private void refusals() {
        add("4.2.2", "no Upgrade", "HTTP 426, end", with(2, ""));
        add("4.2.2", "Upgrade: h2c", "HTTP 426, end", with(2, "Upgrade: h2c"));
        add("4.2.2", "another path", "HTTP 404, end", with(0, "GET /other HTTP/1.1"));
        add("4.2.2", "plain HTTP elsewhere", "HTTP 404, end", http("GET /x HTTP/1.1", "Host: a"));
        add("10.2", "an origin that may", UPGRADED, request("/", "Origin: http://good"));
        add("10.2", "an origin that may not", "HTTP 403, end", request("/", "Origin: http://evil"));
        String giant = "x".repeat(70_000);
        add("4.2.1", "a giant header", "HTTP 431, end", request("/", "X-Giant: " + giant));
        add("4.2.1", "very many headers", "HTTP 431, end", request("/", manyHeaders()));
        add("4.2.1", "a giant path", "HTTP 414, end", request("/" + giant));
        add("4.2.1", "no HTTP at all", BAD, ascii("hello, is it me?\r\n\r\n"));
        add(
                "4.2.1",
                "a frame in place of a request",
                BAD,
                concat(text("hello"), ascii("\r\n\r\n")));
    }

    private static String[] manyHeaders() {
        String[] headers = new String[2000];
        Arrays.setAll(headers, i -> "X-Header-" + i + ": value");
        return headers;
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private void timing() {
        byte[] request = request("/");
        byte[] half = Arrays.copyOf(request, request.length / 2);
        add(
                "4.2.1",
                Server.PLAIN,
                "every byte in a segment of its own",
                UPGRADED,
                peer -> {
                    peer.sendByteByByte(request);
                    return exchange(peer, new byte[0]);
                });
        add(
                "4.2.1",
                Server.IMPATIENT,
                "half a handshake, and then nothing",
                "HTTP 408, end",
                peer -> exchange(peer, half));
        add(
                "4.2.1",
                Server.IMPATIENT,
                "nothing at all",
                "HTTP 408, end",
                peer -> exchange(peer, new byte[0]));
        add(
                "4.2.1",
                Server.PLAIN,
                "half a handshake, and then the end",
                "HTTP 400, end",
                peer -> {
                    peer.send(half);
                    peer.shutdownOutput();
                    return peer.readStatus() + ", " + peer.readFrame();
                });
        add(
                "4.1",
                Server.PLAIN,
                "frames in the segment of the request",
                "HTTP 101, pong “p”, text “one”, text “two”, close 1000, end",
                peer -> {
                    byte[] ping = frame(RawPeer.PING, ascii("p"));
                    return exchange(peer, concat(request, ping, text("one"), text("two")));
                });
        add(
                "4.1",
                Server.PLAIN,
                "a violation in the segment of the request",
                "HTTP 101, close 1002, end",
                peer -> exchange(peer, concat(request, frame(3, new byte[0]))));
        add(
                "4.1",
                Server.PLAIN,
                "half a frame in the segment of the request",
                "HTTP 101, text “one”, close 1000, end",
                peer -> {
                    byte[] one = text("one");
                    peer.send(request, Arrays.copyOf(one, 4));
                    String status = peer.readStatus();
                    peer.send(Arrays.copyOfRange(one, 4, one.length), close(1000));
                    return status + ", " + peer.readToEnd();
                });
    }
}
