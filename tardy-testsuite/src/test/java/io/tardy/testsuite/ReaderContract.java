package io.tardy.testsuite;

import static io.tardy.testsuite.DeadlineContract.SOON;
import static io.tardy.testsuite.DeadlineContract.assertExceeded;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16BE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.tardy.Deadline;
import io.tardy.Frame;
import io.tardy.FrameFailedException;
import io.tardy.aio.CancelledException;
import io.tardy.aio.RecvError;
import io.tardy.fs.File;
import io.tardy.net.Socket;
import io.tardy.stream.ByteReader;
import io.tardy.stream.Stream;
import io.tardy.stream.TooLongException;
import java.io.EOFException;
import java.io.IOException;
import java.io.UTFDataFormatException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A reader takes what is asked for whole, or leaves it, however it arrives. */
interface ReaderContract extends ConnectedFixture {

    private static void send(Socket socket, String text) throws IOException {
        socket.sendAll(ByteBuffer.wrap(text.getBytes(UTF_8)));
    }

    private static String text(ByteBuffer bytes) {
        return ISO_8859_1.decode(bytes.duplicate()).toString();
    }

    @Test
    default void aLineEndsWithLfOrCrlf() throws Exception {
        withPair(
                (rt, client, peer) -> {
                    ByteReader in = peer.reader();
                    send(client, "a\nb\r\n\n\r\nc\rd\n\u00e9\ud83d\ude00\ufffd\r\r\n");
                    assertThat(in.readLine()).isEqualTo("a");
                    assertThat(in.readLine()).isEqualTo("b");
                    assertThat(in.readLine()).isEmpty();
                    assertThat(in.readLine()).isEmpty();
                    assertThat(in.readLine()).isEqualTo("c\rd");
                    assertThat(in.readLine()).isEqualTo("\u00e9\ud83d\ude00\ufffd\r");
                    client.shutdownOutput();
                    assertThat(in.readLine()).isNull();
                    assertThat(in.readLineOrRest()).isNull();
                    assertThat(in.readUntil('\n', 9)).isNull();
                    assertThat(in.readSome(9)).isNull();
                    assertThat(in.hasMore()).isFalse();
                });
    }

    @Test
    default void partsHaveALengthOrAnEnd() throws Exception {
        withPair(
                (rt, client, peer) -> {
                    ByteReader in = peer.reader();
                    ByteBuffer sent = ByteBuffer.allocate(100);
                    sent.put((byte) -1).putShort((short) -2).putInt(-3).putLong(-4);
                    sent.order(ByteOrder.LITTLE_ENDIAN)
                            .putInt(5)
                            .put("key: value\r\n\r\nbody".getBytes());
                    client.sendAll(sent.flip());
                    assertThat(in.peek(1).get()).isEqualTo((byte) -1);
                    assertThat(in.readByte()).isEqualTo((byte) -1);
                    assertThat(in.readShort()).isEqualTo((short) -2);
                    assertThat(in.readInt()).isEqualTo(-3);
                    assertThat(in.readLong()).isEqualTo(-4);
                    assertThat(in.readExactly(4).order(ByteOrder.LITTLE_ENDIAN).getInt())
                            .isEqualTo(5);
                    assertThat(text(in.readUntil(':', 9))).isEqualTo("key");
                    in.skip(1);
                    ByteBuffer value = in.readUntil("\r\n\r\n".getBytes(), 5);
                    assertThat(text(value)).isEqualTo("value");
                    assertThat(text(in.readExactly(3))).isEqualTo("bod");
                    assertThat(in.position()).isEqualTo(sent.limit() - 1);
                    assertThat(in.readExactly(0).hasRemaining()).isFalse();
                });
    }

