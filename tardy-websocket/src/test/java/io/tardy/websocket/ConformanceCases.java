package io.tardy.websocket;

import static io.tardy.websocket.RawPeer.BINARY;
import static io.tardy.websocket.RawPeer.CLOSE;
import static io.tardy.websocket.RawPeer.CONTINUATION;
import static io.tardy.websocket.RawPeer.PING;
import static io.tardy.websocket.RawPeer.PONG;
import static io.tardy.websocket.RawPeer.TEXT;
import static io.tardy.websocket.RawPeer.close;
import static io.tardy.websocket.RawPeer.concat;
import static io.tardy.websocket.RawPeer.frame;
import static io.tardy.websocket.RawPeer.text;
import static io.tardy.websocket.RawPeer.unmasked;

import io.tardy.websocket.ConformanceCase.Script;
import io.tardy.websocket.ConformanceCase.Server;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/** The cases about frames: lengths, bits, fragments, control frames, UTF-8 and closing. */
final class ConformanceCases extends CaseTable {

    /** The limit of the servers for frames and messages. */
    static final int BYTES_MAX = 128 * 1024;

    private static final byte[] NOTHING = {};
    private static final byte[] BYE = close(1000);
    private static final String GOOD_END = "close 1000, end";

    @Override
    void fill() {
        lengths();
        bits();
        fragments();
        control();
        utf8();
        closeCodes();
        closing();
    }

    /** Sends the frames in one write, and then a valid close. */
    private void add(String section, String name, String expected, byte[]... frames) {
        add(new ConformanceCase(section, Server.PLAIN, name, expected, inOneWrite(frames)));
    }

    private void add(String section, Server server, String name, String expected, Script script) {
        add(new ConformanceCase(section, server, name, expected, script));
    }

    private static Script inOneWrite(byte[]... frames) {
        return peer -> {
            peer.upgrade().send(frames);
            peer.send(BYE);
            return peer.readToEnd();
        };
    }

    private void lengths() {
        for (int length : new int[] {0, 1, 125, 126, 127, 128, 65_535, 65_536, BYTES_MAX}) {
            String name = "binary message of " + length + " bytes";
            add("5.2", name, "binary [" + length + "], " + GOOD_END, binary(length));
        }
        add("5.2", "text without a byte", "text “”, " + GOOD_END, text(""));
        add(
                "5.2",
                Server.PLAIN,
                "every byte in a segment of its own",
                "text “hello”, " + GOOD_END,
                peer -> {
                    peer.upgrade().sendByteByByte(text("hello"));
                    peer.send(BYE);
                    return peer.readToEnd();
                });
        byte[] five = new byte[5];
        addBroken("5.2", "length 5 in 16 bits", frame(true, 0, BINARY, 5, 2, five));
        addBroken("5.2", "length 0 in 16 bits", frame(true, 0, BINARY, 0, 2, NOTHING));
        addBroken("5.2", "length 125 in 16 bits", frame(true, 0, BINARY, 125, 2, new byte[125]));
        addBroken("5.2", "length 5 in 64 bits", frame(true, 0, BINARY, 5, 8, five));
        addBroken(
                "5.2",
                "length 65535 in 64 bits",
                frame(true, 0, BINARY, 65_535, 8, new byte[65_535]));
        addBroken(
                "5.2", "64 bits, the first one set", frame(true, 0, BINARY, 1L << 63, 8, NOTHING));
        addBroken("5.2", "64 bits, all set", frame(true, 0, BINARY, -1, 8, NOTHING));
        String tooBig = "close 1009, end";
        add("5.2", "frame longer than the bound", tooBig, binary(BYTES_MAX + 1));
        add("5.2", "length 2^62", tooBig, frame(true, 0, BINARY, 1L << 62, 8, NOTHING));
        byte[] half = new byte[BYTES_MAX / 2 + 1];
        add(
                "5.4",
                "fragments longer than the bound",
                tooBig,
                frame(false, 0, BINARY, half),
                frame(true, 0, CONTINUATION, half));
    }

    private void addBroken(String section, String name, byte[]... frames) {
        add(section, name, "close 1002, end", frames);
    }

