package io.tardy.sim.disk;

import static io.tardy.sim.disk.DiskScene.assertFails;
import static org.assertj.core.api.Assertions.assertThat;

import io.tardy.aio.AsyncSubmission;
import io.tardy.aio.Errno;
import io.tardy.aio.Stat;
import io.tardy.os.Outcome;
import io.tardy.sim.faults.DiskFaults;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Random operations under faults, and crashes, against byte arrays. */
class DiskModelTest {

    private static final int RUNS = 60;
    private static final int OPERATIONS = 400;
    private static final int FILE_BYTES_MAX = 20_000;
    private static final int CAPACITY_BYTES = 10 * 4096;

    /** Few errors, so that much is done; syncs that fail have a test of their own. */
    private static final DiskFaults FAULTS =
            DiskFaults.all().withErrors(0.02, 0.02, 0, 0).withCapacity(CAPACITY_BYTES);

    /** A file as a program sees it, and as it was made durable last. */
    private static final class Model {
        private byte[] now = new byte[0];
        private byte[] synced = new byte[0];
        private boolean emptied;

        private void write(byte[] bytes, int at, int count) {
            if (now.length < at + count) {
                now = Arrays.copyOf(now, at + count);
            }
            System.arraycopy(bytes, 0, now, at, count);
        }

        private void sync() {
            synced = now.clone();
            emptied = false;
        }

        /** After a crash: each byte is as it was synced or as it was last, or was never written. */
        private void resolve(byte[] found) {
            int least = emptied ? 0 : synced.length;
            assertThat(found.length).isBetween(least, Math.max(now.length, synced.length));
            for (int i = 0; i < found.length; i++) {
                boolean isNow = i < now.length && found[i] == now[i];
                boolean isSynced = i < synced.length && found[i] == synced[i];
                boolean isHole = found[i] == 0 && (emptied || i >= synced.length);
                assertThat(isNow || isSynced || isHole).as("byte " + i).isTrue();
            }
            now = found;
            sync();
        }
    }

    private static final class Run {
        private final SplittableRandom random;
        private final DiskScene world;
        private final TreeMap<String, Model> models = new TreeMap<>();

        Run(long seed) {
            random = new SplittableRandom(seed);
            world = new DiskScene(seed, FAULTS);
        }

        void step() {
            String name = "/" + "abcd".charAt(random.nextInt(4));
            switch (random.nextInt(20)) {
                case 0 -> crash();
                case 1 -> delete(name);
                case 2 -> empty(name);
                case 3, 4, 5 -> sync(name);
                case 6, 7, 8, 9, 10 -> read(name);
                case 11 ->
                        assertThat(world.disk.delayNanos(aStat(name)))
                                .isBetween(10_000L, 1_002_000_000L);
                default -> write(name);
            }
        }

        private static AsyncSubmission.OnFile aStat(String name) {
            return new AsyncSubmission.StatPath(null, Path.of(name), true);
        }

        private void delete(String name) {
            if (models.remove(name) == null) {
                assertFails(world.delete(name), Errno.ENOENT);
            } else {
                SimFile root = world.open("/", DiskScene.DIRECTORY);
                assertThat(world.delete(name)).isNull();
                assertThat(world.disk.run(new AsyncSubmission.Sync(root, false), -1)).isNull();
                world.close(root);
            }
        }

        private SimFile create(String name) {
            models.computeIfAbsent(name, n -> new Model());
            return world.open(name, DiskScene.CREATE);
        }

        private void empty(String name) {
            Model model = models.computeIfAbsent(name, n -> new Model());
            world.close(world.open(name, DiskScene.EMPTIED));
            model.now = new byte[0];
            model.emptied = true;
        }

        private void sync(String name) {
            if (models.containsKey(name)) {
                SimFile file = world.open(name, DiskScene.READ);
                assertThat(world.disk.run(new AsyncSubmission.Sync(file, false), -1)).isNull();
                world.close(file);
                models.get(name).sync();
            }
        }

        private void write(String name) {
            SimFile file = create(name);
            Model model = models.get(name);
            byte[] bytes = new byte[1 + random.nextInt(random.nextBoolean() ? 10 : 5000)];
            random.nextBytes(bytes);
            int at = random.nextInt(random.nextBoolean() ? 100 : FILE_BYTES_MAX - bytes.length);
            ByteBuffer from = ByteBuffer.wrap(bytes);
            switch (world.disk.run(new AsyncSubmission.Write(file, from, at), at)) {
                case Integer count -> {
                    assertThat(count).isBetween(1, bytes.length).isEqualTo(from.position());
                    model.write(bytes, at, count);
                }
                case Outcome.Failed failed -> {
                    assertThat(from.position()).isZero();
                    writeFailed(name, Errno.of(failed.errno()), bytes, at);
                }
                case Object other -> throw new AssertionError(other);
            }
            world.close(file);
        }

