package io.tardy.sim.disk;

import static org.assertj.core.api.Assertions.assertThat;

import io.tardy.aio.AsyncOpenFlags;
import io.tardy.aio.AsyncSubmission;
import io.tardy.aio.DirEntry;
import io.tardy.aio.Errno;
import io.tardy.aio.FileKind;
import io.tardy.aio.FileMode;
import io.tardy.aio.OpenFile;
import io.tardy.aio.Stat;
import io.tardy.aio.TardyIOException;
import io.tardy.os.Outcome;
import io.tardy.sim.faults.DiskFaults;
import io.tardy.sim.time.Dice;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** A disk with its trace and its clock, and the operations in short words. */
final class DiskScene {

    static final AsyncOpenFlags READ = AsyncOpenFlags.READ;
    static final AsyncOpenFlags DIRECTORY = AsyncOpenFlags.DIRECTORY;
    static final AsyncOpenFlags WRITE = AsyncOpenFlags.of(FileMode.WRITE);
    static final AsyncOpenFlags UPDATE = AsyncOpenFlags.of(FileMode.READ_WRITE);
    static final AsyncOpenFlags CREATE = create(FileMode.READ_WRITE, false);
    static final AsyncOpenFlags CREATE_SYNCED = create(FileMode.READ_WRITE, true);
    static final AsyncOpenFlags EMPTIED =
            AsyncOpenFlags.of(FileMode.READ_WRITE)
                    .withCreate()
                    .withPermissions(0644)
                    .withTruncate();
    static final AsyncOpenFlags EXCLUSIVE =
            AsyncOpenFlags.of(FileMode.READ_WRITE).withExclusive().withPermissions(0644);

    final List<String> trace = new ArrayList<>();
    Instant now = Instant.EPOCH;
    final Disk disk;

    DiskScene(long seed, DiskFaults faults) {
        disk =
                new Disk(
                        "host",
                        new Dice(seed),
                        (host, what) -> trace.add(host + ": " + what),
                        () -> now,
                        faults);
    }

    DiskScene() {
        this(1, DiskFaults.none());
    }

    static AsyncOpenFlags create(FileMode mode, boolean sync) {
        AsyncOpenFlags flags = AsyncOpenFlags.of(mode).withCreate().withPermissions(0644);
        return sync ? flags.withSync() : flags;
    }

    static AsyncOpenFlags append(FileMode mode) {
        return AsyncOpenFlags.of(mode).withCreate().withPermissions(0644).withAppend();
    }

    static AsyncOpenFlags permissions(int permissions) {
        return AsyncOpenFlags.of(FileMode.READ_WRITE).withCreate().withPermissions(permissions);
    }

    Object run(AsyncSubmission.OnFile submission) {
        return disk.run(submission, AsyncSubmission.CURRENT_POSITION);
    }

    Object tryOpen(OpenFile directory, String path, AsyncOpenFlags flags) {
        return run(new AsyncSubmission.Open(directory, Path.of(path), flags));
    }

    Object tryOpen(String path, AsyncOpenFlags flags) {
        return tryOpen(null, path, flags);
    }

    SimFile open(String path, AsyncOpenFlags flags) {
        return opened(tryOpen(path, flags));
    }

    static SimFile opened(Object outcome) {
        assertThat(outcome).isInstanceOf(SimFile.class);
        return (SimFile) outcome;
    }

    Object rename(String from, String to) {
        return run(new AsyncSubmission.Rename(null, Path.of(from), Path.of(to)));
    }

    /** Of all files below a directory. */
    List<String> contents(String directory) throws TardyIOException {
        List<String> found = new ArrayList<>();
        SimFile opened = open(directory, DIRECTORY);
        for (DirEntry entry : disk.list(opened)) {
            String path = Path.of(directory).resolve(entry.path()).toString();
            if (entry.kind() == FileKind.DIRECTORY) {
                found.addAll(contents(path));
            } else {
                found.add(content(path));
            }
        }
        close(opened);
        return found;
    }

    Object truncate(SimFile file, long length) {
        return run(new AsyncSubmission.Truncate(file, length));
    }

    Object mkdir(String path) {
        return run(new AsyncSubmission.Mkdir(null, Path.of(path), 0777));
    }

    Object delete(String path) {
        return run(new AsyncSubmission.Delete(null, Path.of(path), false));
    }

    Object deleteDirectory(String path) {
        return run(new AsyncSubmission.Delete(null, Path.of(path), true));
    }

    Object tryStat(String path) {
        return run(new AsyncSubmission.StatPath(null, Path.of(path), true));
    }

    Stat stat(String path) {
        Object outcome = tryStat(path);
        assertThat(outcome).isInstanceOf(Stat.class);
        return (Stat) outcome;
    }

    Object close(OpenFile file) {
        return run(new AsyncSubmission.CloseFile(file));
    }

    Object write(OpenFile file, String text, long offset) {
        ByteBuffer from = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
        return disk.run(new AsyncSubmission.Write(file, from, offset), offset);
    }

    Object read(OpenFile file, ByteBuffer into, long offset) {
        return disk.run(new AsyncSubmission.Read(file, into, offset), offset);
    }

    /** Many bytes of one kind. */
    static String many(char what, int count) {
        return String.valueOf(what).repeat(count);
    }

    /** All that is in a file, read in one go; zeros are dots. */
    String content(String path) {
        SimFile file = open(path, READ);
        ByteBuffer into = ByteBuffer.allocate((int) stat(path).size() + 1);
        assertThat(read(file, into, 0)).isInstanceOf(Integer.class);
        close(file);
        return StandardCharsets.UTF_8.decode(into.flip()).toString().replace('\0', '.');
    }

    void put(String path, String text) {
        SimFile file = open(path, EMPTIED);
        assertThat(write(file, text, 0)).isEqualTo(text.length());
        close(file);
    }

    void putSynced(String path, String text) {
        put(path, text);
        SimFile file = open(path, READ);
        assertThat(disk.run(new AsyncSubmission.Sync(file, false), -1)).isNull();
        close(file);
    }

    static void assertFails(Object outcome, Errno errno) {
        assertThat(outcome).isInstanceOf(Outcome.Failed.class);
        assertThat(Errno.of(((Outcome.Failed) outcome).errno())).isEqualTo(errno);
    }
}