    private static byte[] binary(int length) {
        return frame(BINARY, new byte[length]);
    }

    private void bits() {
        for (int rsv = 1; rsv <= 7; rsv++) {
            addBroken("5.2", "reserved bits " + rsv + " on text", frame(true, rsv, TEXT, NOTHING));
        }
        for (int opcode : new int[] {CONTINUATION, PING, PONG, CLOSE}) {
            String name = "a reserved bit on opcode " + opcode;
            addBroken("5.2", name, frame(false, 0, TEXT, NOTHING), frame(true, 4, opcode, NOTHING));
        }
        for (int opcode : new int[] {3, 4, 5, 6, 7, 11, 12, 13, 14, 15}) {
            addBroken("5.2", "reserved opcode " + opcode, frame(opcode, NOTHING));
            addBroken(
                    "5.2",
                    "reserved opcode " + opcode + ", with bytes",
                    frame(opcode, new byte[9]));
        }
        add(
                "5.2",
                "a good message before a reserved opcode",
                "text “first”, close 1002, end",
                text("first"),
                frame(3, NOTHING));
        for (int opcode : new int[] {TEXT, BINARY, PING, CLOSE}) {
            addBroken("5.1", "opcode " + opcode + " without a mask", unmasked(opcode, NOTHING));
        }
        byte[] zeroMask = {(byte) 0x81, (byte) 0x82, 0, 0, 0, 0, 'o', 'k'};
        add("5.3", "a mask of zeros", "text “ok”, " + GOOD_END, zeroMask);
    }

    private void fragments() {
        byte[] he = frame(false, 0, TEXT, "he".getBytes(StandardCharsets.US_ASCII));
        byte[] llo = frame(true, 0, CONTINUATION, "llo".getBytes(StandardCharsets.US_ASCII));
        byte[] empty = frame(false, 0, CONTINUATION, NOTHING);
        byte[] ping = frame(PING, "p".getBytes(StandardCharsets.US_ASCII));
        String hello = "text “hello”, " + GOOD_END;
        String pongHello = "pong “p”, " + hello;
        add("5.4", "text in two fragments", hello, he, llo);
        add("5.4", "empty fragments between", hello, he, empty, empty, llo);
        add("5.4", "a ping between two fragments", pongHello, he, ping, llo);
        add("5.4", "a pong between two fragments", hello, he, frame(PONG, NOTHING), llo);
        add(
                "5.4",
                "only empty fragments",
                "text “”, " + GOOD_END,
                frame(false, 0, TEXT, NOTHING),
                empty,
                frame(true, 0, CONTINUATION, NOTHING));
        add("5.4", "a close between two fragments", GOOD_END, he, BYE, llo);
        add("5.4", "two fragmented messages", "2 × text “hello”, " + GOOD_END, he, llo, he, llo);
        add("5.4", "1000 fragments of a byte", "text [1002], " + GOOD_END, thousandFragments());
        add(
                "5.4",
                Server.PLAIN,
                "a ping between fragments is answered before the last one comes",
                "pong “p”, text “hello”, " + GOOD_END,
                peer -> {
                    peer.upgrade().send(he, ping);
                    String pong = peer.readFrame();
                    peer.send(llo);
                    peer.send(BYE);
                    return pong + ", " + peer.readToEnd();
                });
        addBroken("5.4", "a continuation of nothing", llo);
        addBroken("5.4", "an open continuation of nothing", empty);
        add("5.4", "a continuation after the end", "text “hello”, close 1002, end", he, llo, llo);
        addBroken("5.4", "text within fragments", he, text("x"));
        addBroken("5.4", "binary within fragments", he, binary(1));
        addBroken("5.4", "a second beginning within fragments", he, he, llo);
    }

    private static byte[] thousandFragments() {
        byte[] letter = {'x'};
        byte[] all = frame(false, 0, TEXT, letter);
        for (int i = 0; i < 1000; i++) {
            all = concat(all, frame(false, 0, CONTINUATION, letter));
        }
        return concat(all, frame(true, 0, CONTINUATION, letter));
    }

