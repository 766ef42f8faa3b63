package io.tardy.sim;

import io.tardy.sim.faults.Faults;
import io.tardy.sim.time.Dice;
import java.util.LinkedHashSet;
import java.util.Set;

/** Some kinds of faults and not the others; see {@link SimOptions#swarm}. */
final class Swarm {

    private Swarm() {}

    static Faults some(Faults all, Dice dice) {
        Set<String> kinds = new LinkedHashSet<>(all.kinds());
        kinds.removeIf(kind -> dice.of(kind).chance(0.5));
        return all.only(kinds);
    }
}
