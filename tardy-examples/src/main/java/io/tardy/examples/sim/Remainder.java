package io.tardy.examples.sim;

import io.tardy.Frame;
import io.tardy.TardyRuntime;
import java.util.List;

/** What frames leave behind on their runtime. */
final class Remainder {

    private Remainder() {}

    /** Starts a frame that waits for these, and fails if a task or a timer is left then. */
    static void check(TardyRuntime rt, List<? extends Frame<?>> frames) {
        rt.spawn(
                "remainder",
                () -> {
                    for (Frame<?> frame : frames) {
                        frame.join();
                    }
                    Check.equal(1, rt.tasks(), "tasks, with the one that looks");
                    Check.equal(0, rt.timersActive(), "timers left");
                });
    }
}