    @Test
    @NotSimulated("there, less may be received than was sent, and the rest is put behind it")
    default void whatArrivesTogetherIsNotCopied() throws Exception {
        withPair(
                (rt, client, peer) -> {
                    ByteReader in = peer.reader();
                    send(client, "key: value\n");
                    assertThat(in.readUntil(':', 9).isDirect()).isTrue();
                    assertThat(in.readUntil('\n', 9).isDirect()).isTrue();
                    send(client, "x");
                    assertThat(in.peek(1).isDirect()).isTrue();
                    send(client, "y");
                    assertThat(in.peek(2).isDirect()).as("in memory of its own").isFalse();
                });
    }

    /** A model in memory, and the same bytes in random pieces. */
    @Test
    default void whateverIsAskedForIsThereHoweverItArrives(@TempDir Path folder) throws Exception {
        long seed = Seeds.draw("whateverIsAskedForIsThereHoweverItArrives");
        for (int round = 0; round < 8; round++) {
            ReaderScript script = new ReaderScript(seed + round);
            byte[] bytes = script.bytes();
            script.run(new PiecesStream(seed, bytes, 7).reader(ReaderScript.BYTES_MAX));
            script.run(new PiecesStream(seed, bytes, 50_000).reader(ReaderScript.BYTES_MAX));
            Path path = fileOf(folder.resolve("bytes" + round), bytes);
            withPair(
                    (rt, client, peer) -> {
                        Frame<Void> sending =
                                rt.spawn(() -> sendInPieces(client, bytes, script.seed()));
                        script.run(peer.reader(ReaderScript.BYTES_MAX));
                        sending.join();
                        try (File file = File.open(path)) {
                            script.run(file.reader(ReaderScript.BYTES_MAX));
                        }
                    });
        }
    }

    private static void sendInPieces(Socket socket, byte[] bytes, long seed) throws IOException {
        SplittableRandom random = new SplittableRandom(~seed);
        for (int sent = 0; sent < bytes.length; ) {
            int pieceMax = random.nextInt(4) == 0 ? 20_000 : 40;
            int count = Math.min(bytes.length - sent, random.nextInt(1, pieceMax));
            socket.sendAll(ByteBuffer.wrap(bytes, sent, count));
            sent += count;
            for (int yields = random.nextInt(4); yields > 0; yields--) {
                Frame.yield();
            }
        }
        socket.shutdownOutput();
    }

    @Test
    default void aLimitHoldsToTheByteAndTakesNothing() throws Exception {
        withPair(
                (rt, client, peer) -> {
                    ByteReader in = peer.reader(4);
                    send(client, "1234\r\n1234\n12345\r\n1234\r5\n");
                    assertThat(in.readLine()).isEqualTo("1234");
                    assertThat(in.readLine(4)).isEqualTo("1234");
                    for (int i = 0; i < 2; i++) {
                        assertThatExceptionOfType(TooLongException.class)
                                .isThrownBy(in::readLine)
                                .withMessageContaining("limit of 4 bytes")
                                .withMessageContaining("reader(bytesMax)")
                                .satisfies(e -> assertThat(e.bytesMax()).isEqualTo(4));
                    }
                    assertTooLong(() -> in.readUntil('\r', 4));
                    assertThat(in.readLine(5)).isEqualTo("12345");
                    assertTooLong(() -> in.readUntil("5\n".getBytes(), 4));
                    assertThat(text(in.readUntil("5\n".getBytes(), 5))).isEqualTo("1234\r");
                    assertTooLong(() -> in.readExactly(9));
                    assertTooLong(() -> in.peek(9));
                    assertThatIllegalArgumentException().isThrownBy(() -> in.readLine(-1));
                    assertThatIllegalArgumentException().isThrownBy(() -> peer.reader(-1));
                    assertThatExceptionOfType(TooLongException.class)
                            .isThrownBy(() -> in.readExactly(-1))
                            .withMessageContaining("4294967295 bytes");
                    assertThatIllegalArgumentException().isThrownBy(() -> in.skip(-1));
                    assertThatIllegalArgumentException().isThrownBy(() -> in.readSome(0));
                    assertThatIllegalArgumentException()
                            .isThrownBy(() -> in.readUntil(new byte[0], 9));
                    assertThatIllegalArgumentException().isThrownBy(() -> in.readUntil(256, 9));
                });
    }

