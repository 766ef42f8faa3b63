package io.tardy.websocket;

import java.util.ArrayList;
import java.util.List;

/** The cases about one subject. */
abstract class CaseTable {

    private final List<ConformanceCase> cases = new ArrayList<>();

    /** Adds them. */
    abstract void fill();

    final void add(ConformanceCase added) {
        cases.add(added);
    }

    final List<ConformanceCase> all() {
        fill();
        return cases;
    }
}
