package io.tardy.websocket;

import static io.tardy.websocket.RawPeer.BINARY;
import static io.tardy.websocket.RawPeer.CONTINUATION;
import static io.tardy.websocket.RawPeer.PING;
import static io.tardy.websocket.RawPeer.TEXT;
import static io.tardy.websocket.RawPeer.close;
import static io.tardy.websocket.RawPeer.frame;
import static io.tardy.websocket.RawPeer.text;

import io.tardy.websocket.ConformanceCase.Server;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.Deflater;

/** The cases about permessage-deflate. */
final class CompressionCases {

    private static final int RSV1 = 4;
    private static final String GOOD_END = "close 1000, end";
    private static final String HELLO = "compressed text, " + GOOD_END;

    private final List<ConformanceCase> cases = new ArrayList<>();

    static List<ConformanceCase> all() {
        CompressionCases made = new CompressionCases();
        made.messages();
        made.violations();
        made.offers();
        return made.cases;
    }

    private void add(String section, String name, String expected, byte[]... frames) {
        cases.add(
                new ConformanceCase(
                        section,
                        Server.COMPRESSING,
                        name,
                        expected,
                        peer -> {
                            peer.upgrade("Sec-WebSocket-Extensions: permessage-deflate");
                            peer.send(frames);
                            peer.send(close(1000));
                            return peer.readToEnd();
                        }));
    }

    private void messages() {
        byte[] hello = deflate("hello".getBytes(StandardCharsets.US_ASCII));
        byte[] first = Arrays.copyOf(hello, 1);
        byte[] rest = Arrays.copyOfRange(hello, 1, hello.length);
        add("7692 7.2.1", "compressed text", HELLO, frame(true, RSV1, TEXT, hello));
        add("7692 6.1", "text that is not compressed", HELLO, text("hello"));
        add("7692 7.2.3.6", "nothing, compressed", HELLO, frame(true, RSV1, TEXT, new byte[1]));
        add(
                "7692 7.2.3.1",
                "a first fragment of one byte",
                HELLO,
                frame(false, RSV1, TEXT, first),
                frame(true, 0, CONTINUATION, rest));
        add(
                "7692 7.2.3.1",
                "a ping between compressed fragments",
                "pong “”, " + HELLO,
                frame(false, RSV1, TEXT, first),
                frame(PING, new byte[0]),
                frame(true, 0, CONTINUATION, rest));
        byte[] bound = deflate(new byte[ConformanceCases.BYTES_MAX]);
        add(
                "7692 7.2.2",
                "a message as long as the bound",
                "compressed binary, " + GOOD_END,
                frame(true, RSV1, BINARY, bound));
    }

    private void violations() {
        String broken = "close 1002, end";
        byte[] hello = deflate("hello".getBytes(StandardCharsets.US_ASCII));
        add(
                "7692 6.2",
                "the bit on a continuation",
                broken,
                frame(false, RSV1, TEXT, hello),
                frame(true, RSV1, CONTINUATION, new byte[0]));
        add("7692 6.1", "the bit on a ping", broken, frame(true, RSV1, PING, new byte[0]));
        add("7692 6", "another reserved bit", broken, frame(true, 2, TEXT, new byte[0]));
        add(
                "7692 7.2.2",
                "bytes that are not compressed",
                "close 1007, end",
                frame(true, RSV1, TEXT, new byte[] {-1, -1, -1, -1}));
        add(
                "7692 7.2.2",
                "invalid UTF-8, compressed",
                "close 1007, end",
                frame(true, RSV1, TEXT, deflate(new byte[] {'a', -1})));
        add(
                "7692 7.2.2",
                "a byte more than the bound",
                "close 1009, end",
                frame(true, RSV1, BINARY, deflate(new byte[ConformanceCases.BYTES_MAX + 1])));
        add(
                "7692 7.2.2",
                "64 MiB in a frame of 64 KiB",
                "close 1009, end",
                frame(true, RSV1, BINARY, deflate(new byte[64 * 1024 * 1024])));
        add("7692 7.2.2", "64 MiB in fragments", "close 1009, end", bombInFragments());
    }

    private static byte[] bombInFragments() {
        byte[] bomb = deflate(new byte[64 * 1024 * 1024]);
        byte[] all = frame(false, RSV1, BINARY, new byte[0]);
        for (int from = 0; from < bomb.length; from += 1000) {
            byte[] part = Arrays.copyOfRange(bomb, from, Math.min(from + 1000, bomb.length));
            all = RawPeer.concat(all, frame(false, 0, CONTINUATION, part));
        }
        return RawPeer.concat(all, frame(true, 0, CONTINUATION, new byte[0]));
    }

    private void offers() {
        addOffer("an offer with an unknown parameter", "permessage-deflate; x=1", "none");
        addOffer(
                "an offer with a window of 99",
                "permessage-deflate; server_max_window_bits=99",
                "none");
        addOffer(
                "an offer with a window that is no number",
                "permessage-deflate; server_max_window_bits=abc",
                "none");
        addOffer("another extension", "x-unknown", "none");
        addOffer(
                "a bad offer, and a good one",
                "permessage-deflate; x=1, permessage-deflate",
                "permessage-deflate");
        addOffer(
                "no context of the server's",
                "permessage-deflate; server_no_context_takeover",
                "permessage-deflate; server_no_context_takeover");
    }

    private void addOffer(String name, String offer, String expected) {
        cases.add(
                new ConformanceCase(
                        "7692 5.1",
                        Server.COMPRESSING,
                        name,
                        "agreed: " + expected,
                        peer -> {
                            peer.send(RawPeer.request("/", "Sec-WebSocket-Extensions: " + offer));
                            String head = peer.readHead();
                            peer.send(close(1000));
                            peer.readToEnd();
                            return "agreed: " + extensionsOf(head);
                        }));
    }

    private static String extensionsOf(String head) {
        return head.lines()
                .filter(line -> line.toLowerCase().startsWith("sec-websocket-extensions: "))
                .map(line -> line.substring("sec-websocket-extensions: ".length()))
                .findFirst()
                .orElse("none");
    }

    /** As the payload of a message: raw, and without its empty last block. */
    private static byte[] deflate(byte[] bytes) {
        Deflater deflater = new Deflater(Deflater.DEFAULT_COMPRESSION, true);
        deflater.setInput(bytes);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        byte[] buffer = new byte[8192];
        for (int count; (count = deflater.deflate(buffer, 0, 8192, Deflater.SYNC_FLUSH)) > 0; ) {
            out.write(buffer, 0, count);
        }
        deflater.end();
        return Arrays.copyOf(out.toByteArray(), out.size() - 4);
    }
}
