package io.tardy.runtime;

import java.lang.System.Logger.Level;

/**
 * The log of runtimes, which must get its line whatever a user's failure does when it is printed.
 */
public final class RuntimeLog {

    private static final System.Logger LOGGER = System.getLogger("io.tardy");

    private RuntimeLog() {}

    /** Never throws. */
    public static void log(Level level, String line, Throwable thrown) {
        try {
            LOGGER.log(level, line, thrown);
        } catch (Throwable unprintable) {
            try {
                LOGGER.log(level, line + " (" + thrown.getClass().getName() + ", not printable)");
            } catch (Throwable log) {
                // The log itself fails, and there is nowhere else to report it.
            }
        }
    }
}
