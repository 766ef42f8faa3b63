package io.tardy.testsuite;

import static io.tardy.testsuite.DeadlineContract.SOON;
import static io.tardy.testsuite.DeadlineContract.assertExceeded;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.tardy.Deadline;
import io.tardy.Frame;
import io.tardy.FrameFailedException;
import io.tardy.aio.CancelledException;
import io.tardy.fs.File;
import io.tardy.net.Socket;
import io.tardy.stream.ByteReader;
import io.tardy.stream.ByteWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A writer collects, keeps the order, and knows of each byte whether the stream has it. */
interface WriterContract extends ConnectedFixture {

    /** More than the system takes of one who is not read. */
    int MORE_THAN_FITS = 16 * 1024 * 1024;

    private static byte[] content(long seed, int length) {
        byte[] content = new byte[length];
        new SplittableRandom(seed).nextBytes(content);
        return content;
    }

    private static byte[] received(Socket socket, int length) throws IOException {
        ByteBuffer all = ByteBuffer.allocate(length);
        socket.reader().readExactly(all);
        return all.array();
    }

    @Test
    default void smallWritesBecomeOne() throws Exception {
        PiecesStream stream = new PiecesStream(1, new byte[0], Integer.MAX_VALUE - 1);
        inFrame(
                rt -> {
                    ByteWriter out = stream.writer();
                    out.write("h\u00e9 ");
                    out.write(new byte[] {1});
                    out.write(ByteBuffer.allocateDirect(3).put(1, (byte) 2));
                    out.writeByte(0x103);
                    out.writeShort(0x10405);
                    out.writeInt(-6);
                    out.writeLong(-7);
                    out.write("");
                    assertThat(stream.writes()).isZero();
                    assertThat(out.buffered()).isEqualTo(23);
                    assertThat(out.accepted()).isZero();
                    out.flush();
                    assertThat(stream.writes()).isEqualTo(1);
                    assertThat(out.buffered()).isZero();
                    assertThat(out.accepted()).isEqualTo(23);
                    out.flush();
                    assertThat(stream.writes()).as("of nothing").isEqualTo(1);
                });
        assertThat(stream.taken())
                .isEqualTo(
                        ByteBuffer.allocate(23)
                                .put("h\u00e9 ".getBytes(UTF_8))
                                .put(new byte[] {1, 0, 2, 0, 3, 4, 5})
                                .putInt(-6)
                                .putLong(-7)
                                .array());
    }

    @Test
    default void whatIsWrittenArrivesInOrderWhateverItsLength(@TempDir Path folder)
            throws Exception {
        long seed = Seeds.draw("whatIsWrittenArrivesInOrderWhateverItsLength");
        ByteArrayOutputStream whole = new ByteArrayOutputStream();
        withPair(
                (rt, client, peer) -> {
                    Frame<Void> writing =
                            rt.spawn(
                                    () -> {
                                        writeRandomly(client.writer(), seed, whole);
                                        client.shutdownOutput();
                                    });
                    ByteReader in = peer.reader();
                    ByteArrayOutputStream seen = new ByteArrayOutputStream();
                    for (ByteBuffer some; (some = in.readSome(9_999)) != null; ) {
                        byte[] bytes = new byte[some.remaining()];
                        some.get(bytes);
                        seen.writeBytes(bytes);
                    }
                    writing.join();
                    assertThat(seen.toByteArray()).isEqualTo(whole.toByteArray());
                    ByteArrayOutputStream inFile = new ByteArrayOutputStream();
                    try (File file = File.create(folder.resolve("file"))) {
                        writeRandomly(file.writer(), seed, inFile);
                    }
                });
        assertThat(contentOf(folder.resolve("file"))).isEqualTo(whole.toByteArray());
    }

