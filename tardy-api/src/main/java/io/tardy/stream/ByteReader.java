package io.tardy.stream;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.EOFException;
import java.io.IOException;
import java.io.UTFDataFormatException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.Charset;
import java.nio.charset.CharsetDecoder;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Reads lines, numbers, and whatever else has a length or an end, from a {@link Stream}. Calls wait
 * as the stream's own do, can be cancelled, and see a {@link io.tardy.Deadline}.
 *
 * <p>What is asked for is taken whole or not at all. If a call throws, because the stream ends or
 * fails, a limit or a deadline is met, or the frame is cancelled, nothing is lost: what has arrived
 * stays here, and the next call begins with the same byte. Only {@link #skip} and {@link
 * #readExactly(ByteBuffer)} go as far as they come; {@link #position} tells how far.
 *
 * <p>Everything is bounded: by the limit that a call is given, or by the reader's own, {@link
 * #BYTES_MAX} if {@link Stream#reader()} made it. A reader holds at most twice its limit and 64
 * KiB. Over a {@link LendingStream}, such as a socket, it holds what has arrived and was not asked
 * for; one that waits for a first byte holds nothing.
 *
 * <p>A buffer that a call returns is the caller's, to read and to change, until the next call of
 * this reader, or until the stream is closed. Then it has other bytes: copy what you keep.
 *
 * <p>For one frame at a time. Who reads from the stream itself meanwhile misses what is here: see
 * {@link #available}.
 */
public final class ByteReader {

    /** The limit of what is asked for at once, unless another one is set: 64 KiB. */
    public static final int BYTES_MAX = 64 * 1024;

    private static final byte[] LINE_END = {'\n'};

    private final Stream stream;
    private final int bytesMax;
    private final Received data;

    ByteReader(Stream stream, int bytesMax) {
        this.stream = stream;
        this.bytesMax = requireLimit(bytesMax);
        this.data = new Received(stream);
    }

    private static int requireLimit(int bytesMax) {
        if (bytesMax < 0) {
            throw new IllegalArgumentException("bytesMax: " + bytesMax + " is negative");
        }
        return bytesMax;
    }

    /** {@link #readLine(int)} with the reader's limit. */
    public @Nullable String readLine() throws IOException {
        return readLine(bytesMax);
    }

    /**
     * The next line, in UTF-8, without the LF or CRLF that ends it; null at the end of the stream.
     *
     * @param bytesMax how long the line may be, without its end
     * @throws TooLongException if it is longer
     * @throws EOFException if the stream ends within a line; {@link #readLineOrRest} takes the last
     *     line of a text that does not end it
     * @throws UTFDataFormatException if the line is not UTF-8
     */
    public @Nullable String readLine(int bytesMax) throws IOException {
        return readLine(bytesMax, UTF_8);
    }

    /**
     * {@link #readLine(int)} in another charset.
     *
     * @throws IllegalArgumentException if it has no line feed of the one byte 10, as UTF-16 has not
     */
    public @Nullable String readLine(int bytesMax, Charset charset) throws IOException {
        if (!Arrays.equals("\n".getBytes(charset), LINE_END)) {
            throw new IllegalArgumentException(
                    charset + " does not end a line with the byte 10: readUntil takes other ends");
        }
        int length = find(LINE_END, requireLimit(bytesMax), true);
        if (length >= 0) {
            return takeLine(length, charset);
        } else if (data.count() > 0) {
            throw ended("a line, whose end has not come; readLineOrRest() takes it so");
        }
        return null;
    }

    /**
     * {@link #readLine()}; at the end of the stream also what is behind the last line's end. For
     * texts. Of a connection this cannot tell a line from the part of one that was cut short.
     */
    public @Nullable String readLineOrRest() throws IOException {
        int length = find(LINE_END, bytesMax, true);
        if (length >= 0) {
            return takeLine(length, UTF_8);
        } else if (data.count() > bytesMax) {
            throw tooLong("a line", bytesMax);
        } else if (data.count() > 0) {
            String rest = decoded(data.count(), UTF_8);
            data.skip(data.count());
            return rest;
        }
        return null;
    }

    /** So many bytes, and the line feed behind them. */
    private String takeLine(int length, Charset charset) throws IOException {
        boolean hasReturn = length > 0 && data.at(length - 1) == '\r';
        String line = decoded(hasReturn ? length - 1 : length, charset);
        data.skip(length + 1);
        return line;
    }

    private String decoded(int length, Charset charset) throws IOException {
        byte[] bytes = data.copy(length);
        String text = new String(bytes, charset);
        if (text.indexOf('\uFFFD') >= 0) { // which is legal, or stands for what is not
            requireLegal(ByteBuffer.wrap(bytes), charset);
        }
        return text;
    }

    private void requireLegal(ByteBuffer bytes, Charset charset) throws UTFDataFormatException {
        CharsetDecoder decoder = charset.newDecoder();
        CharBuffer text =
                CharBuffer.allocate(
                        (int) Math.ceil(bytes.limit() * (double) decoder.maxCharsPerByte()));
        if (decoder.decode(bytes, text, true).isError()) {
            throw new UTFDataFormatException(
                    "%s: a line is not %s at its byte %d (0x%02x); readUntil takes any bytes"
                            .formatted(
                                    stream,
                                    charset,
                                    bytes.position(),
                                    bytes.get(bytes.position()) & 0xff));
        }
    }

    /**
     * What is before a byte, which is taken too; null at the end of the stream.
     *
     * @param delimiter 0 to 255
     * @param bytesMax how many bytes may be before it
     * @throws TooLongException if there are more
     * @throws EOFException if the stream ends before the delimiter has come
     */
    public @Nullable ByteBuffer readUntil(int delimiter, int bytesMax) throws IOException {
        if ((delimiter & ~0xff) != 0) {
            throw new IllegalArgumentException("delimiter: " + delimiter + " is not 0 to 255");
        }
        return readUntil(new byte[] {(byte) delimiter}, bytesMax);
    }

    /**
     * {@link #readUntil(int, int)} of several bytes.
     *
     * @throws IllegalArgumentException if the delimiter is empty
     */
    public @Nullable ByteBuffer readUntil(byte[] delimiter, int bytesMax) throws IOException {
        if (delimiter.length == 0) {
            throw new IllegalArgumentException("an empty delimiter is everywhere");
        }
        int length = find(delimiter, requireLimit(bytesMax), false);
        if (length >= 0) {
            ByteBuffer before = data.take(length);
            data.skip(delimiter.length);
            return before;
        } else if (data.count() > 0) {
            throw ended("what " + Arrays.toString(delimiter) + " ends, which has not come");
        }
        return null;
    }

    /**
     * How many bytes are before the delimiter, which is here then; -1 if the stream ends before it.
     *
     * @param isLine whether a CR before it is no part of what is limited
     */
    private int find(byte[] delimiter, int bytesMax, boolean isLine) throws IOException {
        data.requireIdle();
        for (int seen = 0; ; ) {
            int here = data.count();
            int found = data.indexOf(delimiter, seen);
            seen = Math.max(0, here - delimiter.length + 1); // no delimiter begins before this
            int length = found >= 0 ? found : seen;
            boolean hasReturn = isLine && length > 0 && data.at(length - 1) == '\r';
            if (length - (hasReturn ? 1 : 0) > bytesMax) {
                throw tooLong(
                        isLine ? "a line" : "what " + Arrays.toString(delimiter) + " ends",
                        bytesMax);
            } else if (found >= 0 || !data.receive()) {
                return found;
            }
        }
    }

    /**
     * Exactly so many bytes.
     *
     * @param count a negative one is taken as what it is without a sign, and so too long: peers
     *     send such lengths
     * @throws EOFException if the stream ends before, also if nothing is left
     * @throws TooLongException if they are more than the reader's limit: {@link
     *     #readExactly(ByteBuffer)} has none
     */
    public ByteBuffer readExactly(int count) throws IOException {
        require(count);
        return data.take(count);
    }

    /**
     * Fills a buffer of the caller's. What has not arrived yet goes there without a copy.
     *
     * @param into its position advances, and tells how far it came if this throws
     * @throws EOFException if the stream ends before, also if nothing is left
     */
    public void readExactly(ByteBuffer into) throws IOException {
        data.requireIdle();
        int asked = into.remaining();
        data.moveTo(into);
        while (into.hasRemaining()) {
            if (!data.readTo(into)) {
                throw ended(asked - into.remaining(), asked);
            }
        }
    }

    /**
     * Some bytes: what has arrived, without a copy, or else what comes next; null at the end of the
     * stream. For what has no end that could be looked for, such as the body of a request.
     *
     * @param bytesMax how many at most, at least 1
     */
    public @Nullable ByteBuffer readSome(int bytesMax) throws IOException {
        if (bytesMax < 1) {
            throw new IllegalArgumentException("bytesMax: " + bytesMax + " is not positive");
        }
        return hasMore() ? data.take(Math.min(bytesMax, data.count())) : null;
    }

    /** The next byte; {@link Byte#toUnsignedInt} has it as 0 to 255. */
    public byte readByte() throws IOException {
        return readExactly(Byte.BYTES).get();
    }

    /** Two bytes, the highest first, as everywhere here; of another order, see {@link #readInt}. */
    public short readShort() throws IOException {
        return readExactly(Short.BYTES).getShort();
    }

    /**
     * Four bytes, the highest first. In the other order: {@code
     * readExactly(4).order(LITTLE_ENDIAN).getInt()}.
     */
    public int readInt() throws IOException {
        return readExactly(Integer.BYTES).getInt();
    }

    /** Eight bytes, the highest first. */
    public long readLong() throws IOException {
        return readExactly(Long.BYTES).getLong();
    }

    /**
     * Waits for the next bytes and leaves them here: the next call has them too.
     *
     * @param count how many; at most the reader's limit
     * @throws EOFException if the stream ends before; {@link #available} tells how many there are
     */
    public ByteBuffer peek(int count) throws IOException {
        require(count);
        return data.peek(count);
    }

    /**
     * Leaves out so many bytes, of any number.
     *
     * @throws EOFException if the stream ends before; what there was is left out
     */
    public void skip(long count) throws IOException {
        if (count < 0) {
            throw new IllegalArgumentException("count: " + count + " is negative");
        }
        long left = count;
        while (left > 0) {
            if (!hasMore()) {
                throw ended(count - left, count);
            }
            int here = (int) Math.min(left, data.count());
            data.skip(here);
            left -= here;
        }
    }

    /** Waits until there is a byte to read; false at the end of the stream. */
    public boolean hasMore() throws IOException {
        data.requireIdle();
        return data.count() > 0 || data.receive();
    }

    /**
     * Waits for more behind what is here; false at the end of the stream. With {@link #peek} and
     * {@link #skip}, for parsers that look at what has arrived and say whether it is whole.
     *
     * @throws TooLongException if the reader's limit is here already
     */
    public boolean awaitMore() throws IOException {
        data.requireIdle();
        if (data.count() >= bytesMax) {
            throw tooLong("what is not taken", bytesMax);
        }
        return data.receive();
    }

    /** How many bytes have arrived here and were not taken: they are read without a wait. */
    public int available() {
        return data.count();
    }

    /** How many bytes were taken since the reader was made. */
    public long position() {
        return data.taken();
    }

    /** Waits until so many bytes are here. */
    private void require(int count) throws IOException {
        data.requireIdle();
        if (Integer.compareUnsigned(count, Math.max(bytesMax, Long.BYTES)) > 0) { // a number is not
            String asked = Integer.toUnsignedString(count);
            throw tooLong("what is asked for, " + asked + " bytes,", bytesMax);
        }
        while (data.count() < count) {
            if (!data.receive()) {
                throw ended(data.count(), count);
            }
        }
    }

    private TooLongException tooLong(String what, int bytesMax) {
        return new TooLongException(
                "%s: %s is longer than the limit of %d bytes; for a higher one, pass it to the call"
                                .formatted(stream, what, bytesMax)
                        + " or make the reader with reader(bytesMax)",
                bytesMax);
    }

    private EOFException ended(String within) {
        return new EOFException(
                "%s has ended after %d bytes of %s".formatted(stream, data.count(), within));
    }

    private EOFException ended(long count, long asked) {
        return new EOFException(
                "%s has ended: %d of %d bytes came".formatted(stream, count, asked));
    }
}
