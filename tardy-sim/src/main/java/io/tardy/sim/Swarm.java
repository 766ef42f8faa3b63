package io.tardy.sim;

import io.tardy.sim.faults.DiskFaults;
import io.tardy.sim.faults.Faults;
import io.tardy.sim.faults.NetworkFaults;
import io.tardy.sim.time.Dice;
import java.lang.reflect.RecordComponent;

/** Some kinds of faults and not the others; see {@link SimOptions#swarm}. */
final class Swarm {

    private Swarm() {}

    static Faults some(Faults all, Dice dice) {
        return new Faults(
                some(all.network(), NetworkFaults.none(), dice.of("network")),
                some(all.disk(), DiskFaults.none(), dice.of("disk")));
    }

    /**
     * Each probability, and all of the times and sizes together, from one of the two. Those belong
     * together, for some are the bounds of the same thing.
     */
    private static <F extends Record> F some(F all, F none, Dice dice) {
        RecordComponent[] components = all.getClass().getRecordComponents();
        Object[] values = new Object[components.length];
        Class<?>[] types = new Class<?>[components.length];
        F sizes = dice.chance(0.5) ? all : none;
        try {
            for (int i = 0; i < components.length; i++) {
                types[i] = components[i].getType();
                boolean isProbability = types[i] == double.class;
                F from = isProbability ? dice.chance(0.5) ? all : none : sizes;
                values[i] = components[i].getAccessor().invoke(from);
            }
            @SuppressWarnings("unchecked") // the class of an F
            Class<F> type = (Class<F>) all.getClass();
            return type.getDeclaredConstructor(types).newInstance(values);
        } catch (ReflectiveOperationException e) {
            throw new AssertionError("a record of faults is public", e);
        }
    }
}
