package io.tardy.examples;

import java.util.Locale;

/**
 * What the fields of a head say about its message and its connection (RFC 9110, section 5; RFC
 * 9112, sections 6 and 9). The others are only checked.
 */
public final class HttpFields {

    private static final int LENGTH_DIGITS_MAX = 18;

    /** The characters of a name (RFC 9110, section 5.6.2), up to 0xff. */
    private static final boolean[] TOKEN_CHARS = new boolean[256];

    static {
        for (char c = 0; c < 128; c++) {
            TOKEN_CHARS[c] = Character.isLetterOrDigit(c) || "!#$%&'*+-.^_`|~".indexOf(c) >= 0;
        }
    }

    private int hosts;
    private long length = -1;
    private String codings = "";
    private String contentType = "";
    private boolean expectsToContinue;
    private boolean expectsMore;
    private boolean closes;
    private boolean keepsAlive;

    /**
     * Reads the lines from an index up to the empty line.
     *
     * @param head of a message, with the empty line at its end; a character is a byte
     * @throws HttpHead.RefusedException if a line is no field, or one that matters is illegal
     */
    public HttpFields(String head, int begin) throws HttpHead.RefusedException {
        for (int at = begin; !head.startsWith("\r\n", at); ) {
            int colon = tokenEnd(head, at);
            if (colon == at || head.charAt(colon) != ':') {
                throw HttpHead.RefusedException.BAD_REQUEST;
            }
            int end = lineEnd(head, colon + 1);
            read(head, at, colon, end);
            at = end + 2;
        }
    }

    /** Where the first character is that is not one of a name. */
    static int tokenEnd(String head, int begin) {
        int at = begin;
        while (TOKEN_CHARS[head.charAt(at) & 0xff]) {
            at++;
        }
        return at;
    }

    /**
     * Where the line ends that begins here.
     *
     * @throws HttpHead.RefusedException if there is a control character in it, other than a tab
     */
    public static int lineEnd(String head, int begin) throws HttpHead.RefusedException {
        for (int at = begin; ; at++) {
            char c = head.charAt(at);
            if (c == '\r' && head.charAt(at + 1) == '\n') {
                return at;
            }
            if (c < ' ' && c != '\t' || c == 0x7f) {
                throw HttpHead.RefusedException.BAD_REQUEST;
            }
        }
    }

    private void read(String head, int begin, int colon, int end) throws HttpHead.RefusedException {
        String name = known(head, begin, colon);
        if (name == null) {
            return;
        }
        String value = head.substring(colon + 1, end).strip();
        switch (name) {
            case "host" -> readHost(value);
            case "expect" -> readExpectation(value);
            case "connection" -> readConnection(value.toLowerCase(Locale.ROOT));
            case "content-type" -> contentType = value;
            case "content-length" -> readLength(value);
            default -> codings = codings.isEmpty() ? value : codings + "," + value;
        }
    }

    private static String known(String head, int begin, int colon) {
        String name =
                switch (colon - begin) {
                    case 4 -> "host";
                    case 6 -> "expect";
                    case 10 -> "connection";
                    case 12 -> "content-type";
                    case 14 -> "content-length";
                    case 17 -> "transfer-encoding";
                    default -> null;
                };
        return name != null && head.regionMatches(true, begin, name, 0, name.length())
                ? name
                : null;
    }

    /** With two hosts, a proxy may use the other one. */
    private void readHost(String value) throws HttpHead.RefusedException {
        hosts++;
        if (hosts > 1 || !HttpTarget.isHost(value)) {
            throw HttpHead.RefusedException.BAD_REQUEST;
        }
    }

    private void readConnection(String options) {
        for (String option : options.split(",")) {
            closes |= option.strip().equals("close");
            keepsAlive |= option.strip().equals("keep-alive");
        }
    }

    private void readExpectation(String value) {
        boolean isToContinue = value.equalsIgnoreCase("100-continue");
        expectsToContinue |= isToContinue;
        expectsMore |= !isToContinue;
    }

    /** Two different lengths are an attack. */
    private void readLength(String value) throws HttpHead.RefusedException {
        long read = number(value);
        if (read < 0 || length >= 0 && length != read) {
            throw HttpHead.RefusedException.BAD_REQUEST;
        }
        length = read;
    }

    /** Digits only; -1 if it is anything else. */
    private static long number(String value) {
        long number = value.isEmpty() || value.length() > LENGTH_DIGITS_MAX ? -1 : 0;
        for (int i = 0; number >= 0 && i < value.length(); i++) {
            int digit = value.charAt(i) - '0';
            number = digit >= 0 && digit <= 9 ? number * 10 + digit : -1;
        }
        return number;
    }

    /** How many times the host is named. */
    int hosts() {
        return hosts;
    }

    /** The Content-Length; -1 if there is none. */
    public long length() {
        return length;
    }

    /** What Transfer-Encoding says; empty if there is none. */
    public String codings() {
        return codings;
    }

    /** The Content-Type; empty if there is none. */
    public String contentType() {
        return contentType;
    }

    /** Whether the peer waits for status 100. */
    boolean expectsToContinue() {
        return expectsToContinue;
    }

    /** Whether it expects anything else. */
    boolean expectsMore() {
        return expectsMore;
    }

    /**
     * Whether the connection ends with this message.
     *
     * @param isNew whether the version is at least HTTP/1.1
     */
    public boolean areLast(boolean isNew) {
        return closes || !isNew && !keepsAlive;
    }
}
