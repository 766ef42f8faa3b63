package io.tardy.sim.net;

import io.tardy.runtime.RuntimeCore;
import java.nio.channels.spi.SelectorProvider;

/** The node whose program runs now. */
public final class CurrentNode {

    /** A transport of a node. */
    public interface Carrier {

        /** Where the transport's sockets are. */
        Node node();
    }

    private CurrentNode() {}

    /** The node of the runtime whose thread this is, or null. */
    public static Node orNull() {
        RuntimeCore runtime = RuntimeCore.currentOrNull();
        return runtime != null && runtime.settings().transport() instanceof Carrier carrier
                ? carrier.node()
                : null;
    }

    /**
     * What makes the channels of the node whose program runs now.
     *
     * @throws IllegalStateException outside of a simulated host
     */
    public static SelectorProvider provider() {
        return node().provider();
    }

    /**
     * A number for a channel of the program that runs now, which the seed decides.
     *
     * @throws IllegalStateException outside of a simulated host
     */
    public static long newIdentity() {
        return node().network().newIdentity();
    }

    private static Node node() {
        Node node = orNull();
        if (node == null) {
            throw new IllegalStateException(
                    "a simulated channel is made by a program that runs on a simulated host: use"
                            + " SimHost.start");
        }
        return node;
    }
}
