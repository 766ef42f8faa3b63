package io.tardy.sim;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The signals of a simulated process, and what its program does when they come. */
final class SimSignals {

    private final Map<String, List<Runnable>> actions = new HashMap<>();

    /**
     * Has the action run whenever the signal comes.
     *
     * @return what ends that
     */
    Runnable add(String name, Runnable action) {
        List<Runnable> here = actions.computeIfAbsent(name, signal -> new ArrayList<>(1));
        here.add(action);
        return () -> here.remove(action);
    }

    /**
     * The signal comes.
     *
     * @return false if the program does nothing then
     */
    boolean raise(String name) {
        List<Runnable> here = List.copyOf(actions.getOrDefault(name, List.of()));
        here.forEach(Runnable::run);
        return !here.isEmpty();
    }

    /** The process is gone. */
    void clear() {
        actions.clear();
    }
}