    private static void assertTooLong(DeadlineContract.Wait call) {
        assertThatExceptionOfType(TooLongException.class).isThrownBy(call::call);
    }

    /** Who sends without an end is told so, not waited for. */
    @Test
    default void whatIsTooLongIsRefusedBeforeItsEndHasCome() throws Exception {
        withPair(
                (rt, client, peer) -> {
                    ByteReader in = peer.reader(100);
                    send(client, "x".repeat(100));
                    assertExceeded(() -> Deadline.within(SOON, in::readLine));
                    send(client, "\r");
                    assertExceeded(() -> Deadline.within(SOON, in::readLine));
                    send(client, "x");
                    Deadline.within(patience(), () -> assertTooLong(in::readLine));
                    Deadline.within(patience(), () -> assertTooLong(in::readLineOrRest));
                    Deadline.within(
                            patience(),
                            () -> assertTooLong(() -> in.readUntil("ab".getBytes(), 99)));
                    assertTooLong(in::awaitMore);
                    in.skip(102);
                    send(client, "y\n");
                    assertThat(in.readLine()).isEqualTo("y");
                });
    }

    @Test
    default void randomLinesMeetRandomLimits() throws Exception {
        long seed = Seeds.draw("randomLinesMeetRandomLimits");
        SplittableRandom random = new SplittableRandom(seed);
        for (int round = 0; round < 3_000; round++) {
            int length = random.nextInt(40);
            int bytesMax = random.nextInt(40);
            String end = new String[] {"", "\n", "\r\n"}[random.nextInt(3)];
            byte[] bytes = ("x".repeat(length) + end).getBytes(UTF_8);
            ByteReader in = new PiecesStream(random.nextLong(), bytes, 9).reader(bytesMax);
            String seen;
            try {
                seen = String.valueOf(in.readLine());
            } catch (TooLongException e) {
                seen = "too long";
            } catch (EOFException e) {
                seen = "ended";
            }
            boolean isCut = end.isEmpty();
            String expected =
                    length > bytesMax
                            ? "too long"
                            : !isCut ? "x".repeat(length) : length == 0 ? "null" : "ended";
            assertThat(seen).as("round %d of seed %d", round, seed).isEqualTo(expected);
            if (seen.equals("too long") || seen.equals("ended")) {
                ByteBuffer all = ByteBuffer.allocate(bytes.length);
                in.readExactly(all);
                assertThat(all.array()).as("nothing is lost").isEqualTo(bytes);
            }
        }
    }

    @Test
    default void anEndWithinWhatIsAskedForSaysHowMuchCame() throws Exception {
        withPair(
                (rt, client, peer) -> {
                    ByteReader in = peer.reader();
                    send(client, "abc");
                    client.shutdownOutput();
                    assertEnded(in::readLine, "after 3 bytes of a line");
                    assertEnded(in::readLine, "readLineOrRest()");
                    assertEnded(() -> in.readUntil(0, 9), "after 3 bytes");
                    assertEnded(() -> in.readExactly(9), "3 of 9 bytes came");
                    assertEnded(() -> in.peek(4), "3 of 4 bytes came");
                    assertEnded(in::readLong, "3 of 8 bytes came");
                    assertThat(in.awaitMore()).isFalse();
                    assertThat(in.position()).isZero();
                    assertThat(in.available()).isEqualTo(3);
                    assertThat(in.readLineOrRest()).isEqualTo("abc");
                    assertEnded(() -> in.readExactly(9), "0 of 9 bytes came");
                    assertEnded(() -> in.skip(2), "0 of 2 bytes came");
                    ByteBuffer into = ByteBuffer.allocate(4);
                    assertEnded(() -> in.readExactly(into), "0 of 4 bytes came");
                });
    }

