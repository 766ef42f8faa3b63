package io.tardy.websocket;

import static io.tardy.websocket.RawPeer.BINARY;
import static io.tardy.websocket.RawPeer.CONTINUATION;
import static io.tardy.websocket.RawPeer.concat;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Nothing behind a message that is too long is delivered, even if it arrives together. */
interface TooLongContract extends EchoContract {

    int BOUND = 100_000;

    /** Encodes a frame, masked or not. */
    @FunctionalInterface
    interface Framing {
        byte[] frame(boolean isFinal, int rsv, int opcode, byte[] payload);

        default byte[] text(String text) {
            return frame(true, 0, RawPeer.TEXT, text.getBytes());
        }

        /** A message in fragments of these lengths. */
        default byte[] binary(int... lengths) {
            byte[] all = {};
            for (int i = 0; i < lengths.length; i++) {
                int opcode = i == 0 ? BINARY : CONTINUATION;
                boolean isFinal = i == lengths.length - 1;
                all = concat(all, frame(isFinal, 0, opcode, new byte[lengths[i]]));
            }
            return all;
        }

        /** A compressed message in two fragments, each of about half of its bytes. */
        default byte[] compressed(int length) {
            byte[] payload = CompressionCases.deflate(new byte[length]);
            int half = payload.length / 2;
            return concat(
                    frame(false, 4, BINARY, Arrays.copyOf(payload, half)),
                    frame(
                            true,
                            0,
                            CONTINUATION,
                            Arrays.copyOfRange(payload, half, payload.length)));
        }

        /** Messages that are too long, in every form that {@code receive} can meet. */
        default List<byte[]> tooLong() {
            return List.of(
                    binary(60_000, 60_000),
                    binary(60_000, 60_000, 1),
                    binary(60_000, 60_000, 60_000, 60_000, 1),
                    compressed(120_000));
        }
    }

    /** Everything that receive returns until it has returned null twice, and then the code. */
    private static List<String> received(WebSocketConnection ws) throws Exception {
        List<String> seen = new ArrayList<>();
        for (int nulls = 0; nulls < 2; ) {
            switch (ws.receive()) {
                case WebSocketMessage.Text text -> seen.add(text.text());
                case WebSocketMessage.Binary binary -> seen.add("binary " + binary.bytes().length);
                case null -> {
                    nulls++;
                    seen.add("null " + ws.closeCode());
                }
            }
        }
        return seen;
    }

    @Test
    default void behindAMessageThatIsTooLongAServerReceivesNothing() throws Exception {
        List<byte[]> all = new ArrayList<>(((Framing) RawPeer::frame).tooLong());
        all.add(((Framing) RawPeer::frame).binary(120_000));
        all.add(RawPeer.frame(true, 4, BINARY, CompressionCases.deflate(new byte[120_000])));
        byte[][] ends = {{}, RawPeer.close(1000), RawPeer.frame(3, new byte[0])};
        BlockingQueue<Object> seen = new LinkedBlockingQueue<>();
        try (ServerFixture fixture =
                serverOf(
                        b -> b.messageBytesMax(BOUND).compression(true),
                        ws -> {
                            try {
                                seen.add(received(ws));
                            } catch (Throwable e) {
                                seen.add(e);
                            }
                        })) {
            for (byte[] tooLong : all) {
                for (byte[] end : ends) {
                    try (RawPeer peer = new RawPeer(fixture.port())) {
                        peer.upgrade("Sec-WebSocket-Extensions: permessage-deflate");
                        byte[] after = concat(RawPeer.text("after"), RawPeer.text("after2"));
                        peer.send(RawPeer.text("before"), tooLong, after, end);
                        String shown = peer.readToEnd();
                        peer.shutdownOutput(); // otherwise a second receive waits for closeTimeout
                        // The loop may first find a violation behind it, in the frames themselves.
                        assertThat(shown)
                                .isIn(
                                        "close 1009, end",
                                        end == ends[2] ? "close 1002, end" : "close 1009, end");
                        String code = "null " + shown.substring(6, 10);
                        assertThat(seen.poll(20, TimeUnit.SECONDS))
                                .isEqualTo(List.of("before", code, code));
                    }
                }
            }
        }
    }

    @Test
    default void behindAMessageThatIsTooLongAClientReceivesNothing() throws Exception {
        Framing framing = RawPeer::unmasked;
        byte[] close = RawPeer.unmasked(RawPeer.CLOSE, new byte[] {3, (byte) 0xe8});
        WebSocketClient client =
                WebSocketClient.builder()
                        .messageBytesMax(BOUND)
                        .compression(true)
                        .closeTimeout(Duration.ofMillis(200)) // the server here does not close
                        .build();
        try (ServerFixture runtimes = echoServer(b -> b)) {
            for (byte[] tooLong : framing.tooLong()) {
                byte[] frames =
                        concat(framing.text("before"), tooLong, framing.text("after"), close);
                try (WrongServer server =
                        new WrongServer(
                                accept ->
                                        concat(
                                                WrongServer.upgraded(
                                                        accept,
                                                        "Sec-WebSocket-Extensions:"
                                                                + " permessage-deflate"),
                                                frames))) {
                    List<String> seen = new ArrayList<>();
                    runtimes.inFrame(
                            () -> {
                                try (var ws = client.connect(server.uri())) {
                                    seen.addAll(received(ws));
                                }
                            });
                    assertThat(seen).containsExactly("before", "null 1009", "null 1009");
                    byte[] sent = server.received();
                    assertThat(sent[0]).isEqualTo((byte) 0x88);
                    int code = ((sent[6] ^ sent[2]) & 0xff) << 8 | ((sent[7] ^ sent[3]) & 0xff);
                    assertThat(code).isEqualTo(1009);
                }
            }
        }
    }
}
