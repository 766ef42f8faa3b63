package io.tardy.examples;

import picocli.CommandLine.Option;

/** The options of a server that load balancers ask about its health. */
final class HealthOptions {

    @Option(
            names = "--health-path",
            paramLabel = "PATH",
            description = "Answers 200 while the server lives (default: /healthz).")
    private String alivePath = "/healthz";

    @Option(
            names = "--ready-path",
            paramLabel = "PATH",
            description = "Answers 200, and 503 once the server is to end (default: /readyz).")
    private String readyPath = "/readyz";

    @Option(
            names = "--notice",
            paramLabel = "MS",
            description =
                    "How long it still serves after a signal, and says 503, in ms (default: 0).")
    private int noticeMs = 0;

    private Health health;

    /** Of this server, always the same. */
    synchronized Health health() {
        if (health == null) {
            if (noticeMs < 0) {
                throw new IllegalStateException("--notice " + noticeMs + " is negative");
            }
            health = new Health(alivePath, readyPath);
        }
        return health;
    }

    /** Says that the server leaves, and gives those who ask the time to notice. */
    void announceEnd() {
        health().leave();
        try {
            Thread.sleep(noticeMs);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // the drain begins at once
        }
    }
}
