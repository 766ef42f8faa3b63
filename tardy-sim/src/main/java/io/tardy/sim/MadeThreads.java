package io.tardy.sim;

import io.tardy.runtime.FrameFactory;
import java.util.List;
import java.util.Map;
import java.util.WeakHashMap;

/** The virtual threads of a simulation: those that never end are forgotten with it. */
final class MadeThreads {

    private final Map<Thread, Boolean> made = new WeakHashMap<>();

    void add(Thread thread) {
        made.put(thread, true);
    }

    /** Nothing runs any more. */
    void forget() {
        for (Thread thread : List.copyOf(made.keySet())) {
            switch (thread.getState()) {
                case NEW, TERMINATED -> {
                    // nobody keeps it
                }
                default -> FrameFactory.forget(thread);
            }
        }
    }
}
