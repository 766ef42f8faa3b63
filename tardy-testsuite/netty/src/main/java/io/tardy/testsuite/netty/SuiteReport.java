package io.tardy.testsuite.netty;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * What the runs of Netty's test suite came to, from Surefire's reports: per transport and who was
 * at the ends the passed, failed and skipped, each skip with its reason; then what Tardy does not
 * pass although stock Netty did in the same build.
 *
 * <p>{@code SuiteReport DIRECTORY}: the directory has one of reports for each run, named as {@code
 * tardy-epoll}. Ends with status 1 if stock passes what Tardy does not, if classes are missing, or
 * if Netty saw a leak that stock did not have.
 */
public final class SuiteReport {

    /**
     * Of Netty's, in each run: of TCP and the event loop 34, of datagrams 7, of the Unix domain 13.
     */
    static final int CLASSES = 54;

    /** Not in the mixed runs: half of their time, for the parameters of TLS and not of the ends. */
    static final Set<String> NOT_MIXED = Set.of("TcpSuite$SslEcho", "DomainSuite$SslEcho");

    static final List<String> SIDES = List.of("stock", "tardy", "mixed");
    static final List<String> WIRES = List.of("epoll", "io_uring", "poll");

    private final StringBuilder text = new StringBuilder();
    private final List<String> faults = new ArrayList<>();
    private final int classesExpected;

    private SuiteReport(int classesExpected) {
        this.classesExpected = classesExpected;
    }

    public static void main(String[] args) throws IOException {
        Path directory = Path.of(args[0]);
        SuiteReport report = of(directory, CLASSES);
        Files.writeString(directory.resolve("report.txt"), report.text);
        System.out.print(report.text);
        System.out.flush();
        System.exit(report.faults.isEmpty() ? 0 : 1);
    }

    static SuiteReport of(Path directory, int classesExpected) throws IOException {
        SuiteReport report = new SuiteReport(classesExpected);
        for (String wire : WIRES) {
            Map<String, SuiteRun> runs = new TreeMap<>();
            for (String sides : SIDES) {
                SuiteRun run = SuiteRun.read(directory.resolve(sides + "-" + wire));
                runs.put(sides, run);
                report.describe(wire, sides, run);
            }
            report.compare(wire, runs.get("stock"), "tardy", runs.get("tardy"));
            report.compare(wire, runs.get("stock"), "mixed", runs.get("mixed"));
        }
        report.conclude();
        return report;
    }

    String text() {
        return text.toString();
    }

    List<String> faults() {
        return faults;
    }

    private static Set<String> leftOut(String sides) {
        return sides.equals("mixed") ? NOT_MIXED : Set.of();
    }

    private void describe(String wire, String sides, SuiteRun run) {
        String name = wire + ", " + sides;
        line(
                "%-16s %2d classes: %3d passed, %2d failed, %3d skipped, %3d s"
                        .formatted(
                                name,
                                run.classes().size(),
                                run.count(SuiteRun.Outcome.PASSED),
                                run.count(SuiteRun.Outcome.FAILED),
                                run.count(SuiteRun.Outcome.SKIPPED),
                                Math.round(run.seconds())));
        run.skipReasons().forEach((reason, count) -> line("    %3d skipped: %s", count, reason));
        run.failures().forEach(failure -> line("        failed: %s", failure));
        int expected = classesExpected - leftOut(sides).size();
        if (run.classes().size() != expected) {
            faults.add("%s: %d classes of %d".formatted(name, run.classes().size(), expected));
        }
    }

    private void compare(String wire, SuiteRun stock, String sides, SuiteRun ours) {
        ours.behind(stock, leftOut(sides))
                .forEach(test -> faults.add("%s, %s: %s".formatted(wire, sides, test)));
        if (ours.leaks() > stock.leaks()) {
            faults.add(
                    "%s, %s: %d leaks, stock has %d"
                            .formatted(wire, sides, ours.leaks(), stock.leaks()));
        }
    }

    private void conclude() {
        line("");
        line(
                "What stock Netty passes and Tardy does not, and what is missing: %s",
                faults.isEmpty() ? "nothing" : "");
        faults.forEach(fault -> line("    %s", fault));
    }

    private void line(String format, Object... arguments) {
        text.append(arguments.length == 0 ? format : format.formatted(arguments)).append('\n');
    }
}
