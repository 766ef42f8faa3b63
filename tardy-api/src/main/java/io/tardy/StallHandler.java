package io.tardy;

import java.lang.System.Logger.Level;

/**
 * Hears of each {@link Stall}, once however long it lasts. See {@link Tardy.Builder#stallAfter}.
 */
@FunctionalInterface
public interface StallHandler {

    /** Runs on the thread that watches all runtimes: it must be quick. What it throws is logged. */
    void stalled(TardyRuntime runtime, Stall stall);

    /**
     * The default: a warning with the stack trace, in the log ({@code System.Logger} "io.tardy").
     */
    static StallHandler logged() {
        return (runtime, stall) -> {
            Throwable where = new Throwable("here");
            where.setStackTrace(stall.stack().toArray(StackTraceElement[]::new));
            System.getLogger("io.tardy").log(Level.WARNING, runtime + ": " + stall, where);
        };
    }
}
