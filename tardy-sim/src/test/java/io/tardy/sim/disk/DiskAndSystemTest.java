package io.tardy.sim.disk;

import static org.assertj.core.api.Assertions.assertThat;

import io.tardy.aio.AsyncOpenFlags;
import io.tardy.aio.AsyncSubmission;
import io.tardy.aio.DirEntry;
import io.tardy.aio.Errno;
import io.tardy.aio.FileMode;
import io.tardy.aio.FileRequest;
import io.tardy.aio.OpenFile;
import io.tardy.aio.Stat;
import io.tardy.aio.TardyIOException;
import io.tardy.os.FileCalls;
import io.tardy.os.FileHandle;
import io.tardy.os.Outcome;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * The same operations on a simulated disk and on the real one: the same outcomes, the same error
 * numbers, the same bytes.
 */
@EnabledOnOs(OS.LINUX)
class DiskAndSystemTest {

    private static final int RUNS = 40;
    private static final int OPERATIONS = 300;
    private static final int HANDLES_MAX = 8;

    /** Files and directories of both worlds, and what was done to them. */
    private static final class Pair {
        private final SplittableRandom random;
        private final FileCalls real = FileCalls.system();
        private final Disk simulated = new DiskScene().disk;
        private final List<OpenFile> realHandles = new ArrayList<>();
        private final List<OpenFile> simulatedHandles = new ArrayList<>();
        private final List<String> log = new ArrayList<>();

        Pair(long seed, Path temporary) {
            random = new SplittableRandom(seed);
            openRoots(temporary);
        }

        /** Four levels, so that no path of ours leads out of them. */
        private void openRoots(Path temporary) {
            Object directory =
                    run(real, new AsyncSubmission.Open(null, temporary, DiskScene.DIRECTORY));
            OpenFile realAt = (OpenFile) directory;
            OpenFile simulatedAt =
                    (OpenFile)
                            run(
                                    simulated,
                                    new AsyncSubmission.Open(
                                            null, Path.of("/"), DiskScene.DIRECTORY));
            for (String name : List.of("x", "y", "base")) {
                realAt = enter(real, realAt, Path.of(name));
                simulatedAt = enter(simulated, simulatedAt, Path.of(name));
            }
            realHandles.add(realAt);
            simulatedHandles.add(simulatedAt);
        }

        private static OpenFile enter(FileCalls calls, OpenFile at, Path name) {
            assertThat(run(calls, new AsyncSubmission.Mkdir(at, name, 0755))).isNull();
            Object inner = run(calls, new AsyncSubmission.Open(at, name, DiskScene.DIRECTORY));
            assertThat(run(calls, new AsyncSubmission.CloseFile(at))).isNull();
            return (OpenFile) inner;
        }

        private static Object run(FileCalls calls, AsyncSubmission.OnFile submission) {
            long offset =
                    submission instanceof AsyncSubmission.AtOffset at
                            ? at.offset()
                            : AsyncSubmission.CURRENT_POSITION;
            return calls.run(submission, offset, () -> false);
        }

        void step() {
            switch (random.nextInt(18)) {
                case 0, 1, 2 -> open();
                case 3 -> mkdir();
                case 4 -> delete();
                case 5 -> stat();
                case 6, 7 -> read();
                case 8, 9 -> write();
                case 10 -> list();
                case 11 -> rename();
                case 12 -> truncate();
                case 13 -> symlink();
                case 14 -> readlink();
                case 15 -> chmod();
                case 16 -> allocate();
                default -> close();
            }
        }

        private int anyHandle() {
            return random.nextInt(realHandles.size());
        }

        private Path anyPath() {
            int kind = random.nextInt(60);
            if (kind == 0) {
                return Path.of("");
            } else if (kind == 1) {
                return Path.of("n".repeat(random.nextBoolean() ? 255 : 256));
            } else if (kind == 2) {
                return Path.of("./".repeat(random.nextBoolean() ? 2047 : 2048) + "a");
            }
            int names = 1 + random.nextInt(3);
            Path path = Path.of("");
            boolean wasUp = false;
            for (int i = 0; i < names; i++) {
                String[] known = {"a", "b", "c", "a", "b", "c", "a", "b", ".", ".."};
                String name = known[random.nextInt(wasUp ? known.length - 1 : known.length)];
                wasUp |= name.equals("..");
                path = path.resolve(name);
            }
            return path;
        }

