package io.tardy.runtime;

/**
 * Starts the JDK's own pollers early. Otherwise the first virtual thread that blocks in a JDK
 * socket starts them, as virtual threads on its own scheduler. If that were a frame, they would run
 * on its runtime and end with it.
 */
final class JdkPollers {

    private JdkPollers() {}

    /** Returns when the pollers run, on the JDK's default scheduler. */
    static void warmUp() {
        if (!Thread.currentThread().isVirtual()) {
            initialize();
            return;
        }
        Thread platform;
        try {
            platform = Thread.ofPlatform().daemon().start(JdkPollers::initialize);
        } catch (OutOfMemoryError e) { // no thread is left
            warn(e);
            return;
        }
        boolean interrupted = false;
        while (platform.isAlive()) {
            try {
                platform.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private static void initialize() {
        try {
            Class.forName("sun.nio.ch.Poller", true, null);
        } catch (RuntimeException | OutOfMemoryError | LinkageError e) {
            warn(e);
        } catch (ClassNotFoundException e) {
            // This JDK does it differently. Only the first JDK socket in a frame would notice.
            System.getLogger("io.tardy")
                    .log(System.Logger.Level.DEBUG, "no sun.nio.ch.Poller to warm up", e);
        }
    }

    private static void warn(Throwable cause) {
        System.getLogger("io.tardy")
                .log(
                        System.Logger.Level.WARNING,
                        "the JDK's pollers did not start: JDK sockets will not work in frames",
                        cause);
    }
}
