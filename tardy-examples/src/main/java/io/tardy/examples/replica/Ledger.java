package io.tardy.examples.replica;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What all replicas of a simulation have said, held against what may never be: two leaders of a
 * term, and two entries that are committed at the same place.
 */
final class Ledger {

    private record Write(long client, long sequence) {}

    private final Map<Long, Integer> leaders = new TreeMap<>();
    private final List<Entry> committed = new ArrayList<>();
    private final List<Write> acknowledged = new ArrayList<>();
    private Throwable wrong;

    /** The ledger's ear in a replica. */
    ReplicaListener listener(int replica) {
        return new ReplicaListener() {
            @Override
            public void leads(long term) {
                Integer other = leaders.putIfAbsent(term, replica);
                require(
                        other == null || other == replica,
                        "replicas %s and %s lead term %s",
                        other,
                        replica,
                        term);
            }

            @Override
            public void commits(long index, Entry entry) {
                if (index == committed.size() + 1) {
                    committed.add(entry);
                    return;
                }
                Entry other = committed.get((int) index - 1);
                require(
                        other.equals(entry),
                        "entry %s is %s, and for replica %s it is %s",
                        index,
                        other,
                        replica,
                        entry);
            }
        };
    }

    /** A client was told that its write is done. */
    void acknowledge(long client, long sequence) {
        acknowledged.add(new Write(client, sequence));
    }

    /** Something went wrong that is no fault of the world's. */
    void fail(Throwable failure) {
        if (wrong == null) {
            wrong = failure;
        }
    }

    private void require(boolean isRight, String problem, Object... parts) {
        if (!isRight) {
            fail(new AssertionError(problem.formatted(parts)));
        }
    }

    /** How many terms have had a leader. */
    int terms() {
        return leaders.size();
    }

    /** How many writes clients were told of. */
    int writes() {
        return acknowledged.size();
    }

    /** Throws what has gone wrong until now. */
    void check() {
        if (wrong instanceof Error error) {
            throw error;
        } else if (wrong != null) {
            throw new AssertionError("a replica or a client has a fault: " + wrong, wrong);
        }
    }

    /** Throws if a client was told of a write that is not there. */
    void checkAcknowledged() {
        List<Write> there =
                committed.stream().map(e -> new Write(e.client(), e.sequence())).toList();
        for (Write write : acknowledged) {
            require(there.contains(write), "%s was acknowledged, and is lost", write);
        }
        check();
    }
}
