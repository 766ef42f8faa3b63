package io.tardy.websocket;

import java.io.IOException;

/**
 * One rule of the protocol, kept or broken by a peer.
 *
 * @param section of RFC 6455, or of RFC 7692 for what is compressed
 * @param server which one is talked to
 * @param expected what the peer must see until the end of the connection
 */
record ConformanceCase(String section, Server server, String name, String expected, Script script) {

    /** What the peer does, and returns what it saw. */
    @FunctionalInterface
    interface Script {
        String run(RawPeer peer) throws IOException;
    }

    /** The servers differ in their settings only. */
    enum Server {
        PLAIN,
        /** Waits for the handshake and for close frames only briefly. */
        IMPATIENT,
        COMPRESSING
    }

    @Override
    public String toString() {
        return section + ": " + name;
    }
}
