package io.tardy.examples;

import java.net.URI;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The target and the host of a request (RFC 9112, section 3.2). */
public final class HttpTarget {

    private static final Pattern WHOLE =
            Pattern.compile("https?://((?!:)[^/?]+)(.*)", Pattern.CASE_INSENSITIVE);

    /** An IPv6 address or one of a future version (RFC 3986, section 3.2.2). */
    private static final Pattern LITERAL =
            Pattern.compile(
                    "(?:(\\[[0-9a-f:.]+])|\\[v[0-9a-f]+\\.[-\\w.~!$&'()*+,;=:]+])(?::[0-9]*)?",
                    Pattern.CASE_INSENSITIVE);

    /** The characters of a reg-name (RFC 3986, section 3.2.2). */
    private static final boolean[] NAME_CHARS = new boolean[128];

    static {
        String marks = "-._~!$&'()*+,;=%";
        for (char c = 0; c < NAME_CHARS.length; c++) {
            NAME_CHARS[c] = Character.isLetterOrDigit(c) || marks.indexOf(c) >= 0;
        }
    }

    private HttpTarget() {}

    /** Accepts a path, a whole URL as for a proxy, and {@code *} for OPTIONS. */
    static boolean isLegal(String target, String method) {
        if (!isEncoded(target)) {
            return false;
        }
        if (target.startsWith("/")) {
            return true;
        }
        if (target.equals("*")) {
            return method.equals("OPTIONS");
        }
        Matcher whole = WHOLE.matcher(target);
        return whole.matches() && isHost(whole.group(1));
    }

    /** The path of a legal target, with its query, beginning with a slash. */
    public static String path(String target) {
        if (target.startsWith("/")) {
            return target;
        }
        Matcher whole = WHOLE.matcher(target);
        String path = whole.matches() ? whole.group(2) : target;
        return path.startsWith("/") ? path : "/" + path;
    }

    /** Visible ASCII, no fragment, and two hexadecimal digits behind each percent sign. */
    private static boolean isEncoded(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c <= ' '
                    || c >= 0x7f
                    || c == '#'
                    || c == '%' && !isHexadecimal(text, i + 1, i + 3)) {
                return false;
            }
        }
        return true;
    }

    private static boolean isHexadecimal(String text, int begin, int end) {
        for (int i = begin; i < end; i++) {
            if (i >= text.length() || Character.digit(text.charAt(i), 16) < 0) {
                return false;
            }
        }
        return true;
    }

    /** Accepts the values of Host: a host with an optional port, or nothing. */
    static boolean isHost(String text) {
        if (text.startsWith("[")) {
            return isLiteral(text);
        }
        int i = 0;
        while (i < text.length() && isNameChar(text.charAt(i))) {
            i++;
        }
        if (i < text.length() && text.charAt(i) == ':') {
            i++;
            while (i < text.length() && Character.digit(text.charAt(i), 10) >= 0) {
                i++;
            }
        }
        return i == text.length() && (text.indexOf('%') < 0 || isEncoded(text));
    }

    private static boolean isLiteral(String text) {
        Matcher literal = LITERAL.matcher(text);
        return literal.matches() && (literal.group(1) == null || isIpv6(literal.group(1)));
    }

    /** The JDK's parser checks the number of groups. */
    private static boolean isIpv6(String literal) {
        try {
            URI.create("http://" + literal);
            return true;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static boolean isNameChar(char c) {
        return c < NAME_CHARS.length && NAME_CHARS[c];
    }
}
