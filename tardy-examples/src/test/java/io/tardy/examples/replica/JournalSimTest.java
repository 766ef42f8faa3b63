package io.tardy.examples.replica;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tardy.examples.Outages;
import io.tardy.sim.Sim;
import io.tardy.sim.SimFailedError;
import io.tardy.sim.SimHost;
import io.tardy.sim.SimOptions;
import io.tardy.sim.faults.DiskFaults;
import io.tardy.sim.faults.Faults;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A journal on a host that is killed, and loses its power, again and again. */
final class JournalSimTest {

    private static final DiskFaults CRUEL =
            DiskFaults.none().withLatency(1_000_000, 5_000_000).withCrash(0.2, 0.6, 1);

    /** More than a sector of the disk, so that its parts can have different fates. */
    private static final int RECORD_BYTES = 700;

    private static final int RECORDS_MAX = 100;

    /** How often it was opened, and how many records it has told us of. */
    private int openings;

    private int told;

    private Flaw flaw = Flaw.NONE;

    @Test
    void whatItHasToldItHas() {
        int records = 0;
        for (long seed = 1; seed <= 500; seed++) {
            simulate(seed);
            records += told;
        }
        assertThat(records).isGreaterThan(5_000);
    }

    @ParameterizedTest
    @EnumSource(names = {"UNSYNCED_ACK", "BELIEVED_CACHE", "UNCHECKED_RECORD"})
    void aFlawIsFound(Flaw which) {
        flaw = which;
        assertThatThrownBy(
                        () -> {
                            for (long seed = 1; seed <= 500; seed++) {
                                simulate(seed);
                            }
                        })
                .isInstanceOf(SimFailedError.class);
    }

    private void simulate(long seed) {
        SimOptions options = SimOptions.defaults().faults(Faults.none().disk(CRUEL)).shrink(false);
        Sim.run(seed, options, this::run);
    }

    private void run(Sim sim) throws Exception {
        openings = 0;
        told = 0;
        SimHost host = sim.host("a").start(rt -> rt.spawn(this::write));
        Outages.killOrCrash(sim, host);
    }

    /** Writes number after number, and goes on where the journal ends. */
    private void write() throws IOException {
        openings++;
        List<byte[]> records = new ArrayList<>();
        try (Journal journal = Journal.open(Path.of("/data"), records, flaw)) {
            check(records);
            told = records.size();
            for (int next = told; next < RECORDS_MAX; ) {
                int count = ThreadLocalRandom.current().nextInt(1, 4);
                for (int i = 0; i < count; i++) {
                    journal.append(record(next + i));
                }
                journal.flush();
                next += count;
                told = next;
            }
        }
    }

    /** Its number and the opening that wrote it, again and again. */
    private byte[] record(int number) {
        ByteBuffer record = ByteBuffer.allocate(RECORD_BYTES);
        while (record.hasRemaining()) {
            record.put((byte) number).put((byte) openings);
        }
        return record.array();
    }

    private void check(List<byte[]> records) {
        assertThat(records.size()).as("records").isGreaterThanOrEqualTo(told);
        int opening = 0;
        for (int i = 0; i < records.size(); i++) {
            byte[] record = records.get(i);
            assertThat(record[1])
                    .as("no record follows a later one")
                    .isGreaterThanOrEqualTo((byte) opening);
            opening = record[1];
            for (int at = 0; at < RECORD_BYTES; at += 2) {
                assertThat(record[at]).as("record %d", i).isEqualTo((byte) i);
                assertThat(record[at + 1]).as("record %d", i).isEqualTo((byte) opening);
            }
        }
    }
}