    private void control() {
        byte[] ping = frame(PING, NOTHING);
        add("5.5.2", "a ping without a byte", "pong “”, " + GOOD_END, ping);
        add("5.5.2", "a ping of 125 bytes", "pong [125], " + GOOD_END, frame(PING, new byte[125]));
        add(
                "5.5.2",
                "ten pings",
                "10 × pong “”, " + GOOD_END,
                concat(ping, ping, ping, ping, ping, ping, ping, ping, ping, ping));
        add("5.5.3", "a pong that nobody asked for", GOOD_END, frame(PONG, new byte[9]));
        for (int opcode : new int[] {CLOSE, PING, PONG}) {
            addBroken("5.5", "opcode " + opcode + " of 126 bytes", frame(opcode, new byte[126]));
            addBroken(
                    "5.5", "opcode " + opcode + " of 65536 bytes", frame(opcode, new byte[65_536]));
            addBroken("5.5", "opcode " + opcode + " fragmented", frame(false, 0, opcode, NOTHING));
        }
    }

    private void utf8() {
        String[] valid = {
            "cebae1bdb9cf83cebcceb5",
            "f0908080",
            "f48fbfbf",
            "ed9fbf",
            "ee8080",
            "efbfbf",
            "00",
            "efbbbf41",
            "c280",
            "e0a080"
        };
        for (String hex : valid) {
            byte[] bytes = HexFormat.of().parseHex(hex);
            String echo = hex.equals("00") ? "text [1]" : "text [" + bytes.length + "]";
            add("8.1", "valid UTF-8 " + hex, echo + ", " + GOOD_END, frame(TEXT, bytes));
            add(
                    "8.1",
                    "valid UTF-8 " + hex + ", each byte a fragment",
                    echo + ", " + GOOD_END,
                    byteFragments(bytes));
        }
        String[] invalid = {
            "ff",
            "fe",
            "80",
            "bf",
            "c0",
            "c080",
            "c1bf",
            "c2",
            "e08080",
            "e09fbf",
            "e282",
            "eda080",
            "edbfbf",
            "f0808080",
            "f08fbfbf",
            "f0908280c0",
            "f4908080",
            "f5808080",
            "f888808080",
            "fc8480808080",
            "41ff42"
        };
        for (String hex : invalid) {
            byte[] bytes = HexFormat.of().parseHex(hex);
            String refused = "close 1007, end";
            add("8.1", "invalid UTF-8 " + hex, refused, frame(TEXT, bytes));
            add("8.1", "invalid UTF-8 " + hex + ", fragmented", refused, byteFragments(bytes));
            add(
                    "5.5.1",
                    "invalid UTF-8 " + hex + " in the reason of a close",
                    refused,
                    frame(CLOSE, concat(new byte[] {0x03, (byte) 0xe8}, bytes)));
        }
        add(
                "8.1",
                Server.PLAIN,
                "invalid UTF-8 is refused before the last fragment comes",
                "close 1007, end",
                peer -> {
                    peer.upgrade().send(frame(false, 0, TEXT, new byte[] {(byte) 0xff}));
                    return peer.readToEnd();
                });
        add(
                "8.1",
                "invalid UTF-8 in a binary message",
                "binary [1], " + GOOD_END,
                frame(BINARY, new byte[] {(byte) 0xff}));
    }

    private static byte[] byteFragments(byte[] bytes) {
        byte[] all = frame(false, 0, TEXT, NOTHING);
        for (byte b : bytes) {
            all = concat(all, frame(false, 0, CONTINUATION, new byte[] {b}));
        }
        return concat(all, frame(true, 0, CONTINUATION, NOTHING));
    }

    private void closeCodes() {
        int[] legal = {
            1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999,
            4000, 4999
        };
        for (int code : legal) {
            add("7.4", "close code " + code, "close " + code + ", end", close(code));
        }
        int[] illegal = {
            0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 9999, 32_767, 32_768,
            65_535
        };
        for (int code : illegal) {
            addBroken("7.4", "close code " + code, close(code));
        }
        add("5.5.1", "a close without a code", "close, end", frame(CLOSE, NOTHING));
        addBroken("5.5.1", "a close of one byte", frame(CLOSE, new byte[1]));
        byte[] reason = new byte[125];
        ByteBuffer.wrap(reason).putShort((short) 1000);
        add("5.5.1", "a close with a reason of 123 bytes", GOOD_END, frame(CLOSE, reason));
    }

