package io.tardy.examples;

import io.tardy.sim.Sim;
import io.tardy.sim.SimHost;
import java.time.Duration;

/** Ends of a host that nobody has asked for. */
public final class Outages {

    private Outages() {}

    /** Kills the host's process, or takes its power away, eight times, and awaits its end then. */
    public static void killOrCrash(Sim sim, SimHost host) throws Exception {
        for (int i = 0; i < 8; i++) {
            sim.delay(Duration.ofNanos(1 + sim.random(80_000_000)));
            if (sim.random(2) == 0) {
                host.kill();
            } else {
                host.crash();
            }
            host.restart();
        }
        host.await();
    }
}
