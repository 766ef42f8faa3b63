package io.tardy.sim.net;

import java.util.ArrayList;
import java.util.List;

/** Who waits for a socket: the keys of selectors. */
final class Watch {

    private final List<SimSelectionKey> keys = new ArrayList<>(1);

    void add(SimSelectionKey key) {
        keys.add(key);
    }

    void remove(SimSelectionKey key) {
        keys.remove(key);
    }

    /** The socket may be ready for more than before. */
    void changed() {
        for (SimSelectionKey key : keys) {
            key.changed();
        }
    }
}