    private static void assertEnded(DeadlineContract.Wait call, String message) {
        assertThatExceptionOfType(EOFException.class)
                .isThrownBy(call::call)
                .withMessageContaining(message);
    }

    @Test
    default void aDeadlineAndACancelLoseNothing() throws Exception {
        withPair(
                (rt, client, peer) -> {
                    ByteReader in = peer.reader();
                    send(client, "one\nhe");
                    assertThat(in.readLine()).isEqualTo("one");
                    assertExceeded(() -> Deadline.within(SOON, in::readLine));
                    send(client, "ll");
                    Frame<String> waiting = rt.spawnCall(in::readLine);
                    Frame.delay(Duration.ofMillis(1));
                    assertThatIllegalStateException()
                            .isThrownBy(in::readLine)
                            .withMessageContaining("one at a time");
                    assertThatIllegalStateException().isThrownBy(() -> in.skip(1));
                    waiting.cancel();
                    assertThatExceptionOfType(FrameFailedException.class)
                            .isThrownBy(waiting::join)
                            .withCauseInstanceOf(CancelledException.class);
                    ByteBuffer six = ByteBuffer.allocate(6);
                    assertExceeded(() -> Deadline.within(SOON, () -> in.readExactly(6)));
                    send(client, "o\n");
                    assertThat(text(in.peek(6))).isEqualTo("hello\n");
                    in.readExactly(six);
                    assertThat(text(six.flip())).isEqualTo("hello\n");
                    assertExceeded(() -> Deadline.within(SOON, () -> in.skip(3)));
                    assertThat(in.position()).isEqualTo(10);
                });
    }

    /** What is lent goes back with the next receive: what was not taken must not go with it. */
    @Test
    default void readersOfManyConnectionsKeepWhatIsTheirs() throws Exception {
        whenConnected(
                (rt, listener, client, peer) -> {
                    List<Socket> sockets = new ArrayList<>();
                    try {
                        List<ByteReader> readers = new ArrayList<>();
                        for (int i = 0; i < 20; i++) {
                            Socket sender = TransportFixture.connectTo(listener);
                            sockets.add(sender);
                            Socket receiver = listener.accept();
                            sockets.add(receiver);
                            readers.add(receiver.reader());
                            send(sender, "first " + i + "\nsec");
                        }
                        for (int i = 0; i < readers.size(); i++) {
                            assertThat(readers.get(i).readLine()).isEqualTo("first " + i);
                        }
                        for (int i = 0; i < readers.size(); i++) {
                            ByteReader in = readers.get(i);
                            assertExceeded(() -> Deadline.within(SOON, in::readLine));
                        }
                        for (int i = 0; i < readers.size(); i++) {
                            send(sockets.get(2 * i), "ond " + i + "\n");
                            assertThat(readers.get(i).readLine()).isEqualTo("second " + i);
                        }
                    } finally {
                        for (Socket socket : sockets) {
                            socket.close();
                        }
                    }
                });
    }

    @Test
    default void whatIsNotInTheCharsetIsRefusedAndStays() throws Exception {
        withPair(
                (rt, client, peer) -> {
                    ByteReader in = peer.reader();
                    client.sendAll(ByteBuffer.wrap(new byte[] {'a', (byte) 0xe9, '\n', 'b', '\n'}));
                    assertThatExceptionOfType(UTFDataFormatException.class)
                            .isThrownBy(in::readLine)
                            .withMessageContaining("not UTF-8 at its byte 1 (0xe9)");
                    assertThat(in.readLine(9, ISO_8859_1)).isEqualTo("a\u00e9");
                    assertThat(in.readLine()).isEqualTo("b");
                    assertThatIllegalArgumentException()
                            .isThrownBy(() -> in.readLine(9, UTF_16BE))
                            .withMessageContaining("readUntil");
                });
    }

