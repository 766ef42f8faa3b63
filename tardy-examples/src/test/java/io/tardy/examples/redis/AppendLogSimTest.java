package io.tardy.examples.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.tardy.Frame;
import io.tardy.Scope;
import io.tardy.TardyRuntime;
import io.tardy.examples.Outages;
import io.tardy.sim.Sim;
import io.tardy.sim.SimHost;
import io.tardy.sim.SimOptions;
import io.tardy.sim.faults.DiskFaults;
import io.tardy.sim.faults.Faults;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Counters on a host that is killed, and loses its power, again and again. */
@ExtendWith(CutsExpected.class)
final class AppendLogSimTest {

    private static final DiskFaults CRUEL =
            DiskFaults.none().withLatency(1_000_000, 5_000_000).withCrash(0.2, 0.6, 1);

    private static final int FRAMES = 4;
    private static final int INCREMENTS = 60;

    /** What each frame was told of. */
    private final long[] told = new long[FRAMES];

    /** What each frame may have done: it was added, and then something happened. */
    private final long[] asked = new long[FRAMES];

    @Test
    void whatItHasToldItHas() {
        SimOptions options = SimOptions.defaults().faults(Faults.none().disk(CRUEL)).shrink(false);
        long sum = 0;
        for (long seed = 1; seed <= 300; seed++) {
            Sim.run(seed, options, this::run);
            for (long each : told) {
                sum += each;
            }
        }
        assertThat(sum).isGreaterThan(5_000);
    }

    private void run(Sim sim) throws Exception {
        Arrays.fill(told, 0);
        Arrays.fill(asked, 0);
        SimHost host = sim.host("a").start(rt -> rt.spawn(() -> count(rt)));
        Outages.killOrCrash(sim, host);
    }

    private void count(TardyRuntime rt) throws IOException {
        Database database = new Database(1 << 20);
        AppendLog log = AppendLog.open(Path.of("/data"), database);
        database.logTo(log);
        rt.spawnDaemon(log::commitAll);
        for (int i = 0; i < FRAMES; i++) {
            long kept = increment(database, i, 0);
            assertThat(kept).as("counter %d", i).isBetween(told[i], asked[i]);
            told[i] = kept; // another may have it from the disk now
        }
        try (Scope scope = Scope.open()) {
            for (int i = 0; i < FRAMES; i++) {
                int which = i;
                scope.fork(() -> countUp(database, log, which));
            }
            scope.join();
        }
    }

    private void countUp(Database database, AppendLog log, int which) throws IOException {
        while (told[which] < INCREMENTS) {
            int count = ThreadLocalRandom.current().nextInt(1, 4);
            asked[which] += count;
            long now = 0;
            for (int i = 0; i < count; i++) {
                now = increment(database, which, 1);
            }
            asked[which] = now;
            log.awaitDurable();
            told[which] = now;
            Frame.delay(Duration.ofNanos(ThreadLocalRandom.current().nextInt(1_000_000)));
        }
    }

    private static long increment(Database database, int which, int by) {
        RespWriter reply = new RespWriter();
        try {
            database.execute(
                    "INCRBY", List.of("INCRBY", "counter" + which, Integer.toString(by)), reply);
        } catch (CommandException e) {
            throw new AssertionError(e);
        }
        String text = new String(reply.takeBytes(), StandardCharsets.US_ASCII);
        return Long.parseLong(text.substring(1).strip());
    }
}
