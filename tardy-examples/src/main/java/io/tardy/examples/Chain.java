package io.tardy.examples;

import java.io.IOException;

/** A random sequence of legal operations that checks itself. */
interface Chain {

    /** Runs it; in a frame. */
    void run() throws IOException;

    /** Waits for whoever is at the other end, and throws if it saw something wrong. */
    default void awaitPeer() throws Exception {}
}