        private void open() {
            FileMode[] modes = FileMode.values();
            boolean directory = random.nextInt(4) == 0;
            AsyncOpenFlags flags =
                    new AsyncOpenFlags(
                            directory && random.nextInt(4) > 0
                                    ? FileMode.READ
                                    : modes[random.nextInt(modes.length)],
                            random.nextBoolean() ? 0644 : 0600,
                            !directory && random.nextBoolean(), // both: since Linux 6.4
                            random.nextInt(4) == 0,
                            random.nextInt(5) == 0,
                            random.nextInt(4) == 0,
                            directory,
                            random.nextInt(4) > 0,
                            random.nextInt(6) == 0);
            int at = anyHandle();
            Path path = anyPath();
            Object ofReal = run(real, new AsyncSubmission.Open(realHandles.get(at), path, flags));
            Object ofSimulated =
                    run(simulated, new AsyncSubmission.Open(simulatedHandles.get(at), path, flags));
            compare("open " + at + " " + shown(path) + " " + flags, ofReal, ofSimulated);
            if (ofReal instanceof FileHandle handle) {
                boolean leadsUp = path.toString().contains("..");
                if (leadsUp || realHandles.size() == HANDLES_MAX) {
                    closeBoth(handle, (OpenFile) ofSimulated);
                } else {
                    realHandles.add(handle);
                    simulatedHandles.add((OpenFile) ofSimulated);
                    assertThat(((FileHandle) ofSimulated).currentPosition())
                            .as("position", log)
                            .isEqualTo(handle.currentPosition());
                }
            }
        }

        private void closeBoth(OpenFile ofReal, OpenFile ofSimulated) {
            compare(
                    "close",
                    run(real, new AsyncSubmission.CloseFile(ofReal)),
                    run(simulated, new AsyncSubmission.CloseFile(ofSimulated)));
        }

        private static String shown(Path path) {
            String text = path.toString();
            return text.length() > 40 ? text.length() + " characters" : "'" + text + "'";
        }

        private void mkdir() {
            int at = anyHandle();
            Path path = anyPath();
            int mode = random.nextBoolean() ? 0755 : 01700;
            compare(
                    "mkdir " + at + " " + shown(path),
                    run(real, new AsyncSubmission.Mkdir(realHandles.get(at), path, mode)),
                    run(
                            simulated,
                            new AsyncSubmission.Mkdir(simulatedHandles.get(at), path, mode)));
        }

        private void rename() {
            int at = anyHandle();
            Path from = anyPath();
            Path to = anyPath();
            compare(
                    "rename " + at + " " + shown(from) + " to " + shown(to),
                    run(real, new AsyncSubmission.Rename(realHandles.get(at), from, to)),
                    run(simulated, new AsyncSubmission.Rename(simulatedHandles.get(at), from, to)));
        }

        private void truncate() {
            int at = anyHandle();
            long length = random.nextInt(random.nextInt(4) == 0 ? 20_000 : 20);
            compare(
                    "truncate " + at + " to " + length,
                    run(real, new AsyncSubmission.Truncate(realHandles.get(at), length)),
                    run(simulated, new AsyncSubmission.Truncate(simulatedHandles.get(at), length)));
        }

        /** One that leads up would lead elsewhere on the real disk. */
        private void symlink() {
            int at = anyHandle();
            Path path = anyPath();
            Path target = anyPath();
            if (target.toString().contains("..")) {
                target = Path.of("a");
            }
            compare(
                    "symlink " + at + " " + shown(path) + " to " + shown(target),
                    run(real, new FileRequest.Symlink(realHandles.get(at), path, target)),
                    run(
                            simulated,
                            new FileRequest.Symlink(simulatedHandles.get(at), path, target)));
        }

        private void readlink() {
            int at = anyHandle();
            Path path = anyPath();
            compare(
                    "readlink " + at + " " + shown(path),
                    run(real, new FileRequest.Readlink(realHandles.get(at), path)),
                    run(simulated, new FileRequest.Readlink(simulatedHandles.get(at), path)));
        }

        /** The superuser may do anything, whatever it takes from itself. */
        private void chmod() {
            int at = anyHandle();
            Path path = anyPath();
            int mode = random.nextBoolean() ? 0755 : 0700;
            compare(
                    "chmod " + at + " " + shown(path) + " to " + Integer.toOctalString(mode),
                    run(real, new FileRequest.Chmod(realHandles.get(at), path, mode)),
                    run(simulated, new FileRequest.Chmod(simulatedHandles.get(at), path, mode)));
        }

        private void allocate() {
            int at = anyHandle();
            int offset = random.nextInt(20_000);
            int length = 1 + random.nextInt(20_000);
            compare(
                    "allocate " + at + " " + length + " at " + offset,
                    run(real, new FileRequest.Allocate(realHandles.get(at), offset, length)),
                    run(
                            simulated,
                            new FileRequest.Allocate(simulatedHandles.get(at), offset, length)));
        }

        private void delete() {
            int at = anyHandle();
            Path path = anyPath();
            boolean directory = random.nextBoolean();
            compare(
                    "delete " + at + " " + shown(path) + " " + directory,
                    run(real, new AsyncSubmission.Delete(realHandles.get(at), path, directory)),
                    run(
                            simulated,
                            new AsyncSubmission.Delete(simulatedHandles.get(at), path, directory)));
        }

