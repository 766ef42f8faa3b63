package io.tardy.net;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Whom an HTTP request was forwarded for, by one line of a field: the nodes, the nearest one last.
 * A node may be no address: what it is then is null here.
 */
final class ForwardedFor {

    private static final int PORT_DIGITS_MAX = 5;

    /**
     * Of {@code Forwarded} (RFC 7239, section 4). Proxies append to what a client has sent, so one
     * that opens a quote must not hide behind what they say: of a line that is malformed the last
     * elements count, as far as they are well-formed, and null stands for what is before them. No
     * part of a quoted string that a proxy has written is an element, as its end has a quote too
     * many.
     */
    static List<@Nullable InetAddress> ofForwarded(String line) {
        ForwardedFor whole = new ForwardedFor(line);
        return whole.isList() ? whole.nodes : lastOfForwarded(line);
    }

    private static List<@Nullable InetAddress> lastOfForwarded(String line) {
        List<@Nullable InetAddress> nodes = new ArrayList<>();
        int end = line.length();
        for (int comma = line.lastIndexOf(','); comma >= 0; ) {
            ForwardedFor last = new ForwardedFor(line.substring(comma + 1, end));
            if (last.isElement() && last.isAtEnd()) {
                nodes.addFirst(last.nodes.getFirst());
                end = comma;
            }
            comma = line.lastIndexOf(',', comma - 1);
        }
        nodes.addFirst(null);
        return nodes;
    }

    /** Of {@code X-Forwarded-For}, which has no standard. */
    static List<@Nullable InetAddress> ofList(String line) {
        List<@Nullable InetAddress> nodes = new ArrayList<>();
        for (String node : line.split(",", -1)) {
            nodes.add(address(node.strip()));
        }
        return nodes;
    }

    /** Of a node, perhaps with a port (RFC 7239, section 6); null if it is none or has none. */
    static @Nullable InetAddress address(String node) {
        if (node.startsWith("[")) {
            int end = node.indexOf(']');
            boolean isWhole = end > 0 && (end == node.length() - 1 || isPort(node, end + 1));
            String inside = isWhole ? node.substring(1, end) : "";
            return inside.indexOf(':') < 0 ? null : AddressBlock.literal(inside);
        }
        int colon = node.indexOf(':');
        boolean hasPort = colon >= 0 && colon == node.lastIndexOf(':');
        if (hasPort && !isPort(node, colon)) {
            return null;
        }
        return AddressBlock.literal(hasPort ? node.substring(0, colon) : node);
    }

    /** A number behind a colon, or an obfuscated one. */
    private static boolean isPort(String node, int colon) {
        if (node.charAt(colon) != ':' || node.length() == colon + 1) {
            return false;
        } else if (node.charAt(colon + 1) == '_') {
            return true;
        }
        boolean isNumber = node.length() - colon - 1 <= PORT_DIGITS_MAX;
        for (int i = colon + 1; i < node.length(); i++) {
            isNumber &= node.charAt(i) >= '0' && node.charAt(i) <= '9';
        }
        return isNumber;
    }

    private final String line;
    private final List<@Nullable InetAddress> nodes = new ArrayList<>();
    private int at;

    private ForwardedFor(String line) {
        this.line = line;
    }

    /** Elements with commas between, and nothing else. */
    private boolean isList() {
        do {
            if (!isElement()) {
                return false;
            }
        } while (take(','));
        return isAtEnd();
    }

    private boolean isAtEnd() {
        return at == line.length();
    }

    /** Pairs with semicolons between, of which one may tell the node. */
    private boolean isElement() {
        String node = ""; // of an element that does not tell
        boolean hasNode = false;
        do {
            skipBlanks();
            String name = token();
            if (!name.isEmpty()) {
                String value = take('=') ? value() : null;
                boolean isNode = name.equalsIgnoreCase("for");
                if (value == null || isNode && hasNode) {
                    return false;
                } else if (isNode) {
                    node = value;
                    hasNode = true;
                }
            }
            skipBlanks();
        } while (take(';'));
        nodes.add(address(node));
        return true;
    }

    private void skipBlanks() {
        while (at < line.length() && (line.charAt(at) == ' ' || line.charAt(at) == '\t')) {
            at++;
        }
    }

    private boolean take(char expected) {
        boolean isThere = at < line.length() && line.charAt(at) == expected;
        at += isThere ? 1 : 0;
        return isThere;
    }

    /** Also with what a quoted string should be around, as many proxies leave it out. */
    private String token() {
        int begin = at;
        while (at < line.length() && ",;=\" \t".indexOf(line.charAt(at)) < 0) {
            at++;
        }
        return line.substring(begin, at);
    }

    private @Nullable String value() {
        if (!take('"')) {
            String value = token();
            return value.isEmpty() ? null : value;
        }
        StringBuilder value = new StringBuilder();
        while (at < line.length()) {
            char c = line.charAt(at++);
            if (c == '"') {
                return value.toString();
            } else if (c == '\\') {
                if (at == line.length()) {
                    return null;
                }
                c = line.charAt(at++);
            }
            value.append(c);
        }
        return null;
    }
}
