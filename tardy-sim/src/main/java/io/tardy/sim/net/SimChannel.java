package io.tardy.sim.net;

import java.io.IOException;
import java.nio.channels.Channel;

/** A channel of a simulated node: what its selectors, and the node itself, need of it. */
interface SimChannel extends Channel {

    /** Who waits for it. */
    Watch watch();

    /** What it is ready for now; as of {@code SelectionKey}, of all that it can be asked for. */
    int readyOps();

    /** What it is, for people: the same text in every run. */
    String description();

    /** Closes it because its process has died; what goes out is up to the kernel. */
    default void kill() {
        try {
            close();
        } catch (IOException e) {
            throw new AssertionError(e); // simulated channels throw none
        }
    }
}
