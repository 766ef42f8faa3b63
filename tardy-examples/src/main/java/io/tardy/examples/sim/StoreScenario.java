package io.tardy.examples.sim;

import io.tardy.examples.replica.ReplicaScenario;
import io.tardy.sim.Sim;

/** The replicated store: nothing acknowledged is lost, and a term has one leader. */
final class StoreScenario implements Scenario {

    @Override
    public String name() {
        return "store";
    }

    @Override
    public void run(Sim sim) throws Exception {
        new ReplicaScenario().run(sim);
    }
}