    @Test
    default void theLastLineOfATextNeedsNoEnd(@TempDir Path folder) throws Exception {
        Path path = fileOf(folder.resolve("text"), "one\ntwo\r\nthree".getBytes(UTF_8));
        inFrame(
                rt -> {
                    try (File file = File.open(path)) {
                        ByteReader in = file.reader();
                        assertThat(in.readLineOrRest()).isEqualTo("one");
                        assertThat(in.readLineOrRest()).isEqualTo("two");
                        assertThat(in.readLineOrRest()).isEqualTo("three");
                        assertThat(in.readLineOrRest()).isNull();
                    }
                });
    }

    @Test
    default void aStreamThatBringsNothingIsNotAskedForEver() throws Exception {
        Stream lazy =
                new Stream() {
                    @Override
                    public int read(ByteBuffer into) {
                        return 0;
                    }

                    @Override
                    public int write(ByteBuffer from) {
                        return 0;
                    }
                };
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> lazy.reader().readLine())
                .withMessageContaining("has read nothing");
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> lazy.reader().readExactly(ByteBuffer.allocate(1)))
                .withMessageContaining("has read nothing");
    }

    @Test
    default void whatHasArrivedIsReadBeforeAFailure() throws Exception {
        withPair(
                (rt, client, peer) -> {
                    ByteReader in = peer.reader();
                    send(client, "last\nand mo");
                    assertThat(in.peek(11)).isNotNull();
                    Frame<String> closing =
                            rt.spawnCall(
                                    () -> {
                                        peer.close();
                                        return "closed";
                                    });
                    assertThat(in.readLine()).isEqualTo("last");
                    assertThat(closing.join()).isEqualTo("closed");
                    TcpContract.assertFailure(in::readLine, RecvError.INVALID_FD);
                    assertThat(text(in.readExactly(6))).isEqualTo("and mo");
                });
    }

    /** Memory that goes back is lent to others, as the same buffer. */
    @Test
    default void aReaderThatWasReadToItsEndHasNothingOfOthers() throws Exception {
        whenConnected(
                (rt, listener, client, peer) -> {
                    try (Socket another = TransportFixture.connectTo(listener);
                            Socket its = listener.accept()) {
                        ByteReader in = peer.reader();
                        ByteReader other = its.reader();
                        send(client, "mine\n");
                        assertThat(in.readLine()).isEqualTo("mine");
                        Frame<String> first = rt.spawnCall(other::readLine);
                        rt.spawn(
                                () -> {
                                    send(another, "first\nsecond\n");
                                    first.join();
                                    send(client, "direct");
                                });
                        ByteBuffer direct = peer.recvNext(); // gives back what was lent
                        assertThat("direct").startsWith(text(direct)); // in a simulation, a part
                        assertThat(in.available()).isZero();
                        assertThat(other.readLine()).isEqualTo("second");
                    }
                });
    }

    @Test
    @NotSimulated("there, it may arrive in pieces, and then it is in memory of the reader's own")
    default void aReaderOfAClosedSocketHasNothingOfOthers() throws Exception {
        whenConnected(
                (rt, listener, client, peer) -> {
                    try (Socket another = TransportFixture.connectTo(listener);
                            Socket its = listener.accept()) {
                        ByteReader in = peer.reader();
                        ByteReader other = its.reader();
                        send(client, "quit\nmore\n");
                        assertThat(in.readLine()).isEqualTo("quit");
                        send(another, "first\nsecond\n");
                        peer.close();
                        Frame<String> first = rt.spawnCall(other::readLine);
                        assertThat(first.join()).isEqualTo("first");
                        TcpContract.assertFailure(in::readLine, RecvError.INVALID_FD);
                        assertThat(other.readLine()).isEqualTo("second");
                    }
                });
    }
}
