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
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.zip.Deflater;

/** The cases about permessage-deflate. */
final class CompressionCases extends CaseTable {

    private static final int RSV1 = 4;
    private static final String GOOD_END = "close 1000, end";
    private static final String HELLO = "compressed text “hello”, " + GOOD_END;

    @Override
    void fill() {
        messages();
        blocks();
        violations();
        offers();
    }

    private void add(String section, String name, String expected, byte[]... frames) {
        add(
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
        byte[] hello = deflate(ascii("hello"));
        byte[] first = Arrays.copyOf(hello, 1);
        byte[] rest = Arrays.copyOfRange(hello, 1, hello.length);
        add("7692 7.2.1", "compressed text", HELLO, compressed(hello));
        add("7692 6.1", "text that is not compressed", HELLO, text("hello"));
        add(
                "7692 7.2.3.1",
                "a first fragment of one byte",
                HELLO,
                frame(false, RSV1, TEXT, first),
                frame(true, 0, CONTINUATION, rest));
        add("7692 6.1", "every byte a fragment", HELLO, inFragments(hello));
        add(
                "7692 6.1",
                "a ping between compressed fragments",
                "pong “”, " + HELLO,
                frame(false, RSV1, TEXT, first),
                frame(PING, new byte[0]),
                frame(true, 0, CONTINUATION, rest));
        add(
                "7692 6.1",
                "fragments that are not compressed, and then a message that is",
                "2 × " + HELLO,
                frame(false, 0, TEXT, ascii("he")),
                frame(true, 0, CONTINUATION, ascii("llo")),
                compressed(hello));
        add(
                "7692 7.2.2",
                "a message as long as the bound",
                "compressed binary [131072], " + GOOD_END,
                frame(true, RSV1, BINARY, deflate(new byte[ConformanceCases.BYTES_MAX])));
        byte[] noise = new byte[ConformanceCases.BYTES_MAX];
        new Random(1).nextBytes(noise);
        byte[] longer = deflate(noise);
        add(
                "7692 7.2.2",
                "as long, and longer when it is compressed",
                "compressed binary [131072], " + GOOD_END,
                frame(false, RSV1, BINARY, Arrays.copyOf(longer, 70_000)),
                frame(true, 0, CONTINUATION, Arrays.copyOfRange(longer, 70_000, longer.length)));
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static byte[] compressed(byte[] payload) {
        return frame(true, RSV1, TEXT, payload);
    }

    private static byte[] compressed(String hex) {
        return compressed(HexFormat.of().parseHex(hex));
    }

    private static byte[] inFragments(byte[] payload) {
        byte[] all = {};
        for (int i = 0; i < payload.length; i++) {
            byte[] part = {payload[i]};
            boolean isLast = i == payload.length - 1;
            all = RawPeer.concat(all, frame(isLast, i == 0 ? RSV1 : 0, i == 0 ? TEXT : 0, part));
        }
        return all;
    }

    /** The payloads of the RFC, and others by its rules. */
    private void blocks() {
        String hello = "compressed text “Hello”, ";
        String once = hello + GOOD_END;
        String twice = "2 × " + once;
        byte[] one = compressed("f248cdc9c90700");
        byte[] last = compressed("f348cdc9c9070000");
        add("7692 7.2.3.1", "a block", once, one);
        add(
                "7692 7.2.3.2",
                "a message that refers to another",
                twice,
                one,
                compressed("f200110000"));
        add(
                "7692 7.2.3.3",
                "a block without compression",
                once,
                compressed("000500faff48656c6c6f00"));
        add("7692 7.2.3.4", "a block marked as the last", once, last);
        add("7692 7.2.3.4", "two messages of last blocks", twice, last, last);
        add("7692 7.2.3.4", "a last block, then an ordinary message", twice, last, one);
        add("7692 7.2.3.4", "ordinary messages around a last block", "3 × " + once, one, last, one);
        add(
                "7692 7.2.3.4",
                "a last block, and another block behind it",
                "compressed text “HelloHello”, " + GOOD_END,
                compressed("f348cdc9c90700" + "f248cdc9c90700"));
        add(
                "7692 7.2.3.4",
                "two last blocks",
                "compressed text “HelloHello”, " + GOOD_END,
                compressed("f348cdc9c90700" + "f348cdc9c90700" + "00"));
        add(
                "7692 7.2.3.4",
                "a last block, and nothing behind it",
                once,
                compressed("f348cdc9c90700"));
        add(
                "7692 7.2.3.4",
                "a last block, every byte a fragment",
                once,
                inFragments(HexFormat.of().parseHex("f348cdc9c9070000")));
        add("7692 7.2.3.5", "two blocks", once, compressed("f24805000000ffffcac9c90700"));
        String nothing = "compressed text “”, ";
        add("7692 7.2.3.6", "nothing", nothing + GOOD_END, compressed("00"));
        add(
                "7692 7.2.3.6",
                "nothing, with a block marked as the last",
                nothing + once,
                compressed("030000"),
                one);
        add("7692 7.2.3.6", "not a byte", nothing + once, compressed(""), one);
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
        String deflate = "permessage-deflate";
        String server = deflate + "; server_max_window_bits";
        String client = deflate + "; client_max_window_bits";
        addOffer("nothing", "", "none");
        addOffer("another extension", "x-unknown", "none");
        addOffer("another extension first", "x-unknown; a=\"b\", " + deflate, deflate);
        addOffer("two lines", "x-unknown\r\nSec-WebSocket-Extensions: " + deflate, deflate);
        addOffer("empty elements", ", " + deflate + " ,", deflate);
        addOffer("an unknown parameter", deflate + "; x=1", "none");
        addOffer("a bad offer, and a good one", deflate + "; x=1, " + deflate, deflate);
        addOffer("server window 15", server + "=15", server + "=15");
        addOffer("server window 15, in quotes", server + "=\"1\\5\"", server + "=15");
        for (int bits = 8; bits < 15; bits++) {
            addOffer("server window " + bits, server + "=" + bits, "none");
        }
        addOffer("server window 10, or any", server + "=10, " + deflate, deflate);
        addOffer("server window 10, or 15", server + "=10, " + server + "=15", server + "=15");
        for (String bits : List.of("", "=7", "=16", "=99", "=08", "=015", "=+15", "=abc")) {
            addOffer("server window " + quoted(bits), server + bits, "none");
        }
        for (String bits : List.of("", "=8", "=12", "=15")) {
            addOffer("client window " + quoted(bits), client + bits, deflate);
        }
        for (String bits : List.of("=7", "=16", "=08", "=015", "=abc")) {
            addOffer("client window " + quoted(bits), client + bits, "none");
        }
        for (String side : List.of("server", "client")) {
            String reset = deflate + "; " + side + "_no_context_takeover";
            String name = "no context of the " + side + "'s";
            addOffer(name, reset, reset);
            addOffer(name + ", with a value", reset + "=1", "none");
            addOffer(name + ", twice", reset + ";" + reset.split(";")[1], "none");
        }
        addOffer("server window 15, twice", server + "=15; server_max_window_bits=15", "none");
        addOffer("client window, twice", client + "; client_max_window_bits=10", "none");
        addOffer(
                "all there is",
                deflate
                        + ";client_max_window_bits;server_max_window_bits=15"
                        + ";client_no_context_takeover;server_no_context_takeover",
                deflate
                        + "; server_no_context_takeover; client_no_context_takeover"
                        + "; server_max_window_bits=15");
        for (String malformed :
                List.of(
                        deflate + ";",
                        deflate + "; =1",
                        server + "=",
                        server + "=\"\"",
                        server + "=\"15",
                        "permessage deflate",
                        deflate + "/1")) {
            addMalformed(malformed);
        }
        addWithoutContext();
    }

    private static String quoted(String bits) {
        return "“" + bits + "”";
    }

    private void addOffer(String name, String offer, String expected) {
        String hello = (expected.equals("none") ? "" : "compressed ") + "text “hello”, ";
        add(
                new ConformanceCase(
                        "7692 7.1",
                        Server.COMPRESSING,
                        "offer: " + name,
                        "agreed: " + expected + ", " + hello + GOOD_END,
                        peer -> {
                            String agreed = extensionsOf(handshake(peer, offer));
                            peer.send(text("hello"), close(1000));
                            return "agreed: " + agreed + ", " + peer.readToEnd();
                        }));
    }

    private static String handshake(RawPeer peer, String offer) throws IOException {
        peer.send(
                RawPeer.request("/", offer.isEmpty() ? "" : "Sec-WebSocket-Extensions: " + offer));
        return peer.readHead();
    }

    private void addMalformed(String header) {
        add(
                new ConformanceCase(
                        "9.1",
                        Server.COMPRESSING,
                        "no header of extensions: " + header,
                        "HTTP 400, end",
                        peer -> {
                            String head = handshake(peer, header);
                            return "HTTP " + head.split(" ")[1] + ", " + peer.readToEnd();
                        }));
    }

    private void addWithoutContext() {
        add(
                new ConformanceCase(
                        "7692 7.1.1.1",
                        Server.COMPRESSING,
                        "no context of the server's: two equal messages",
                        "equal payloads",
                        peer -> {
                            handshake(peer, "permessage-deflate; server_no_context_takeover");
                            peer.send(text("hello, hello"), text("hello, hello"));
                            peer.readFrame();
                            byte[] payload = peer.payload();
                            peer.readFrame();
                            return Arrays.equals(payload, peer.payload())
                                    ? "equal payloads"
                                    : "other payloads";
                        }));
    }

    private static String extensionsOf(String head) {
        return head.lines()
                .filter(line -> line.toLowerCase().startsWith("sec-websocket-extensions: "))
                .map(line -> line.substring("sec-websocket-extensions: ".length()))
                .findFirst()
                .orElse("none");
    }

    /** Compresses a message: raw, without the empty last block. */
    static byte[] deflate(byte[] bytes) {
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
