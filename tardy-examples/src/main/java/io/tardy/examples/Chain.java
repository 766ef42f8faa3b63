package io.tardy.examples;

import java.io.IOException;

/** A random sequence of legal operations that checks itself. */
interface Chain {

    /** Runs the chain. Call it in a frame. */
    void run() throws IOException;

    /** Waits for the peer, and throws if the peer has seen an error. */
    default void awaitPeer() throws Exception {}
}
