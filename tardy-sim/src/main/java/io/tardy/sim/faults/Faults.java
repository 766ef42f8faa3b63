package io.tardy.sim.faults;

import java.lang.reflect.RecordComponent;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.Objects;
import java.util.Set;

/**
 * What goes wrong in a simulated world, and how often.
 *
 * @param network of the network
 * @param disk of the disks
 * @param host of the hosts themselves
 */
public record Faults(NetworkFaults network, DiskFaults disk, HostFaults host) {

    /** The kind that is the times and sizes of one record, as opposed to its probabilities. */
    private static final String SIZES = "sizes";

    private static final Faults NONE =
            new Faults(NetworkFaults.none(), DiskFaults.none(), HostFaults.none());

    /** Requires all. */
    public Faults {
        Objects.requireNonNull(network, "network");
        Objects.requireNonNull(disk, "disk");
        Objects.requireNonNull(host, "host");
    }

    /** A world in which nothing goes wrong. */
    public static Faults none() {
        return NONE;
    }

    /** A world in which everything goes wrong that can, now and then. */
    public static Faults all() {
        return new Faults(NetworkFaults.all(), DiskFaults.all(), HostFaults.all());
    }

    /** With other faults of the network. */
    public Faults network(NetworkFaults faults) {
        return new Faults(faults, disk, host);
    }

    /** With other faults of the disks. */
    public Faults disk(DiskFaults faults) {
        return new Faults(network, faults, host);
    }

    /** With other faults of the hosts. */
    public Faults host(HostFaults faults) {
        return new Faults(network, disk, faults);
    }

    /**
     * The kinds of faults that there are: {@code network.segmentReset}, for example, or {@code
     * network.sizes} where the network's times and sizes are not those of {@link #none}.
     */
    public Set<String> kinds() {
        Set<String> kinds = new LinkedHashSet<>();
        addKinds(kinds, "network.", network, NONE.network);
        addKinds(kinds, "disk.", disk, NONE.disk);
        addKinds(kinds, "host.", host, NONE.host);
        return kinds;
    }

    /**
     * These kinds alone.
     *
     * @param kinds names as of {@link #kinds}
     * @throws IllegalArgumentException if one of them is not among {@link #kinds}
     */
    public Faults only(Collection<String> kinds) {
        for (String kind : kinds) {
            if (!kinds().contains(kind)) {
                throw new IllegalArgumentException(
                        kind + " is no kind of these faults, which are " + kinds());
            }
        }
        return new Faults(
                only(kinds, "network.", network, NONE.network),
                only(kinds, "disk.", disk, NONE.disk),
                only(kinds, "host.", host, NONE.host));
    }

    private static void addKinds(Set<String> kinds, String prefix, Record all, Record none) {
        for (RecordComponent component : all.getClass().getRecordComponents()) {
            if (!value(component, all).equals(value(component, none))) {
                kinds.add(prefix + kind(component));
            }
        }
    }

    /** All sizes are one kind, for some are the bounds of the same thing. */
    private static String kind(RecordComponent component) {
        return component.getType() == double.class ? component.getName() : SIZES;
    }

    private static <F extends Record> F only(
            Collection<String> kinds, String prefix, F all, F none) {
        RecordComponent[] components = all.getClass().getRecordComponents();
        Object[] values = new Object[components.length];
        Class<?>[] types = new Class<?>[components.length];
        for (int i = 0; i < components.length; i++) {
            types[i] = components[i].getType();
            boolean isWanted = kinds.contains(prefix + kind(components[i]));
            values[i] = value(components[i], isWanted ? all : none);
        }
        try {
            @SuppressWarnings("unchecked") // the class of an F
            Class<F> type = (Class<F>) all.getClass();
            return type.getDeclaredConstructor(types).newInstance(values);
        } catch (ReflectiveOperationException e) {
            throw new AssertionError("a record of faults is public", e);
        }
    }

    private static Object value(RecordComponent component, Record of) {
        try {
            return component.getAccessor().invoke(of);
        } catch (ReflectiveOperationException e) {
            throw new AssertionError("a record of faults is public", e);
        }
    }
}
