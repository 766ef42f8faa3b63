package io.tardy.peers;

import java.net.URI;

/** A client library of WebSocket. */
interface WebSocketPeer extends AutoCloseable {

    /** Waits until the connection is open. With compression it is offered, if the library can. */
    Visit connect(URI uri, boolean compression) throws Exception;

    @Override
    void close() throws Exception;
}