        /** How much it did is seen by what is there. */
        private void writeFailed(String name, Errno errno, byte[] bytes, int at) {
            assertThat(errno).isIn(Errno.EIO, Errno.ENOSPC);
            Model model = models.get(name);
            byte[] found = found(name);
            if (errno == Errno.ENOSPC) {
                assertThat(found).isEqualTo(model.now);
                return;
            }
            for (int count = 0; count <= bytes.length; count++) {
                Model tried = new Model();
                tried.now = model.now.clone();
                if (count > 0) {
                    tried.write(bytes, at, count);
                }
                if (Arrays.equals(tried.now, found)) {
                    model.now = found;
                    return;
                }
            }
            throw new AssertionError("more than a beginning of the write is there");
        }

        private byte[] found(String name) {
            world.disk.setFaults(DiskFaults.none());
            SimFile file = world.open(name, DiskScene.READ);
            ByteBuffer into = ByteBuffer.allocate(FILE_BYTES_MAX);
            assertThat(world.read(file, into, 0)).isEqualTo(into.position());
            world.close(file);
            world.disk.setFaults(FAULTS);
            byte[] found = Arrays.copyOf(into.array(), into.position());
            assertThat(world.stat(name).size()).isEqualTo(found.length);
            return found;
        }

        private void read(String name) {
            Model model = models.get(name);
            if (model == null) {
                assertFails(world.tryStat(name), Errno.ENOENT);
                return;
            }
            SimFile file = world.open(name, DiskScene.READ);
            int at = random.nextInt(FILE_BYTES_MAX);
            ByteBuffer into = ByteBuffer.allocate(1 + random.nextInt(3000));
            Object outcome = world.read(file, into, at);
            if (outcome instanceof Outcome.Failed) {
                assertFails(outcome, Errno.EIO);
                assertThat(into.position()).isZero();
            } else {
                int count = (Integer) outcome;
                int there = Math.clamp(model.now.length - at, 0, into.capacity());
                assertThat(count).isBetween(Math.min(there, 1), there).isEqualTo(into.position());
                assertThat(into.flip())
                        .isEqualTo(
                                ByteBuffer.wrap(model.now, Math.min(at, model.now.length), count));
            }
            world.close(file);
        }

        private void crash() {
            world.disk.crash();
            List<String> gone = new ArrayList<>();
            for (Map.Entry<String, Model> entry : models.entrySet()) {
                if (world.tryStat(entry.getKey()) instanceof Stat) {
                    entry.getValue().resolve(found(entry.getKey()));
                } else {
                    assertThat(entry.getValue().synced).as("a synced file").isEmpty();
                    gone.add(entry.getKey());
                }
            }
            models.keySet().removeAll(gone);
        }

        /** Nothing is left that takes room. */
        void finish() {
            models.keySet().forEach(name -> assertThat(world.delete(name)).isNull());
            world.disk.setFaults(DiskFaults.none().withCapacity(CAPACITY_BYTES));
            world.put("/all", DiskScene.many('a', CAPACITY_BYTES));
            SimFile more = world.open("/more", DiskScene.CREATE);
            assertFails(world.write(more, "b", 0), Errno.ENOSPC);
        }
    }

    @Test
    void aDiskIsWhatAPlainModelIs() {
        SplittableRandom seeds = new SplittableRandom(Seeds.next("DiskModelTest"));
        TreeMap<String, Long> reached = new TreeMap<>();
        for (int i = 0; i < RUNS; i++) {
            Run run = new Run(seeds.nextLong());
            for (int step = 0; step < OPERATIONS; step++) {
                run.step();
            }
            run.finish();
            run.world.disk.reached().forEach((name, n) -> reached.merge(name, n, Long::sum));
        }
        assertThat(reached)
                .containsKeys(
                        "content lost",
                        "content torn",
                        "disk full",
                        "name lost",
                        "read error",
                        "short read",
                        "short write",
                        "slow disk",
                        "write error");
    }

    @Test
    void theSameSeedGivesTheSameTrace() {
        long seed = Seeds.next("DiskModelTest");
        Run first = new Run(seed);
        Run second = new Run(seed);
        Run other = new Run(seed + 1);
        for (Run run : List.of(first, second, other)) {
            for (int step = 0; step < OPERATIONS; step++) {
                run.step();
            }
        }

        assertThat(second.world.trace).isEqualTo(first.world.trace);
        assertThat(second.world.disk.reached()).isEqualTo(first.world.disk.reached());
        assertThat(other.world.trace).isNotEqualTo(first.world.trace);
    }
}
