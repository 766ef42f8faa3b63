package io.tardy.testsuite;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.tardy.stream.ByteReader;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/** What a random stream of bytes consists of, and what a reader must find in it, in order. */
final class ReaderScript {

    /** A limit that the longest parts just keep. */
    static final int BYTES_MAX = 40_000;

    private static final byte[] DELIMITER = {'e', 'n', 'e', 'n', 'd'};

    /** One thing to ask for. */
    @FunctionalInterface
    private interface Step {
        void run(ByteReader in) throws IOException;
    }

    private final long seed;
    private final SplittableRandom random;
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final List<Step> steps = new ArrayList<>();

    ReaderScript(long seed) {
        this.seed = seed;
        this.random = new SplittableRandom(seed);
        for (int i = 0; i < 60; i++) {
            addStep();
        }
    }

    long seed() {
        return seed;
    }

    byte[] bytes() {
        return bytes.toByteArray();
    }

    void run(ByteReader in) throws IOException {
        for (int i = 0; i < steps.size(); i++) {
            try {
                steps.get(i).run(in);
            } catch (IOException | RuntimeException | AssertionError e) {
                throw new AssertionError("step %d of seed %d".formatted(i, seed), e);
            }
        }
        assertThat(in.position()).isEqualTo(bytes.size());
        assertThat(in.hasMore()).isFalse();
    }

    private int length() {
        return switch (random.nextInt(8)) {
            case 0 -> 0;
            case 1 -> BYTES_MAX;
            case 2 -> random.nextInt(BYTES_MAX);
            default -> random.nextInt(60);
        };
    }

    private void addStep() {
        switch (random.nextInt(8)) {
            case 0, 1 -> addLine();
            case 2 -> addUntil();
            case 3 -> addUntilSeveral();
            case 4 -> addNumbers();
            case 5 -> addExactly();
            case 6 -> addSkipped();
            default -> addSome();
        }
    }

    private void addLine() {
        StringBuilder text = new StringBuilder();
        for (int left = length(); left > 0; ) {
            int next = left < 4 ? 1 : random.nextInt(1, 5);
            text.appendCodePoint(new int[] {'\r', 0xe9, 0xfffd, 0x1f600}[next - 1]);
            left -= next;
        }
        text.append(
                text.isEmpty() || text.toString().getBytes(UTF_8).length == BYTES_MAX ? "" : "x");
        String line = text.toString();
        boolean endsWithReturn = line.endsWith("\r"); // which LF would make part of the end
        put((line + (endsWithReturn || random.nextBoolean() ? "\r\n" : "\n")).getBytes(UTF_8));
        steps.add(in -> assertThat(in.readLine()).isEqualTo(line));
    }

    private void addUntil() {
        byte[] part = random(length());
        for (int i = 0; i < part.length; i++) {
            part[i] = part[i] == 0 ? 1 : part[i];
        }
        put(part);
        put(new byte[1]);
        steps.add(in -> assertIs(in.readUntil(0, BYTES_MAX), part));
    }

    /** Of bytes that often begin a delimiter. */
    private void addUntilSeveral() {
        ByteArrayOutputStream some = new ByteArrayOutputStream();
        for (int left = length(); left > 0; left--) {
            some.write("enx".charAt(random.nextInt(3)));
        }
        byte[] part = some.toByteArray();
        put(part);
        put(DELIMITER);
        steps.add(in -> assertIs(in.readUntil(DELIMITER, BYTES_MAX), part));
    }

    private void addNumbers() {
        long number = random.nextLong();
        put(
                ByteBuffer.allocate(15)
                        .put((byte) number)
                        .putShort((short) number)
                        .putInt((int) number)
                        .putLong(number)
                        .array());
        steps.add(
                in -> {
                    assertThat(in.readByte()).isEqualTo((byte) number);
                    assertThat(in.readShort()).isEqualTo((short) number);
                    assertThat(in.readInt()).isEqualTo((int) number);
                    assertThat(in.readLong()).isEqualTo(number);
                });
    }

    private void addExactly() {
        byte[] part = random(length());
        put(part);
        boolean isOwn = random.nextBoolean();
        boolean isSeenBefore = random.nextBoolean();
        steps.add(
                in -> {
                    if (isSeenBefore) {
                        assertIs(in.peek(part.length), part);
                    }
                    if (isOwn) {
                        ByteBuffer into = ByteBuffer.allocate(part.length);
                        in.readExactly(into);
                        assertIs(into.flip(), part);
                    } else {
                        assertIs(in.readExactly(part.length), part);
                    }
                });
    }

    private void addSkipped() {
        int count = length() * 3;
        put(random(count));
        steps.add(in -> in.skip(count));
    }

    private void addSome() {
        byte[] part = random(length() * 3);
        put(part);
        steps.add(
                in -> {
                    for (int count = 0; count < part.length; ) {
                        ByteBuffer some = in.readSome(part.length - count);
                        if (some == null) {
                            throw new EOFException("after " + count);
                        }
                        byte[] expected = Arrays.copyOfRange(part, count, count + some.remaining());
                        count += some.remaining();
                        assertIs(some, expected);
                    }
                });
    }

    private void put(byte[] part) {
        bytes.writeBytes(part);
    }

    private byte[] random(int length) {
        byte[] part = new byte[length];
        random.nextBytes(part);
        return part;
    }

    private static void assertIs(ByteBuffer seen, byte[] expected) {
        byte[] bytes = new byte[seen.remaining()];
        seen.get(bytes);
        assertThat(bytes).isEqualTo(expected);
    }
}
