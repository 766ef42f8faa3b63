package io.tardy.testsuite.netty;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SuiteReportTest {

    private static final String PASSED = "";
    private static final String FAILED = "<failure type='Oops' message='it broke&#10;badly'/>";
    private static final String SKIPPED = "<skipped message='no such thing here'/>";

    /** One, and those that are not in the mixed runs. */
    private static final int CLASSES = 1 + SuiteReport.NOT_MIXED.size();

    @TempDir Path directory;

    /** In fact stock is run where something is in doubt only. */
    @BeforeEach
    void allPass() throws IOException {
        for (String wire : SuiteReport.WIRES) {
            for (String sides : List.of("stock", "tardy", "mixed")) {
                write(sides + "-" + wire, "works", PASSED);
                if (!sides.equals("mixed")) {
                    for (String suite : SuiteReport.NOT_MIXED) {
                        write(sides + "-" + wire, suite, "works", PASSED);
                    }
                }
            }
        }
    }

    @Test
    void nothingIsWrongWhereAllPass() throws IOException {
        SuiteReport report = SuiteReport.of(directory, CLASSES);
        assertThat(report.faults()).isEmpty();
        assertThat(report.text())
                .contains("epoll, tardy      4 classes:   4 passed,  0 failed,   0 skipped")
                .contains("missing: nothing");
    }

    @Test
    void aFailureThatStockDoesNotHaveIsAFault() throws IOException {
        write("tardy-poll", "works", FAILED);
        SuiteReport report = SuiteReport.of(directory, CLASSES);
        assertThat(report.faults()).containsExactly("poll, tardy: TcpSuite$Echo.works {FAILED=1}");
        assertThat(report.text()).contains("failed: TcpSuite$Echo.works: Oops: it broke\n");
    }

    @Test
    void aFailureThatStockHasTooIsNoFault() throws IOException {
        write("tardy-epoll", "works", FAILED);
        write("stock-epoll", "works", FAILED);
        assertThat(SuiteReport.of(directory, CLASSES).faults()).isEmpty();
    }

    @Test
    void aTestThatIsSkippedOnlyHereIsAFaultAndHasItsReason() throws IOException {
        write("mixed-io_uring", "works", SKIPPED);
        SuiteReport report = SuiteReport.of(directory, CLASSES);
        assertThat(report.faults())
                .containsExactly("io_uring, mixed: TcpSuite$Echo.works {SKIPPED=1}");
        assertThat(report.text()).contains("1 skipped: no such thing here (TcpSuite$Echo.works)");
    }

    @Test
    void aReasonIsAlsoTakenFromTheExceptionOrFromWhatIsKnownOfNettysTests() throws IOException {
        String aborted =
                "<skipped>org.opentest4j.TestAbortedException: Assumption failed: %s</skipped>";
        write("tardy-epoll", "testA(TestInfo)", aborted.formatted("no such host"));
        assertThat(SuiteReport.of(directory, CLASSES).text())
                .contains("1 skipped: no such host (TcpSuite$Echo.testA)");
        write("tardy-epoll", "testCustomFileRegion", aborted.formatted("assumption is not true"));
        assertThat(SuiteReport.of(directory, CLASSES).text())
                .contains("1 skipped: io_uring sends files");
    }

    @Test
    void aTestThatDidNotRunHereIsAFault() throws IOException {
        write("tardy-epoll", "another", PASSED);
        assertThat(SuiteReport.of(directory, CLASSES).faults())
                .containsExactly("epoll, tardy: TcpSuite$Echo.works {}");
    }

    @Test
    void hashesInTheNamesOfParametersDoNotCount() throws IOException {
        write("stock-epoll", "works(Context@1f2e)[1]", PASSED);
        write("tardy-epoll", "works(Context@a0)[1]", PASSED);
        write("mixed-epoll", "works(Context@b1)[1]", PASSED);
        assertThat(SuiteReport.of(directory, CLASSES).faults()).isEmpty();
    }

    @Test
    void aMissingClassIsAFault() throws IOException {
        assertThat(SuiteReport.of(directory, CLASSES + 1).faults())
                .hasSize(6)
                .contains("epoll, tardy: 4 classes of 5");
    }

    @Test
    void aLeakThatStockDoesNotHaveIsAFault() throws IOException {
        write("tardy-epoll", "works", "<system-out>LEAK: a buffer</system-out>");
        assertThat(SuiteReport.of(directory, CLASSES).faults())
                .containsExactly("epoll, tardy: 1 leaks, stock has 0");
    }

    @Test
    void whatDidNotPassIsInDoubtAndAFaultUntilStockHasRun() throws IOException {
        write("tardy-epoll", "TcpSuite$Other", "works", FAILED);
        write("mixed-poll", "TcpSuite$Third", "works", SKIPPED);
        write("tardy-poll", "TcpSuite$Fourth", "works", "<system-out>LEAK: it</system-out>");
        SuiteReport report = SuiteReport.of(directory, CLASSES);
        assertThat(report.doubts())
                .containsExactly("TcpSuite$Fourth", "TcpSuite$Other", "TcpSuite$Third");
        assertThat(report.faults())
                .contains(
                        "epoll, tardy: not seen on stock: TcpSuite$Other",
                        "poll, mixed: not seen on stock: TcpSuite$Third",
                        "poll, tardy: not seen on stock: TcpSuite$Fourth");
        write("stock-epoll", "TcpSuite$Other", "works", FAILED);
        assertThat(SuiteReport.of(directory, CLASSES).faults())
                .doesNotContain("epoll, tardy: not seen on stock: TcpSuite$Other");
    }

    private void write(String run, String test, String content) throws IOException {
        write(run, "TcpSuite$Echo", test, content);
    }

    private void write(String run, String suite, String test, String content) throws IOException {
        Path report = directory.resolve(run).resolve("TEST-x." + suite + ".xml");
        Files.createDirectories(report.getParent());
        Files.writeString(
                report,
                """
                <testsuite name="x.%s" time="1,000.5">
                  <testcase classname="x.%s" name="%s">%s</testcase>
                </testsuite>
                """
                        .formatted(suite, suite, test, content));
    }
}
