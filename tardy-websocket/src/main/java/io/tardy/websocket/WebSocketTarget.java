package io.tardy.websocket;

import java.net.URI;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The target of a client (RFC 6455, section 3). {@link URI} recognises only internet host names; it
 * has no host for names with an underscore, which are common in container networks.
 *
 * @param host a name, or a literal address without brackets
 */
record WebSocketTarget(URI uri, boolean isSecure, String host, int port) {

    private static final int PORT_MAX = 65_535;

    /** Such a name, with an optional port, behind optional user information. */
    private static final Pattern AUTHORITY =
            Pattern.compile("(?:[^@]*@)?([A-Za-z0-9._~-]+)(?::([0-9]{0,5}))?");

    /**
     * @throws IllegalArgumentException if this is not a WebSocket URI
     */
    static WebSocketTarget of(URI uri) {
        boolean isSecure = "wss".equalsIgnoreCase(uri.getScheme());
        if (!isSecure && !"ws".equalsIgnoreCase(uri.getScheme())) {
            throw new IllegalArgumentException("the scheme must be ws or wss: " + uri);
        }
        if (uri.getHost() != null) {
            return of(uri, isSecure, withoutBrackets(uri.getHost()), uri.getPort());
        }
        String authority = uri.getRawAuthority() == null ? "" : uri.getRawAuthority();
        Matcher parts = AUTHORITY.matcher(authority);
        if (!parts.matches()) {
            throw new IllegalArgumentException(
                    "no host in "
                            + uri
                            + ": it is a literal address, or a name of letters, digits, dots,"
                            + " hyphens and underscores; others have a form that begins with xn--");
        }
        String port = parts.group(2);
        boolean hasPort = port != null && !port.isEmpty();
        return of(uri, isSecure, parts.group(1), hasPort ? Integer.parseInt(port) : -1);
    }

    private static WebSocketTarget of(URI uri, boolean isSecure, String host, int port) {
        if (port > PORT_MAX) {
            throw new IllegalArgumentException("the port is over " + PORT_MAX + ": " + uri);
        }
        return new WebSocketTarget(uri, isSecure, host, port == -1 ? defaultPort(isSecure) : port);
    }

    private static int defaultPort(boolean isSecure) {
        return isSecure ? 443 : 80;
    }

    private static String withoutBrackets(String host) {
        return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    }

    /** The value of {@code Host}. */
    String hostHeader() {
        String name = host.contains(":") ? "[" + host + "]" : host;
        return port == defaultPort(isSecure) ? name : name + ":" + port;
    }

    /** The value of {@code Origin} (RFC 6454, section 6.2). */
    String origin() {
        return (isSecure ? "https://" : "http://") + hostHeader().toLowerCase(Locale.ROOT);
    }
}
