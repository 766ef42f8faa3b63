package io.tardy.examples.replica;

import static org.assertj.core.api.Assertions.assertThat;

import io.tardy.Frame;
import io.tardy.sim.Sim;
import io.tardy.sim.SimHost;
import io.tardy.sim.SimOptions;
import io.tardy.sim.faults.DiskFaults;
import io.tardy.sim.faults.Faults;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A journal on a host that is killed, and then loses its power. */
final class JournalSimTest {

    private static final DiskFaults CRUEL =
            DiskFaults.none().withLatency(1_000_000, 5_000_000).withCrash(0.5, 0.5, 1);

    /** What the journal says that it has, each time that it is opened. */
    private final List<List<Integer>> found = new ArrayList<>();

    private int durable;

    @Test
    void whatItHasToldItHas() {
        int seedsWithRecords = 0;
        for (long seed = 1; seed <= 300; seed++) {
            found.clear();
            durable = 0;
            Sim.run(
                    seed,
                    SimOptions.defaults().faults(Faults.none().disk(CRUEL)),
                    JournalSimTest.this::run);
            for (List<Integer> records : found) {
                seedsWithRecords += records.isEmpty() ? 0 : 1;
            }
        }
        assertThat(seedsWithRecords).isGreaterThan(300);
    }

    private void run(Sim sim) throws Exception {
        SimHost host = sim.host("a").start(rt -> rt.spawn(this::write));
        for (int i = 0; i < 5; i++) {
            sim.delay(Duration.ofNanos(1 + sim.random(40_000_000)));
            if (sim.random(2) == 0) {
                host.kill();
            } else {
                host.crash();
            }
            host.restart();
        }
    }

    /** Writes number after number, and goes on where the journal ends. */
    private void write() throws IOException {
        List<byte[]> records = new ArrayList<>();
        try (Journal journal = Journal.open(Path.of("/data"), records, true)) {
            List<Integer> numbers = new ArrayList<>();
            for (byte[] record : records) {
                numbers.add((int) record[0]);
            }
            found.add(numbers);
            for (int i = 0; i < numbers.size(); i++) {
                assertThat(numbers.get(i)).isEqualTo(i);
            }
            assertThat(numbers.size()).as("records").isGreaterThanOrEqualTo(durable);
            durable = numbers.size(); // it was believed
            for (int next = numbers.size(); next < 100; next++) {
                journal.append(new byte[] {(byte) next, 1, 2, 3});
                journal.flush();
                durable = next + 1;
                Frame.yield();
            }
        }
    }
}
