package io.tardy.sim.disk;

import static io.tardy.sim.disk.DiskScene.assertFails;
import static io.tardy.sim.disk.DiskScene.opened;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tardy.aio.AsyncOpenFlags;
import io.tardy.aio.AsyncSubmission;
import io.tardy.aio.DirEntry;
import io.tardy.aio.Errno;
import io.tardy.aio.FileKind;
import io.tardy.aio.FileMode;
import io.tardy.aio.Stat;
import io.tardy.aio.TardyIOException;
import io.tardy.os.FileHandle.CurrentPosition;
import io.tardy.sim.faults.DiskFaults;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What {@link DiskAndSystemTest} does not reach, and each fault. */
class DiskTest {

    private static final long AT_POSITION = AsyncSubmission.CURRENT_POSITION;

    private final DiskScene world = new DiskScene();

    /** What a socket does with what is sent from a file. */
    private static final class Taker {
        private final ByteBuffer taken = ByteBuffer.allocate(1024);
        private int room;

        Taker(int room) {
            this.room = room;
        }

        int send(ByteBuffer from) {
            if (room == 0) {
                return -Errno.EAGAIN.number();
            }
            int count = Math.min(room, from.remaining());
            for (int i = 0; i < count; i++) {
                taken.put(from.get());
            }
            room -= count;
            return count;
        }
    }

