package io.tardy.examples.redis;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Takes requests from what has arrived, in pieces of any sizes. A request is an array of strings
 * ({@code *2\r\n$3\r\nGET\r\n$1\r\na\r\n}), or a line of words that somebody has typed.
 *
 * <p>A string of Redis is any bytes. Here it is a {@code String} in which each char is a byte, as
 * ISO-8859-1 has it: the JVM keeps it in as many bytes, and it can be compared and hashed.
 *
 * <p>Each byte is looked at once, however small the pieces are. Nothing is allocated for what was
 * only announced.
 */
final class RequestParser {

    static final int ARGUMENTS_MAX = 1 << 16;
    static final int STRING_BYTES_MAX = 16 << 20;
    static final int REQUEST_BYTES_MAX = 32 << 20;
    static final int LINE_BYTES_MAX = 1 << 16;

    /** What a {@code String} takes beside its bytes, about. */
    static final int STRING_OVERHEAD_BYTES = 56;

    private static final int PIECE_BYTES = 1 << 14;
    private static final byte[] NOTHING = {};

    /** The part of a line that has arrived. */
    private byte[] line = NOTHING;

    private int lineBytes;

    /** The request under way; null between two. */
    private List<String> arguments;

    private int argumentsLeft;
    private long argumentsBytes;

    /** The string under way: how long it is with CR LF behind it, or -1; and what has arrived. */
    private int stringBytes = -1;

    private byte[] string = NOTHING;
    private int stringArrived;

    /** Whether nothing of a request has arrived that was not returned. */
    boolean isBetweenRequests() {
        return arguments == null && lineBytes == 0;
    }

    /** How much memory the request under way takes. */
    long heldBytes() {
        return argumentsBytes + string.length + line.length;
    }

    /** The next request, of at least one string; null if all was taken and more has to arrive. */
    List<String> next(ByteBuffer in) throws ProtocolException {
        while (in.hasRemaining()) {
            List<String> whole =
                    stringBytes >= 0 ? takeString(in) : takeLine(in); // null if it is not whole
            if (whole != null) {
                arguments = null;
                argumentsBytes = 0;
                return whole;
            }
        }
        return null;
    }

    private List<String> takeLine(ByteBuffer in) throws ProtocolException {
        int end = in.position();
        while (end < in.limit() && in.get(end) != '\n') {
            end++;
        }
        boolean isWhole = end < in.limit();
        int count = end - in.position();
        if (lineBytes + count > LINE_BYTES_MAX) {
            throw new ProtocolException("a line is longer than " + LINE_BYTES_MAX + " bytes");
        }
        if (line.length < lineBytes + count) {
            line = Arrays.copyOf(line, Math.max(lineBytes + count, 2 * line.length));
        }
        in.get(line, lineBytes, count);
        lineBytes += count;
        if (!isWhole) {
            return null;
        }
        in.get(); // the line feed
        int length = lineBytes > 0 && line[lineBytes - 1] == '\r' ? lineBytes - 1 : lineBytes;
        String text = new String(line, 0, length, ISO_8859_1);
        lineBytes = 0;
        if (line.length > 64) {
            line = NOTHING;
        }
        if (arguments != null) {
            beginString(text);
            return null;
        }
        return text.startsWith("*") ? beginArray(text) : words(text);
    }

    private List<String> beginArray(String text) throws ProtocolException {
        int count = number(text, "the number of strings");
        if (count > ARGUMENTS_MAX) {
            throw new ProtocolException(
                    "a request has at most " + ARGUMENTS_MAX + " strings, not " + count);
        }
        if (count > 0) { // an empty array is no request
            arguments = new ArrayList<>(Math.min(count, 16));
            argumentsLeft = count;
        }
        return null;
    }

    private void beginString(String text) throws ProtocolException {
        if (!text.startsWith("$")) {
            throw new ProtocolException(
                    "a request is an array of strings: here is to be a $, not "
                            + (text.isEmpty() ? "the end of the line" : text.substring(0, 1)));
        }
        int length = number(text, "the length of a string");
        if (length < 0 || length > STRING_BYTES_MAX) {
            throw new ProtocolException(
                    "a string has 0 to " + STRING_BYTES_MAX + " bytes, not " + length);
        }
        argumentsBytes += length + STRING_OVERHEAD_BYTES;
        if (argumentsBytes > REQUEST_BYTES_MAX) {
            throw new ProtocolException("a request is longer than " + REQUEST_BYTES_MAX + " bytes");
        }
        argumentsBytes -= length; // they have not arrived
        stringBytes = length + 2;
        string = length + 2 <= PIECE_BYTES ? new byte[length + 2] : new byte[PIECE_BYTES];
    }

    /** The number behind the first char of a line. */
    private static int number(String text, String what) throws ProtocolException {
        try {
            int number = Integer.parseInt(text, 1, text.length(), 10);
            if (text.charAt(1) != '+') {
                return number;
            }
        } catch (NumberFormatException | IndexOutOfBoundsException e) {
            // said below
        }
        throw new ProtocolException(what + " is no number");
    }

    private List<String> takeString(ByteBuffer in) throws ProtocolException {
        int count = Math.min(in.remaining(), stringBytes - stringArrived);
        if (string.length < stringArrived + count) {
            long twice = 2L * string.length;
            string =
                    Arrays.copyOf(
                            string,
                            (int) Math.min(stringBytes, Math.max(stringArrived + count, twice)));
        }
        in.get(string, stringArrived, count);
        stringArrived += count;
        if (stringArrived < stringBytes) {
            return null;
        }
        int length = stringBytes - 2;
        if (string[length] != '\r' || string[length + 1] != '\n') {
            throw new ProtocolException("there is no end of line behind a string of " + length);
        }
        arguments.add(new String(string, 0, length, ISO_8859_1));
        argumentsBytes += length;
        string = NOTHING;
        stringBytes = -1;
        stringArrived = 0;
        return --argumentsLeft == 0 ? arguments : null;
    }

    /** Of a line that somebody has typed; null if it is empty. */
    private static List<String> words(String text) throws ProtocolException {
        if (text.indexOf('"') >= 0 || text.indexOf('\'') >= 0) {
            throw new ProtocolException("a line that is typed has no quotes here: send an array");
        }
        String stripped = text.strip();
        if (stripped.isEmpty()) {
            return null;
        }
        List<String> words = List.of(stripped.split("[ \t]+"));
        // A page in somebody's browser can send this here, with commands in the body behind it.
        if (words.get(0).equalsIgnoreCase("POST") || words.get(0).equalsIgnoreCase("HOST:")) {
            throw new ProtocolException("this is HTTP, and no client of Redis");
        }
        return words;
    }
}