    private static void writeRandomly(ByteWriter out, long seed, ByteArrayOutputStream whole)
            throws IOException {
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < 300; i++) {
            boolean isLong = random.nextInt(8) == 0;
            byte[] part = content(random.nextLong(), random.nextInt(isLong ? 50_000 : 3_000));
            whole.writeBytes(part);
            switch (random.nextInt(4)) {
                case 0 -> out.write(ByteBuffer.wrap(part));
                case 1 -> out.write(ByteBuffer.allocateDirect(part.length).put(part).flip());
                case 2 -> out.write(part);
                default -> {
                    for (byte each : part) {
                        out.writeByte(each);
                    }
                }
            }
            if (random.nextInt(30) == 0) {
                out.flush();
                assertThat(out.accepted()).isEqualTo(whole.size());
            }
            assertThat(out.buffered()).isLessThanOrEqualTo(ByteWriter.BUFFER_BYTES);
            assertThat(out.accepted() + out.buffered()).isEqualTo(whole.size());
        }
        out.flush();
    }

    @Test
    default void aDeadlineWithinAWriteLosesNothing() throws Exception {
        byte[] long1 = content(1, MORE_THAN_FITS);
        withPair(
                (rt, client, peer) -> {
                    ByteWriter out = client.writer();
                    out.write("begin ");
                    assertExceeded(() -> Deadline.within(SOON, () -> out.write(long1)));
                    assertThat(out.accepted()).isPositive();
                    assertThat(out.accepted() + out.buffered()).isEqualTo(6 + long1.length);
                    assertThatIllegalStateException()
                            .isThrownBy(() -> out.write("more"))
                            .withMessageContaining("flush first");
                    assertThatIllegalStateException().isThrownBy(() -> out.writeInt(1));
                    long1[long1.length - 1] ^= 1; // the array is the caller's again
                    assertExceeded(() -> Deadline.within(SOON, out::flush));
                    Frame<byte[]> reading =
                            rt.spawnCall(() -> received(peer, 6 + long1.length + 4));
                    out.flush();
                    out.write(" end");
                    out.flush();
                    assertThat(out.accepted()).isEqualTo(6 + long1.length + 4);
                    byte[] expected =
                            ByteBuffer.allocate(6 + long1.length + 4)
                                    .put("begin ".getBytes(UTF_8))
                                    .put(content(1, MORE_THAN_FITS))
                                    .put(" end".getBytes(UTF_8))
                                    .array();
                    assertThat(Arrays.equals(reading.join(), expected)).isTrue();
                });
    }

    @Test
    default void aBufferTellsWhatWasTakenOfIt() throws Exception {
        byte[] content = content(2, MORE_THAN_FITS);
        withPair(
                (rt, client, peer) -> {
                    ByteWriter out = client.writer();
                    ByteBuffer from = ByteBuffer.wrap(content);
                    assertExceeded(() -> Deadline.within(SOON, () -> out.write(from)));
                    assertThat(from.remaining()).isPositive();
                    assertThat(out.accepted()).isEqualTo(from.position());
                    assertThat(out.buffered()).isZero();
                    Frame<byte[]> reading = rt.spawnCall(() -> received(peer, content.length));
                    out.write(from);
                    out.flush();
                    assertThat(Arrays.equals(reading.join(), content)).isTrue();
                });
    }

    @Test
    default void aCancelWithinAFlushTellsWhatWasAccepted() throws Exception {
        byte[] content = content(3, MORE_THAN_FITS);
        withPair(
                (rt, client, peer) -> {
                    ByteWriter out = client.writer();
                    Frame<Void> writing = rt.spawn(() -> out.write(content));
                    Frame.delay(Duration.ofMillis(1));
                    assertThatIllegalStateException()
                            .isThrownBy(out::flush)
                            .withMessageContaining("one at a time");
                    writing.cancel();
                    assertThatExceptionOfType(FrameFailedException.class)
                            .isThrownBy(writing::join)
                            .withCauseInstanceOf(CancelledException.class);
                    client.shutdownOutput();
                    ByteReader in = peer.reader();
                    ByteBuffer seen = ByteBuffer.allocate(content.length);
                    for (ByteBuffer some; (some = in.readSome(100_000)) != null; ) {
                        seen.put(some);
                    }
                    assertThat(out.accepted()).isEqualTo(seen.position());
                    assertThat(out.buffered()).isEqualTo(content.length - seen.position());
                });
    }

    /** Wherever the stream fails, what it has taken and what is left are the whole. */
    @Test
    default void aFailureAnywhereLosesNothing() throws Exception {
        long seed = Seeds.draw("aFailureAnywhereLosesNothing");
        SplittableRandom random = new SplittableRandom(seed);
        inFrame(
                rt -> {
                    for (int round = 0; round < 200; round++) {
                        PiecesStream stream = new PiecesStream(seed + round, new byte[0], 30_000);
                        stream.failBehind(random.nextInt(60_000));
                        failAndGoOn(stream, random, "round %d of seed %d".formatted(round, seed));
                    }
                });
    }

    private static void failAndGoOn(PiecesStream stream, SplittableRandom random, String round)
            throws IOException {
        ByteWriter out = stream.writer();
        ByteArrayOutputStream whole = new ByteArrayOutputStream();
        for (int i = 0; i < 12; i++) {
            byte[] part = content(random.nextLong(), random.nextInt(20_000));
            ByteBuffer from = random.nextBoolean() ? ByteBuffer.wrap(part) : null;
            try {
                if (from != null) {
                    out.write(from);
                } else {
                    out.write(part);
                }
                whole.writeBytes(part);
            } catch (IOException e) {
                assertThat(e).hasMessage("full");
                whole.write(part, 0, from == null ? part.length : from.position());
                assertThat(out.accepted()).as(round).isEqualTo(stream.taken().length);
                assertThat(out.accepted() + out.buffered()).as(round).isEqualTo(whole.size());
                if (out.buffered() > 0) {
                    assertThatExceptionOfType(IOException.class).isThrownBy(out::flush);
                }
                stream.failBehind(Integer.MAX_VALUE);
                out.flush();
                if (from != null) {
                    whole.write(part, from.position(), from.remaining());
                    out.write(from);
                }
            }
        }
        stream.failBehind(Integer.MAX_VALUE);
        out.flush();
        assertThat(stream.taken()).as(round).isEqualTo(whole.toByteArray());
    }
}