    @Test
    void aDescriptorIsClosedOnceAndThenNotUsed() {
        SimFile file = world.open("/log", DiskScene.CREATE);
        assertThat(file.closeDescriptor()).isZero();

        assertThatThrownBy(file::closeDescriptor).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> world.write(file, "hello", 0))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("/log");
    }

    @Test
    void whatIsWrittenIsRead() {
        SimFile file = world.open("/log", DiskScene.CREATE);

        assertThat(world.write(file, "hello", 0)).isEqualTo(5);
        assertThat(world.write(file, "world", 8)).isEqualTo(5);

        assertThat(world.content("/log")).isEqualTo("hello...world");
        assertThat(world.stat("/log").size()).isEqualTo(13);
    }

    @Test
    void aRelativePathBeginsAtTheRoot() {
        world.put("log", "here");

        assertThat(world.content("/log")).isEqualTo("here");
        assertThat(world.content("/../.././log")).isEqualTo("here");
    }

    @Test
    void aHandleKeepsThePositionThatIsTheSystems() {
        world.put("/log", "0123456789");
        SimFile file = world.open("/log", DiskScene.append(FileMode.READ_WRITE));
        assertThat(file.currentPosition()).isEqualTo(CurrentPosition.SYSTEMS);

        assertThat(world.read(file, ByteBuffer.allocate(4), AT_POSITION)).isEqualTo(4);
        file.unread(1);
        ByteBuffer one = ByteBuffer.allocate(1);
        assertThat(world.read(file, one, AT_POSITION)).isEqualTo(1);
        assertThat(one.get(0)).isEqualTo((byte) '3');

        assertThat(world.write(file, "end", AT_POSITION)).isEqualTo(3);
        assertThat(world.read(file, one.clear(), AT_POSITION)).isEqualTo(0);
        assertThat(world.content("/log")).isEqualTo("0123456789end");
    }

    @Test
    void aFileThatIsOnlyAppendedToHasNoPosition() {
        SimFile file = world.open("/log", DiskScene.append(FileMode.WRITE));

        assertThat(file.currentPosition()).isEqualTo(CurrentPosition.NONE);
        assertThat(world.write(file, "one", 0)).isEqualTo(3);
        assertThat(world.write(file, "two", 0)).isEqualTo(3);
        assertThat(world.content("/log")).isEqualTo("onetwo");
    }

    @Test
    void aFileHasTimes() {
        world.put("/log", "a");
        world.now = world.now.plusSeconds(1);
        SimFile file = world.open("/log", DiskScene.UPDATE);
        world.write(file, "b", 0);
        world.now = world.now.plusSeconds(1);
        world.read(file, ByteBuffer.allocate(1), 0);

        Stat stat = world.stat("/log");
        assertThat(stat.created().getEpochSecond()).isEqualTo(0);
        assertThat(stat.modified().getEpochSecond()).isEqualTo(1);
        assertThat(stat.changed().getEpochSecond()).isEqualTo(1);
        assertThat(stat.accessed().getEpochSecond()).isEqualTo(2);
        assertThat(world.stat("/").modified().getEpochSecond()).isEqualTo(0);
    }

    @Test
    void aDeletedFileLivesUntilItIsClosed() {
        world.disk.setFaults(DiskFaults.none().withCapacity(4096));
        world.put("/old", "old");
        SimFile old = world.open("/old", DiskScene.READ);
        assertThat(world.delete("/old")).isNull();
        SimFile next = world.open("/next", DiskScene.CREATE);

        assertThat(world.read(old, ByteBuffer.allocate(9), 0)).isEqualTo(3);
        assertFails(world.write(next, "x", 0), Errno.ENOSPC);

        assertThat(world.close(old)).isNull();
        assertThat(world.write(next, "x", 0)).isEqualTo(1);
    }

    @Test
    void pathsBeginAtTheDirectoryThatIsOpen() {
        world.mkdir("/data");
        SimFile data = world.open("/data", DiskScene.DIRECTORY);

        SimFile log = opened(world.tryOpen(data, "log", DiskScene.CREATE));
        assertThat(log).hasToString("file /data/log");
        assertThat(world.tryStat("/data/log")).isInstanceOf(Stat.class);

        opened(world.tryOpen(data, "/log", DiskScene.CREATE));
        assertThat(world.tryStat("/log")).isInstanceOf(Stat.class);
        assertFails(world.tryOpen(log, "log", DiskScene.READ), Errno.ENOTDIR);
    }

    @Test
    void ownersBitsCount() {
        world.open("/reads", DiskScene.permissions(0444));
        world.open("/writes", DiskScene.permissions(0222));
        world.run(new AsyncSubmission.Mkdir(null, Path.of("/shut"), 0600));
        world.run(new AsyncSubmission.Mkdir(null, Path.of("/fixed"), 0555));

        assertThat(world.stat("/writes").mode()).isEqualTo(0200); // the umask
        assertFails(world.tryOpen("/reads", DiskScene.WRITE), Errno.EACCES);
        assertFails(world.tryOpen("/reads", DiskScene.EMPTIED), Errno.EACCES);
        assertFails(world.tryOpen("/writes", DiskScene.READ), Errno.EACCES);
        assertFails(world.tryStat("/shut/a"), Errno.EACCES);
        assertFails(world.tryOpen("/fixed/a", DiskScene.CREATE), Errno.EACCES);
        assertFails(world.mkdir("/fixed/a"), Errno.EACCES);
    }

    @Test
    void aDirectoryIsNotMadeByAnOpenThatCreates() {
        var flags =
                AsyncOpenFlags.of(FileMode.READ).withCreate().withPermissions(0755).withDirectory();

        assertFails(world.tryOpen("/data", flags), Errno.EINVAL);
    }

    @Test
    void aFileEndsWhereTheFileSystemDoes() {
        SimFile file = world.open("/log", DiskScene.CREATE);
        long end = (1L << 44) - 4096;

        assertThat(world.write(file, "abc", end - 2)).isEqualTo(2);
        assertFails(world.write(file, "abc", end), Errno.EFBIG);
        assertFails(world.write(file, "abc", Long.MAX_VALUE), Errno.EINVAL);
        assertThat(world.stat("/log").size()).isEqualTo(end);
    }

    @Test
    void theRootCannotBeDeleted() {
        assertFails(world.deleteDirectory("/"), Errno.EBUSY);
        assertFails(world.delete("/"), Errno.EISDIR);
        assertFails(world.mkdir("/"), Errno.EEXIST);
    }

    @Test
    void aDirectoryIsListed() throws Exception {
        world.mkdir("/data");
        world.put("/log", "");

        assertThat(world.disk.list(null))
                .containsExactlyInAnyOrder(
                        new DirEntry(Path.of("data"), FileKind.DIRECTORY),
                        new DirEntry(Path.of("log"), FileKind.FILE));
        SimFile file = world.open("/log", DiskScene.READ);
        assertThatThrownBy(() -> file.calls().list(file))
                .isInstanceOfSatisfying(
                        TardyIOException.class,
                        e -> assertThat(e.errno()).isEqualTo(Errno.ENOTDIR.number()));
    }

    @Test
    void aHandleOfAnotherDiskIsRefused() {
        SimFile others = new DiskScene().open("/log", DiskScene.CREATE);

        assertThatThrownBy(() -> world.write(others, "x", 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("file /log is not of the disk of host, and cannot be used on it");
    }

    @Test
    void aFileIsSentAsFarAsTheSocketTakesIt() {
        world.put("/log", "0123456789");
        SimFile file = world.open("/log", DiskScene.READ);
        Taker socket = new Taker(7);

        assertThat(send(file, socket, 2, 4)).isEqualTo(4);
        assertThat(send(file, socket, AT_POSITION, 100)).isEqualTo(3);
        assertThat(send(file, socket, AT_POSITION, 100)).isEqualTo(-Errno.ENOSYS.number());
        socket.room = 100;
        assertThat(send(file, socket, AT_POSITION, 100)).isEqualTo(7);
        assertThat(send(file, socket, AT_POSITION, 100)).isEqualTo(0);

        assertThat(new String(socket.taken.array(), 0, socket.taken.position()))
                .isEqualTo("23450123456789");
        assertThat(send(world.open("/log", DiskScene.WRITE), socket, 0, 1))
                .isEqualTo(-Errno.EBADF.number());
        assertThat(send(world.open("/", DiskScene.READ), socket, 0, 1))
                .isEqualTo(-Errno.EINVAL.number());
    }

    private int send(SimFile file, Taker socket, long offset, int count) {
        return world.disk.send(file, socket::send, offset, count);
    }

    @Test
    void aShortReadOrWriteMovesAtLeastOneByte() {
        world.disk.setFaults(DiskFaults.none().withShort(1, 1));
        SimFile file = world.open("/log", DiskScene.CREATE);

        int written = (Integer) world.write(file, "0123456789", 0);
        assertThat(written).isBetween(1, 9);
        assertThat(world.write(file, "0", 9)).isEqualTo(1);
        ByteBuffer into = ByteBuffer.allocate(20);
        int read = (Integer) world.read(file, into, 0);
        assertThat(read).isBetween(1, 9).isEqualTo(into.position());

        assertThat(world.disk.reached())
                .containsOnly(Map.entry("short read", 1L), Map.entry("short write", 1L));
    }

    @Test
    void operationsFailWithAnInputOutputError() {
        world.put("/log", "old");
        SimFile file = world.open("/log", DiskScene.UPDATE);
        world.disk.setFaults(DiskFaults.none().withErrors(1, 1, 1, 1));

        assertFails(world.read(file, ByteBuffer.allocate(1), 0), Errno.EIO);
        ByteBuffer from = ByteBuffer.wrap(new byte[9]);
        assertFails(world.disk.run(new AsyncSubmission.Write(file, from, 3), 3), Errno.EIO);
        assertThat(from.position()).isZero();
        assertFails(world.tryOpen("/log", DiskScene.READ), Errno.EIO);
        assertFails(world.tryStat("/log"), Errno.EIO);
        assertFails(world.mkdir("/data"), Errno.EIO);
        assertFails(world.delete("/log"), Errno.EIO);
        assertFails(world.disk.run(new AsyncSubmission.Sync(file, false), -1), Errno.EIO);
        assertThatThrownBy(() -> world.disk.list(null)).isInstanceOf(TardyIOException.class);
        assertThat(world.close(file)).isNull();

        world.disk.setFaults(DiskFaults.none());
        assertThat(world.tryOpen("/data", DiskScene.READ)).isNotInstanceOf(SimFile.class);
        assertThat(world.content("/log")).startsWith("old").matches("old\\.{0,9}");
        assertThat(world.disk.reached())
                .containsEntry("read error", 1L)
                .containsEntry("write error", 1L)
                .containsEntry("path error", 5L)
                .containsEntry("sync error", 1L);
    }

    @Test
    void aFullDiskTakesWhatItHasRoomFor() {
        world.disk.setFaults(DiskFaults.none().withCapacity(2 * 4096));
        SimFile file = world.open("/log", DiskScene.CREATE);

        assertThat(world.write(file, DiskScene.many('a', 10_000), 100)).isEqualTo(2 * 4096 - 100);
        assertFails(world.write(file, "b", 2 * 4096), Errno.ENOSPC);
        assertThat(world.write(file, "b", 0)).isEqualTo(1); // that page is there

        assertThat(world.disk.reached()).containsEntry("disk full", 2L);
        world.open("/log", DiskScene.EMPTIED);
        assertThat(world.write(file, "b", 1 << 20)).isEqualTo(1); // a hole takes no room
    }

    @Test
    void anOperationTakesTime() {
        AsyncSubmission.OnFile stat = new AsyncSubmission.StatPath(null, Path.of("/"), true);
        world.disk.setFaults(DiskFaults.none().withLatency(5, 9));
        assertThat(world.disk.delayNanos(stat)).isBetween(5L, 9L);

        world.disk.setFaults(DiskFaults.none().withLatency(7, 7).withSlow(1, 1000));
        assertThat(world.disk.delayNanos(stat)).isBetween(8L, 1007L);
        assertThat(world.disk.reached()).containsEntry("slow disk", 1L);
        assertThat(world.trace.getLast()).startsWith("host: slow disk: ").endsWith("to stat /");
    }

    @Test
    void theTraceTellsWhatHappens() {
        world.mkdir("/data");
        SimFile file = world.open("/data/log", DiskScene.CREATE);
        world.write(file, "hello", 0);
        world.read(file, ByteBuffer.allocate(9), 1);
        world.disk.run(new AsyncSubmission.Sync(file, false), -1);
        world.close(file);
        world.delete("/data");

        assertThat(world.trace)
                .isEqualTo(
                        List.of(
                                "host: make directory /data",
                                "host: create /data/log",
                                "host: write 5 bytes at 0 of /data/log",
                                "host: read 4 bytes at 1 of /data/log",
                                "host: sync file /data/log",
                                "host: close /data/log",
                                "host: delete /data fails: EISDIR, errno 21"));
    }
}
