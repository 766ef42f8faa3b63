package io.tardy.examples.replica;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/** What the entries of the log come to: the same on every replica, since each applies the same. */
final class Store {

    /**
     * How many clients are remembered: of all, those that wrote last. A client that repeats a write
     * after so many others have written could have it done twice.
     */
    private static final int CLIENTS_MAX = 10_000;

    private final Map<String, String> values = new TreeMap<>();

    /** The last write of each client. */
    private final Map<Long, Long> sequences =
            new LinkedHashMap<>(16, 0.75f, true) {
                private static final long serialVersionUID = 1;

                @Override
                protected boolean removeEldestEntry(Map.Entry<Long, Long> eldest) {
                    return size() > CLIENTS_MAX;
                }
            };

    private final Flaw flaw;

    Store(Flaw flaw) {
        this.flaw = flaw;
    }

    /** Does what the entry says, unless the client has repeated what is done already. */
    void apply(Entry entry) {
        boolean isDone = entry.sequence() <= sequences.getOrDefault(entry.client(), 0L);
        if (entry.isNothing() || isDone && flaw != Flaw.REPEATED_WRITE) {
            return;
        }
        sequences.put(entry.client(), entry.sequence());
        values.put(entry.key(), entry.value());
    }

    /** What was written last, or null. */
    String get(String key) {
        return values.get(key);
    }
}