    private void closing() {
        add("5.5.1", "a message and a close in one segment", "text “a”, " + GOOD_END, text("a"));
        add("5.5.1", "a message after the close", GOOD_END, BYE, text("late"));
        add("5.5.1", "a ping after the close", GOOD_END, BYE, frame(PING, NOTHING));
        add("5.5.1", "two closes", GOOD_END, BYE, close(1001));
        add("5.5.1", "garbage after the close", GOOD_END, BYE, new byte[] {-1, -1, -1, -1});
        add(
                "7.1.2",
                Server.PLAIN,
                "the server closes, and the peer answers",
                "close 4000, end",
                peer -> {
                    peer.upgrade().send(text("close 4000"));
                    return peer.readToEnd();
                });
        add(
                "7.1.2",
                Server.PLAIN,
                "the server closes, and the peer still sends before it answers",
                "close 4000, end",
                peer -> {
                    peer.upgrade().send(text("close 4000"));
                    String close = peer.readFrame();
                    peer.send(text("late"), frame(PING, NOTHING), BYE);
                    return close + ", " + peer.readToEnd();
                });
        add(
                "7.1.1",
                Server.IMPATIENT,
                "the server closes, and the peer never answers",
                "close 4000, end",
                peer -> {
                    peer.upgrade().send(text("close 4000"));
                    return peer.readFrame() + ", " + peer.readFrame();
                });
        add(
                "7.1.1",
                Server.IMPATIENT,
                "the server closes for a violation, and the peer never answers",
                "close 1002, end",
                peer -> {
                    peer.upgrade().send(frame(3, NOTHING));
                    return peer.readFrame() + ", " + peer.readFrame();
                });
        add(
                "7.1.5",
                Server.PLAIN,
                "the peer goes without a close",
                "end",
                peer -> {
                    peer.upgrade().shutdownOutput();
                    return peer.readToEnd();
                });
        add(
                "7.1.5",
                Server.PLAIN,
                "the peer goes within a frame",
                "end",
                peer -> {
                    peer.upgrade().send(new byte[] {(byte) 0x81});
                    peer.shutdownOutput();
                    return peer.readToEnd();
                });
        add(
                "7.1.5",
                Server.PLAIN,
                "a message, and the peer goes without a close",
                "text “a”, end",
                peer -> {
                    peer.upgrade().send(text("a"));
                    peer.shutdownOutput();
                    return peer.readToEnd();
                });
        add(
                "5.5.1",
                Server.PLAIN,
                "a message, a close and the end of the connection in one go",
                "text “a”, " + GOOD_END,
                peer -> {
                    peer.upgrade().send(text("a"), BYE);
                    peer.shutdownOutput();
                    return peer.readToEnd();
                });
        add(
                "5.5.1",
                Server.PLAIN,
                "the same, with the handshake before it",
                "HTTP 101, text “a”, " + GOOD_END,
                peer -> {
                    peer.send(RawPeer.request("/"), text("a"), BYE);
                    peer.shutdownOutput();
                    return peer.readStatus() + ", " + peer.readToEnd();
                });
        add(
                "7.1.1",
                Server.PLAIN,
                "the server closes, and the peer goes without an answer",
                "close 4000, end",
                peer -> {
                    peer.upgrade().send(text("close 4000"));
                    String close = peer.readFrame();
                    peer.shutdownOutput();
                    return close + ", " + peer.readFrame();
                });
        add(
                "7.1.1",
                Server.PLAIN,
                "the server's frame returns",
                GOOD_END,
                peer -> {
                    peer.upgrade().send(text("return"));
                    return peer.readToEnd();
                });
        add(
                "7.1.1",
                Server.PLAIN,
                "the server's frame fails",
                "close 1011, end",
                peer -> {
                    peer.upgrade().send(text("fail"));
                    return peer.readToEnd();
                });
    }
}
