package io.tardy.websocket;

import java.io.IOException;

/**
 * One rule of the protocol, kept or broken by a peer.
 *
 * @param section of RFC 6455, or of RFC 7692 for compression
 * @param server the server to connect to
 * @param expected everything that the peer must see until the end of the connection
 */
record ConformanceCase(String section, Server server, String name, String expected, Script script) {

    /** Runs the peer and returns what it saw. */
    @FunctionalInterface
    interface Script {
        String run(RawPeer peer) throws IOException;
    }

    /** The servers differ only in their settings. */
    enum Server {
        PLAIN,
        /** Waits only briefly for the handshake and for close frames. */
        IMPATIENT,
        COMPRESSING
    }

    @Override
    public String toString() {
        return section + ": " + name;
    }
}
