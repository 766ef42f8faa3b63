package io.tardy.peers;

import java.net.URI;

/** A client library of HTTP. */
interface HttpPeer extends AutoCloseable {

    /**
     * @param length what the answer says of its length; -1 for nothing
     */
    record Answer(int status, String content, long length) {}

    /** Asks, waits for the answer, and keeps the connection if it can be kept. */
    Answer ask(String method, URI uri, String content, boolean expectsContinue) throws Exception;

    @Override
    void close() throws Exception;
}