        private void stat() {
            int at = anyHandle();
            Path path = random.nextBoolean() ? Path.of("") : anyPath();
            boolean follows = random.nextBoolean();
            compare(
                    "stat " + at + " " + shown(path),
                    run(real, new AsyncSubmission.StatPath(realHandles.get(at), path, follows)),
                    run(
                            simulated,
                            new AsyncSubmission.StatPath(simulatedHandles.get(at), path, follows)));
        }

        private long anyOffset() {
            return switch (random.nextInt(12)) {
                case 0 -> Long.MAX_VALUE - random.nextInt(3);
                case 1 -> random.nextInt(1 << 20);
                case 2, 3, 4, 5 -> random.nextInt(10_000);
                default -> AsyncSubmission.CURRENT_POSITION;
            };
        }

        private int anyLength() {
            return random.nextInt(random.nextInt(4) == 0 ? 20_000 : 20);
        }

        private static ByteBuffer buffer(int length, boolean direct) {
            return direct ? ByteBuffer.allocateDirect(length) : ByteBuffer.allocate(length);
        }

        private void read() {
            int at = anyHandle();
            long offset = anyOffset();
            int length = anyLength();
            boolean direct = random.nextBoolean();
            ByteBuffer ofReal = buffer(length, direct);
            ByteBuffer ofSimulated = buffer(length, direct);
            compare(
                    "read " + at + " " + length + " at " + offset,
                    run(real, new AsyncSubmission.Read(realHandles.get(at), ofReal, offset)),
                    run(
                            simulated,
                            new AsyncSubmission.Read(
                                    simulatedHandles.get(at), ofSimulated, offset)));
            assertThat(ofSimulated.position()).as("position", log).isEqualTo(ofReal.position());
            assertThat(ofSimulated.flip()).as("bytes", log).isEqualTo(ofReal.flip());
        }

        private void write() {
            int at = anyHandle();
            long offset = anyOffset();
            byte[] bytes = new byte[anyLength()];
            random.nextBytes(bytes);
            boolean direct = random.nextBoolean();
            ByteBuffer ofReal = buffer(bytes.length, direct).put(bytes).flip();
            ByteBuffer ofSimulated = buffer(bytes.length, direct).put(bytes).flip();
            compare(
                    "write " + at + " " + bytes.length + " at " + offset,
                    run(real, new AsyncSubmission.Write(realHandles.get(at), ofReal, offset)),
                    run(
                            simulated,
                            new AsyncSubmission.Write(
                                    simulatedHandles.get(at), ofSimulated, offset)));
            assertThat(ofSimulated.position()).as("position", log).isEqualTo(ofReal.position());
        }

        private void list() {
            int at = anyHandle();
            compare(
                    "list " + at,
                    list(real, realHandles, at),
                    list(simulated, simulatedHandles, at));
        }

        private static Object list(FileCalls calls, List<OpenFile> handles, int at) {
            try {
                List<DirEntry> entries = new ArrayList<>(calls.list((FileHandle) handles.get(at)));
                entries.sort(Comparator.comparing(DirEntry::path));
                return entries;
            } catch (TardyIOException e) {
                return e.error().toString();
            }
        }

        private void close() {
            int at = anyHandle();
            if (at > 0) {
                log.add("close " + at);
                closeBoth(realHandles.remove(at), simulatedHandles.remove(at));
            }
        }

        void closeAll() {
            while (!realHandles.isEmpty()) {
                closeBoth(realHandles.removeLast(), simulatedHandles.removeLast());
            }
        }

        private void compare(String what, Object ofReal, Object ofSimulated) {
            log.add(what + ": " + told(ofReal));
            assertThat(told(ofSimulated)).as(() -> String.join("\n", log)).isEqualTo(told(ofReal));
        }

        private static Object told(Object outcome) {
            return switch (outcome) {
                case Outcome.Failed failed -> Errno.describe(failed.errno());
                case FileHandle handle -> "a handle";
                case Stat stat -> told(stat);
                case null -> "done";
                default -> outcome;
            };
        }

        /** A directory's size and links are its file system's business. */
        private static String told(Stat stat) {
            return stat.isDirectory()
                    ? "directory of mode %o".formatted(stat.mode())
                    : "%s of mode %o, %d bytes, %d links"
                            .formatted(stat.kind(), stat.mode(), stat.size(), stat.links());
        }
    }

    @Test
    void everyOperationEndsAsOnTheRealDisk(@TempDir Path temporary) throws Exception {
        SplittableRandom seeds = new SplittableRandom(Seeds.next("DiskAndSystemTest"));
        for (int run = 0; run < RUNS; run++) {
            Path directory = Files.createDirectory(temporary.resolve("run" + run));
            Pair pair = new Pair(seeds.nextLong(), directory);
            for (int i = 0; i < OPERATIONS; i++) {
                pair.step();
            }
            pair.closeAll();
        }
    }
}
