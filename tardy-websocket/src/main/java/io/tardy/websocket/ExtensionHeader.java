package io.tardy.websocket;

import java.util.ArrayList;
import java.util.List;

/**
 * Parses {@code Sec-WebSocket-Extensions}, whose lines form one list (RFC 6455, section 9.1).
 * Netty's parser drops what it does not understand, and the first of two parameters with the same
 * name, so that a malformed offer cannot be recognised.
 */
final class ExtensionHeader {

    private static final String TOKEN_SIGNS = "!#$%&'*+-.^_`|~";

    private final String text;
    private int at;

    private ExtensionHeader(String text) {
        this.text = text;
    }

    /**
     * @throws IllegalArgumentException if the header is malformed; the receiver must fail the
     *     connection
     */
    static List<Extension> parse(List<String> lines) {
        return new ExtensionHeader(String.join(",", lines)).list();
    }

    private List<Extension> list() {
        List<Extension> all = new ArrayList<>();
        do {
            skipBlanks();
            if (at < text.length() && text.charAt(at) != ',') { // elements may be empty
                all.add(extension());
            }
        } while (take(','));
        if (at < text.length()) {
            throw malformed();
        }
        return all;
    }

    private Extension extension() {
        String name = token();
        List<Extension.Parameter> parameters = new ArrayList<>();
        while (take(';')) {
            parameters.add(new Extension.Parameter(token(), take('=') ? value() : null));
        }
        return new Extension(name, parameters);
    }

    private String token() {
        int from = at;
        while (at < text.length() && isTokenChar(text.charAt(at))) {
            at++;
        }
        if (at == from) {
            throw malformed();
        }
        return text.substring(from, at);
    }

    /** A token, perhaps in quotes; a quoted one may contain backslashes. */
    private String value() {
        if (at == text.length() || text.charAt(at) != '"') {
            return token();
        }
        StringBuilder value = new StringBuilder();
        for (at++; at < text.length() && text.charAt(at) != '"'; at++) {
            if (text.charAt(at) == '\\') {
                at++;
            }
            if (at == text.length() || !isTokenChar(text.charAt(at))) {
                throw malformed();
            }
            value.append(text.charAt(at));
        }
        if (at == text.length() || value.isEmpty()) {
            throw malformed();
        }
        at++;
        return value.toString();
    }

    private boolean take(char separator) {
        skipBlanks();
        if (at == text.length() || text.charAt(at) != separator) {
            return false;
        }
        at++;
        skipBlanks();
        return true;
    }

    private void skipBlanks() {
        while (at < text.length() && (text.charAt(at) == ' ' || text.charAt(at) == '\t')) {
            at++;
        }
    }

    private static boolean isTokenChar(char c) {
        return c >= '0' && c <= '9'
                || c >= 'A' && c <= 'Z'
                || c >= 'a' && c <= 'z'
                || TOKEN_SIGNS.indexOf(c) >= 0;
    }

    private IllegalArgumentException malformed() {
        return new IllegalArgumentException(
                "malformed Sec-WebSocket-Extensions, at character " + at + ": " + text);
    }
}
