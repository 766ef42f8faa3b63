package io.tardy.testsuite.netty;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * What the runs of Netty's test suite came to, from Surefire's reports: per transport and who was
 * at the ends the passed, failed and skipped, each skip with its reason; then what Tardy does not
 * pass although stock Netty does in the same build.
 *
 * <p>{@code SuiteReport DIRECTORY doubts|report}: the directory has one of reports for each run,
 * named as {@code tardy-epoll}. First come the runs of Tardy; {@code doubts} then writes down, in
 * {@code doubts.txt}, the classes in which it did not pass everything, or leaked: those, and only
 * those, are to be run on stock Netty. Then {@code report} ends with status 1 if stock passes what
 * Tardy does not, if classes are missing, or if Netty saw a leak that stock did not have.
 */
public final class SuiteReport {

    /**
     * Of Netty's, in each run: of TCP and the event loop 34, of datagrams 7, of the Unix domain 13.
     */
    static final int CLASSES = 54;

    /**
     * Not in the mixed runs: half of their time, for parameters of handlers and not of the ends.
     */
    static final Set<String> NOT_MIXED =
            Set.of("TcpSuite$SslEcho", "DomainSuite$SslEcho", "TcpSuite$TrafficShapingHandler");

    static final List<String> SIDES = List.of("tardy", "mixed");
    static final List<String> WIRES = List.of("epoll", "io_uring", "poll");

    private final StringBuilder text = new StringBuilder();
    private final List<String> faults = new ArrayList<>();
    private final int classesExpected;
    private final SortedSet<String> doubts = new TreeSet<>();

    private SuiteReport(int classesExpected) {
        this.classesExpected = classesExpected;
    }

    public static void main(String[] args) throws IOException {
        Path directory = Path.of(args[0]);
        SuiteReport report = of(directory, CLASSES);
        if (args[1].equals("doubts")) {
            Files.writeString(directory.resolve("doubts.txt"), String.join(",", report.doubts));
            System.out.println("to be compared with stock Netty: " + report.doubts);
            return;
        }
        Files.writeString(directory.resolve("report.txt"), report.text);
        System.out.print(report.text);
        System.out.flush();
        System.exit(report.faults.isEmpty() ? 0 : 1);
    }

    static SuiteReport of(Path directory, int classesExpected) throws IOException {
        SuiteReport report = new SuiteReport(classesExpected);
        for (String wire : WIRES) {
            SuiteRun stock = SuiteRun.read(directory.resolve("stock-" + wire));
            for (String sides : SIDES) {
                SuiteRun run = SuiteRun.read(directory.resolve(sides + "-" + wire));
                report.describe(wire, sides, run);
                report.compare(wire, stock, sides, run);
            }
            report.describe(wire, "stock", stock);
        }
        report.conclude();
        return report;
    }

    String text() {
        return text.toString();
    }

    /** The classes whose tests are to be seen on stock Netty. */
    SortedSet<String> doubts() {
        return doubts;
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
    }

    private void compare(String wire, SuiteRun stock, String sides, SuiteRun ours) {
        String name = wire + ", " + sides;
        doubts.addAll(ours.classesInDoubt());
        int expected = classesExpected - leftOut(sides).size();
        if (ours.classes().size() != expected) {
            faults.add("%s: %d classes of %d".formatted(name, ours.classes().size(), expected));
        }
        SortedSet<String> unseen = new TreeSet<>(ours.classesInDoubt());
        unseen.removeAll(stock.classes());
        unseen.forEach(missing -> faults.add(name + ": not seen on stock: " + missing));
        ours.behind(stock, leftOut(sides)).forEach(test -> faults.add(name + ": " + test));
        if (ours.leaks() > stock.leaks()) {
            faults.add("%s: %d leaks, stock has %d".formatted(name, ours.leaks(), stock.leaks()));
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
