package io.tardy.bench;

import java.util.ArrayList;
import java.util.List;

/** What must hold at the end of a program. One that does not is told in its own line. */
final class Claims {

    private final List<String> broken = new ArrayList<>();

    void require(boolean holds, String claim) {
        if (!holds) {
            broken.add(claim);
        }
    }

    void requireEqual(long expected, long seen, String what) {
        require(expected == seen, what + ": " + seen + ", and not " + expected);
    }

    /** Prints the verdict; the status of the process. */
    int status() {
        broken.forEach(claim -> System.out.println("BROKEN: " + claim));
        System.out.println(broken.isEmpty() ? "all claims hold" : broken.size() + " broken");
        return broken.isEmpty() ? 0 : 1;
    }
}
