package io.tardy.bench;

import java.time.Duration;

/** Ends the process, with status 3, if it has not ended by itself. */
final class Watchdog {

    private static final int STATUS = 3;

    private Watchdog() {}

    static void start(Duration within) {
        Thread.ofPlatform()
                .daemon()
                .name("watchdog")
                .start(
                        () -> {
                            try {
                                Thread.sleep(within);
                            } catch (InterruptedException e) {
                                return;
                            }
                            System.err.println("tardy-bench: did not end in " + within);
                            System.exit(STATUS);
                        });
    }
}
