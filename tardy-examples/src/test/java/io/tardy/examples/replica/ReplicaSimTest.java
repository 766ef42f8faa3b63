package io.tardy.examples.replica;

import static org.assertj.core.api.Assertions.assertThat;

import io.tardy.sim.Sim;
import io.tardy.sim.SimFailedError;
import io.tardy.sim.SimReport;
import io.tardy.sim.SimTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Replicas in simulated worlds; the seeds that are tried are the same in every run. */
final class ReplicaSimTest {

    private static final Path PAGE =
            Path.of(System.getProperty("basedir", "."), "../docs/simulation.md");

    @SimTest(seeds = 1000, swarm = true)
    void nothingThatWasAcknowledgedIsLost(Sim sim) throws Exception {
        new ReplicaScenario().run(sim);
    }

    /** So that the test above says something. */
    @Test
    void leadersChangeAndClientsWrite() {
        int terms = 0;
        int writes = 0;
        for (long seed = 1; seed <= 50; seed++) {
            ReplicaScenario scenario = new ReplicaScenario();
            Sim.run(seed, ReplicaScenario.options(), scenario);
            terms += scenario.ledger().terms();
            writes += scenario.ledger().writes();
        }
        assertThat(terms).isGreaterThan(2 * 50);
        assertThat(writes).isGreaterThan(20 * 50);
    }

    @Test
    void aSeedReplaysItself() {
        for (long seed = 1; seed <= 5; seed++) {
            StringBuilder first = new StringBuilder();
            StringBuilder again = new StringBuilder();
            SimReport report = simulate(seed, first);
            assertThat(simulate(seed, again).traceHash()).isEqualTo(report.traceHash());
            assertThat(again.toString()).isEqualTo(first.toString()).isNotEmpty();
        }
    }

    private static SimReport simulate(long seed, StringBuilder trace) {
        return Sim.run(seed, ReplicaScenario.options().trace(trace), new ReplicaScenario());
    }

    @ParameterizedTest
    @CsvSource({
        "UNSYNCED_ACK, 200",
        "TWO_LEADERS, 200",
        "COMMIT_WITHOUT_QUORUM, 200",
        "STALE_READ, 1000",
        "REPEATED_WRITE, 1000",
        "VOTE_FOR_SHORT_LOG, 200"
    })
    void aFlawIsFoundWithin(Flaw flaw, long seedsMax) throws IOException {
        assertThat(Files.readString(PAGE))
                .containsPattern("\\| `" + flaw + "` \\| [^|]+ \\| " + seedsMax + " \\|\n");
        long seed = firstToFail(flaw, seedsMax);
        System.out.println(flaw + " is found by seed " + seed);
        assertThat(seed).as("a seed that finds %s", flaw).isPositive();
    }

    /** The first seed whose simulation fails, or -1. */
    private static long firstToFail(Flaw flaw, long seedsMax) {
        for (long seed = 1; seed <= seedsMax; seed++) {
            try {
                Sim.run(seed, ReplicaScenario.options().shrink(false), new ReplicaScenario(flaw));
            } catch (SimFailedError e) {
                assertThat(e).hasCauseInstanceOf(AssertionError.class);
                return seed;
            }
        }
        return -1;
    }
}
