package io.tardy.examples.redis;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;

/** Writes replies, and the requests of the log, into memory that grows. */
final class RespWriter {

    /** What one reply, or one request, may have. */
    static final int BYTES_MAX = 64 << 20;

    /** More is given back when it was sent. */
    private static final int KEPT_BYTES = 4 << 10;

    private static final byte[] NOTHING = {};
    private static final byte[] NULL = "$-1\r\n".getBytes(US_ASCII);

    private byte[] bytes = NOTHING;
    private int size;
    private int begun;

    int size() {
        return size;
    }

    /** Where the reply begins that is limited, and taken back if it fails. */
    void begin() {
        begun = size;
    }

    /** Takes back what was written since {@link #begin}. */
    void takeBack() {
        size = begun;
    }

    void simple(String text) {
        write('+', text);
    }

    /** Text of a client's that is quoted must not end the line, nor be long. */
    void error(String text) {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < Math.min(text.length(), 256); i++) {
            char c = text.charAt(i);
            line.append(c < ' ' || c > '~' ? '?' : c);
        }
        write('-', line.toString());
    }

    void integer(long value) {
        head(':', value);
    }

    void array(int count) {
        head('*', count);
    }

    /**
     * @param text null for none
     */
    void string(String text) throws CommandException {
        if (text == null) {
            raw(NULL);
            return;
        }
        int length = text.length();
        if ((long) size - begun + length > BYTES_MAX) {
            throw new CommandException(
                    "ERR the reply would be longer than " + BYTES_MAX + " bytes: ask for less");
        }
        head('$', length);
        byte[] content = text.getBytes(ISO_8859_1);
        ensure(length + 2);
        System.arraycopy(content, 0, bytes, size, length);
        size += length;
        endLine();
    }

    /** A request, as clients send it. */
    void request(List<String> arguments) throws CommandException {
        array(arguments.size());
        for (String argument : arguments) {
            string(argument);
        }
    }

    void raw(byte[] content) {
        ensure(content.length);
        System.arraycopy(content, 0, bytes, size, content.length);
        size += content.length;
    }

    private void write(char type, String line) {
        byte[] content = line.getBytes(US_ASCII);
        ensure(content.length + 3);
        bytes[size++] = (byte) type;
        System.arraycopy(content, 0, bytes, size, content.length);
        size += content.length;
        endLine();
    }

    private void head(char type, long number) {
        ensure(24);
        bytes[size++] = (byte) type;
        if (number >= 0 && number < 10) {
            bytes[size++] = (byte) ('0' + number);
        } else {
            String digits = Long.toString(number);
            for (int i = 0; i < digits.length(); i++) {
                bytes[size++] = (byte) digits.charAt(i);
            }
        }
        endLine();
    }

    private void endLine() {
        bytes[size++] = '\r';
        bytes[size++] = '\n';
    }

    private void ensure(int count) {
        int needed = Math.addExact(size, count);
        if (needed > bytes.length) {
            long twice = Math.min(2L * bytes.length, Integer.MAX_VALUE - 8);
            bytes = Arrays.copyOf(bytes, Math.max(Math.max(needed, 256), (int) twice));
        }
    }

    /** What was written, to be read before the next write; it is taken. */
    ByteBuffer take() {
        ByteBuffer taken = ByteBuffer.wrap(bytes, 0, size);
        if (bytes.length > KEPT_BYTES) {
            bytes = NOTHING;
        }
        size = 0;
        begun = 0;
        return taken;
    }

    /** What was written, for others to keep; it is taken. */
    byte[] takeBytes() {
        byte[] taken = Arrays.copyOf(bytes, size);
        take();
        return taken;
    }
}
