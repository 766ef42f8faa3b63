package io.tardy.bench;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The load generator wrk, for as long as it is wanted. */
final class Wrk {

    private static final Pattern REQUESTS = Pattern.compile("(\\d+) requests in ");
    private static final Pattern BAD_STATUS = Pattern.compile("Non-2xx or 3xx responses: (\\d+)");
    private static final int SECONDS_MAX = 60;

    private final Process process;
    private String output;

    private Wrk(Process process) {
        this.process = process;
    }

    static Wrk start(int connections, int port) throws IOException {
        return new Wrk(
                new ProcessBuilder(
                                "wrk",
                                "-t1",
                                "-c" + connections,
                                "-d" + SECONDS_MAX + "s",
                                "http://127.0.0.1:" + port + "/")
                        .redirectErrorStream(true)
                        .start());
    }

    /** Has it end, and waits for its figures. */
    void stop() throws IOException, InterruptedException {
        new ProcessBuilder(List.of("kill", "-INT", Long.toString(process.pid()))).start().waitFor();
        output = new String(process.getInputStream().readAllBytes());
        process.waitFor(SECONDS_MAX, TimeUnit.SECONDS);
    }

    /** Whole answers. */
    long answered() {
        return figure(REQUESTS);
    }

    /** Those that said that something is wrong. */
    long refused() {
        return figure(BAD_STATUS);
    }

    private long figure(Pattern pattern) {
        Matcher matcher = pattern.matcher(output);
        return matcher.find() ? Long.parseLong(matcher.group(1)) : 0;
    }
}
