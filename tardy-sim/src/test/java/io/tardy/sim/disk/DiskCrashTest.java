package io.tardy.sim.disk;

import static io.tardy.sim.disk.DiskScene.assertFails;
import static io.tardy.sim.disk.DiskScene.many;
import static org.assertj.core.api.Assertions.assertThat;

import io.tardy.aio.AsyncSubmission;
import io.tardy.aio.Errno;
import io.tardy.aio.FileMode;
import io.tardy.aio.Stat;
import io.tardy.aio.TardyIOException;
import io.tardy.os.Outcome;
import io.tardy.sim.faults.DiskFaults;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class DiskCrashTest {

    private static final DiskFaults LOST = DiskFaults.none().withCrash(1, 0, 1);
    private static final DiskFaults TORN = DiskFaults.none().withCrash(0, 1, 0);
    private static final int SEEDS = 300;

    private DiskScene world = new DiskScene(1, LOST);

    @Test
    void whatIsSyncedStays() {
        world.putSynced("/log", "synced");

        world.disk.crash();

        assertThat(world.content("/log")).isEqualTo("synced");
        assertThat(world.disk.reached()).isEmpty();
    }

    @Test
    void whatIsWrittenToAFileOpenedToSyncStays() {
        world.mkdir("/data");
        world.mkdir("/data/inner");
        SimFile file = world.open("/data/inner/log", DiskScene.CREATE_SYNCED);
        world.write(file, "synced", 0);

        world.disk.crash();

        assertThat(world.content("/data/inner/log")).isEqualTo("synced");
    }

    @Test
    void whatIsNotSyncedIsLost() {
        world.putSynced("/log", "synced");
        SimFile file = world.open("/log", DiskScene.UPDATE);
        world.write(file, "UNSYNCED", 3);
        world.putSynced("/emptied", "synced");
        world.open("/emptied", DiskScene.EMPTIED);
        world.putSynced("/cut", "synced");
        world.truncate(world.open("/cut", DiskScene.UPDATE), 2);
        world.putSynced("/deleted", "synced");
        world.delete("/deleted");
        world.put("/created", "unsynced");
        world.mkdir("/made");

        world.disk.crash();

        assertThat(world.content("/log")).isEqualTo("synced");
        assertThat(world.content("/emptied")).isEqualTo("synced");
        assertThat(world.content("/cut")).isEqualTo("synced");
        assertThat(world.content("/deleted")).isEqualTo("synced");
        assertFails(world.tryStat("/created"), Errno.ENOENT);
        assertFails(world.tryStat("/made"), Errno.ENOENT);
        assertThat(world.disk.reached())
                .containsEntry("content lost", 3L)
                .containsEntry("deletion undone", 1L)
                .containsEntry("name lost", 2L);
        assertThat(world.trace)
                .contains(
                        "host: crash: /created lost",
                        "host: crash: deletion of /deleted undone",
                        "host: crash: /log back to 6 bytes");
    }

    @Test
    void withoutFaultsAllIsKept() {
        world.disk.setFaults(DiskFaults.none());
        world.putSynced("/log", "synced");
        world.put("/log", "kept");
        world.mkdir("/made");
        world.putSynced("/deleted", "synced");
        world.delete("/deleted");

        world.disk.crash();

        assertThat(world.content("/log")).isEqualTo("kept");
        assertThat(world.tryStat("/made")).isInstanceOf(Stat.class);
        assertFails(world.tryStat("/deleted"), Errno.ENOENT);
        assertThat(world.disk.reached()).isEmpty();
    }

    @Test
    void whatACrashHasLeftIsThereForTheNextOneToo() {
        world.disk.setFaults(DiskFaults.none());
        world.put("/log", "kept");
        world.disk.crash();
        world.disk.setFaults(LOST);

        world.disk.crash();

        assertThat(world.content("/log")).isEqualTo("kept");
    }

    @Test
    void aDirectoryThatIsSyncedKeepsItsNames() {
        world.mkdir("/data");
        SimFile data = world.open("/data", DiskScene.DIRECTORY);
        world.put("/data/created", "unsynced");
        world.putSynced("/data/deleted", "synced");
        world.delete("/data/deleted");
        assertThat(world.disk.run(new AsyncSubmission.Sync(data, false), -1)).isNull();

        world.disk.crash();

        assertFails(world.tryStat("/data/deleted"), Errno.ENOENT);
        assertThat(world.content("/data/created")).isEmpty(); // its content was not synced
    }

    @Test
    void aRenameIsUndoneWhole() {
        world.putSynced("/text", "old");
        world.putSynced("/next", "new");
        world.rename("/next", "/text");

        world.disk.crash();

        assertThat(world.content("/text")).isEqualTo("old");
        assertThat(world.content("/next")).isEqualTo("new");
        assertThat(world.disk.reached()).containsEntry("rename undone", 1L);
    }

    @Test
    void aRenameIsDurableWithItsDirectoryOrItsFile() {
        world.putSynced("/text", "old");
        world.putSynced("/next", "new");
        world.rename("/next", "/text");
        SimFile root = world.open("/", DiskScene.DIRECTORY);
        assertThat(world.disk.run(new AsyncSubmission.Sync(root, false), -1)).isNull();
        world.mkdir("/data");
        world.putSynced("/log", "moved");
        world.rename("/log", "/data/log");
        SimFile log = world.open("/data/log", DiskScene.READ);
        assertThat(world.disk.run(new AsyncSubmission.Sync(log, false), -1)).isNull();

        world.disk.crash();

        assertThat(world.content("/text")).isEqualTo("new");
        assertFails(world.tryStat("/next"), Errno.ENOENT);
        assertThat(world.content("/data/log")).isEqualTo("moved");
        assertFails(world.tryStat("/log"), Errno.ENOENT);
    }

    @Test
    void directoriesThatWereMovedIntoEachOtherAreThereOnce() {
        world.mkdir("/a");
        world.mkdir("/a/b");
        world.putSynced("/a/b/log", "synced");
        world.rename("/a/b", "/b");
        world.rename("/a", "/b/a");

        world.disk.crash();

        assertThat(world.content("/a/b/log")).isEqualTo("synced");
        assertFails(world.tryStat("/b"), Errno.ENOENT);
    }

    /** Whatever is kept of many renames: each file is somewhere, once, with its content. */
    @Test
    void whatWasRenamedIsNeitherLostNorDoubled() throws TardyIOException {
        SplittableRandom random = new SplittableRandom(Seeds.next("DiskCrashTest"));
        List<String> names = List.of("/a", "/b", "/c", "/d/a", "/d/b", "/e/a", "/e", "/d/e");
        for (int run = 0; run < 300; run++) {
            DiskScene disk =
                    new DiskScene(random.nextLong(), DiskFaults.none().withCrash(0, 0, 0.5));
            disk.mkdir("/d");
            disk.mkdir("/e");
            for (String name : List.of("/a", "/b", "/d/a", "/e/a")) {
                disk.putSynced(name, "of " + name);
            }
            for (int i = 0; i < 12; i++) {
                String to = names.get(random.nextInt(names.size()));
                if (disk.tryStat(to) instanceof Outcome.Failed) { // replaces nothing
                    disk.rename(names.get(random.nextInt(names.size())), to);
                }
            }
            disk.disk.crash();
            assertThat(disk.contents("/"))
                    .as(() -> String.join("\n", disk.trace))
                    .containsExactlyInAnyOrder("of /a", "of /b", "of /d/a", "of /e/a");
        }
    }

    @Test
    void aNameIsReplacedOrNot() {
        world.putSynced("/log", "old");
        world.delete("/log");
        world.put("/log", "new");
        world.disk.crash();
        assertThat(world.content("/log")).isEqualTo("old");

        world.delete("/log");
        world.putSynced("/log", "new");
        world.disk.crash();
        assertThat(world.content("/log")).isEqualTo("new");
    }

    @Test
    void aDeletedDirectoryComesBackWithWhatWasInIt() {
        world.mkdir("/data");
        world.putSynced("/data/log", "synced");
        world.delete("/data/log");
        world.deleteDirectory("/data");

        world.disk.crash();

        assertThat(world.content("/data/log")).isEqualTo("synced");
        world.put("/data/more", "usable");
        assertThat(world.content("/data/more")).isEqualTo("usable");
    }

    @Test
    void openHandlesAreOfNoUse() {
        world.putSynced("/log", "synced");
        SimFile file = world.open("/log", DiskScene.UPDATE);
        SimFile root = world.open("/", DiskScene.DIRECTORY);

        world.disk.crash();

        assertFails(world.read(file, ByteBuffer.allocate(1), 0), Errno.EIO);
        assertFails(world.write(file, "x", 0), Errno.EIO);
        assertFails(world.disk.run(new AsyncSubmission.Sync(file, false), -1), Errno.EIO);
        assertFails(world.run(new AsyncSubmission.StatPath(file)), Errno.EIO);
        assertFails(world.tryOpen(root, "log", DiskScene.READ), Errno.EIO);
        assertThat(world.close(file)).isNull();
        assertThat(world.content("/log")).isEqualTo("synced");
    }

    @Test
    void whatACrashTookHasRoomAgain() {
        world.disk.setFaults(LOST.withCapacity(2 * 4096));
        world.put("/log", many('a', 2 * 4096));
        SimFile kept = world.open("/kept", DiskScene.CREATE_SYNCED);
        assertFails(world.write(kept, "b", 0), Errno.ENOSPC);

        world.disk.crash();

        world.put("/log", many('a', 2 * 4096));
    }

    @Test
    void aFileWithoutANameIsGone() {
        world.disk.setFaults(DiskFaults.none().withCapacity(4096));
        SimFile file = world.open("/log", DiskScene.CREATE_SYNCED);
        world.write(file, "a", 0);
        world.delete("/log");

        world.disk.crash();

        assertFails(world.tryStat("/log"), Errno.ENOENT);
        world.put("/next", many('b', 4096));
    }

    @Test
    void aProgramThatEndsLeavesAllThatItHasWritten() {
        world.disk.setFaults(LOST.withCapacity(2 * 4096));
        world.put("/log", "unsynced");
        SimFile gone = world.open("/gone", DiskScene.CREATE);
        world.write(gone, "a", 0);
        world.delete("/gone");

        world.disk.restart();

        assertFails(world.write(gone, "x", 0), Errno.EIO);
        assertThat(world.content("/log")).isEqualTo("unsynced");
        world.put("/next", "in its place");
        world.disk.crash();
        assertFails(world.tryStat("/log"), Errno.ENOENT);
    }

    @Test
    void aFailedSyncIsNotMadeGoodByTheNext() {
        SimFile file = world.open("/log", DiskScene.CREATE_SYNCED);
        world.write(file, "old", 0);
        world.disk.setFaults(LOST.withErrors(0, 0, 0, 1));
        assertFails(world.write(file, "new", 0), Errno.EIO);
        world.disk.setFaults(LOST);

        assertThat(world.disk.run(new AsyncSubmission.Sync(file, false), -1)).isNull();
        assertThat(world.content("/log")).isEqualTo("new");
        world.disk.crash();

        assertThat(world.content("/log")).isEqualTo("old");
    }

    /** What a torn file has in it, with many seeds. */
    private static TreeSet<String> torn(
            Consumer<DiskScene> work, Function<DiskScene, String> result) {
        TreeSet<String> results = new TreeSet<>();
        for (int seed = 0; seed < SEEDS; seed++) {
            DiskScene world = new DiskScene(seed, TORN);
            work.accept(world);
            world.disk.crash();
            results.add(result.apply(world));
            assertThat(world.disk.reached()).containsEntry("content torn", 1L);
        }
        return results;
    }

    private static String sectors(DiskScene world) {
        return world.content("/log").replaceAll("(.)\\1{511}", "$1");
    }

    @Test
    void anOverwriteIsTornAtSectors() {
        TreeSet<String> results =
                torn(
                        world -> {
                            world.putSynced("/log", many('a', 4 * 512));
                            world.write(
                                    world.open("/log", DiskScene.UPDATE), many('b', 3 * 512), 0);
                        },
                        DiskCrashTest::sectors);

        assertThat(results)
                .containsExactlyInAnyOrder(
                        "aaaa", "baaa", "abaa", "aaba", "bbaa", "abba", "baba", "bbba");
    }

    @Test
    void whatIsAppendedIsTornAtSectors() {
        TreeSet<String> results =
                torn(
                        world -> {
                            world.putSynced("/log", many('a', 512));
                            world.write(
                                    world.open("/log", DiskScene.append(FileMode.WRITE)),
                                    many('b', 2 * 512),
                                    0);
                        },
                        DiskCrashTest::sectors);

        assertThat(results).containsExactlyInAnyOrder("a", "ab", "abb", "a..", "ab.", "a.b");
    }

    @Test
    void aSyncedWriteThatHasNotEndedIsTornToo() {
        TreeSet<String> results = new TreeSet<>();
        for (int seed = 0; seed < SEEDS; seed++) {
            DiskScene world = new DiskScene(seed, TORN);
            SimFile file = world.open("/log", DiskScene.CREATE_SYNCED);
            world.write(file, many('a', 512), 0);
            ByteBuffer from = ByteBuffer.wrap(many('b', 2 * 512).getBytes(StandardCharsets.UTF_8));
            world.disk.runUnfinished(new AsyncSubmission.Write(file, from, 512), 512);
            assertThat(from.position()).isZero();
            world.disk.crash();
            results.add(sectors(world));
        }

        assertThat(results).containsExactlyInAnyOrder("a", "ab", "abb", "a..", "ab.", "a.b");
    }

    @Test
    void whatHasNotEndedIsDoneOrNot() {
        TreeSet<String> results = new TreeSet<>();
        for (int seed = 0; seed < SEEDS; seed++) {
            DiskScene world = new DiskScene(seed, DiskFaults.none());
            world.putSynced("/old", "old");
            world.disk.runUnfinished(
                    new AsyncSubmission.Delete(null, Path.of("/old"), false),
                    AsyncSubmission.CURRENT_POSITION);
            world.disk.runUnfinished(
                    new AsyncSubmission.Mkdir(null, Path.of("/new"), 0777),
                    AsyncSubmission.CURRENT_POSITION);
            world.disk.crash();
            results.add(
                    (world.tryStat("/old") instanceof Stat)
                            + " "
                            + (world.tryStat("/new") instanceof Stat));
        }

        assertThat(results)
                .containsExactlyInAnyOrder("false false", "false true", "true false", "true true");
    }

    @Test
    void whatIsReplacedIsOldOrNewAndNeverBoth() {
        TreeSet<String> results =
                torn(
                        world -> {
                            world.putSynced("/log", many('a', 2 * 512));
                            world.put("/log", many('b', 512));
                        },
                        DiskCrashTest::sectors);

        assertThat(results).containsExactlyInAnyOrder("aa", "", "b", ".");
    }

    @Test
    void behindTheEndOfATornFileAreZeros() {
        TreeSet<String> results =
                torn(
                        world -> {
                            world.putSynced("/log", "a");
                            world.write(world.open("/log", DiskScene.UPDATE), many('b', 600), 1);
                        },
                        world -> {
                            world.write(world.open("/log", DiskScene.UPDATE), "end", 700);
                            return world.content("/log")
                                    .replaceAll("b+", "b")
                                    .replaceAll("\\.+", ".");
                        });

        assertThat(results)
                .contains("a.end", "ab.end", "a.b.end")
                .allMatch(r -> r.matches("ab?\\.(b\\.)?end"));
    }
}
