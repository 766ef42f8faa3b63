package io.tardy.examples.sim;

import io.tardy.sim.Sim;
import java.io.IOException;

/** What may become of connections. */
final class Connections {

    private Connections() {}

    /** Fails the simulation with this unless connections may be reset in it. */
    static void requireBreakable(Sim sim, IOException broken) {
        if (sim.faults().network().segmentReset() == 0) {
            throw new AssertionError("no fault of this world breaks a connection", broken);
        }
    }
}
