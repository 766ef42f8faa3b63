package io.tardy.examples;

import java.util.List;
import java.util.Set;

/**
 * One rule of HTTP, kept or broken by a peer.
 *
 * @param section of the RFC
 * @param expected what the peer must see until the end of the connection
 * @param shown a header that is shown where an answer has it, or null
 * @param parts what the peer sends, in one go: requests, and after an upgrade something else
 */
record HttpCase(
        String section,
        String name,
        String expected,
        Set<Server> servers,
        String shown,
        List<String> parts) {

    /** Who is asked. */
    enum Server {
        LIBRARY("library"),
        CHAT("`websocket`"),
        FILES("`http-files`"),
        SOCKETS("`http`"),
        HANDLERS("`netty-http`"),
        FRAMES("`frame-http`"),
        GATEWAY("`gateway`"),
        FRAME_GATEWAY("`frame-gateway`");

        private final String label;

        Server(String label) {
            this.label = label;
        }

        String label() {
            return label;
        }
    }

    /** How much the peer sends. */
    int bytes() {
        return parts.stream().mapToInt(String::length).sum();
    }

    @Override
    public String toString() {
        return section + ": " + name;
    }
}
