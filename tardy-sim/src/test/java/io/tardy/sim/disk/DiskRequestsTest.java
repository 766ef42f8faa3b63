package io.tardy.sim.disk;

import static io.tardy.sim.disk.DiskScene.assertFails;
import static org.assertj.core.api.Assertions.assertThat;

import io.tardy.aio.AsyncOpenFlags;
import io.tardy.aio.AsyncSubmission;
import io.tardy.aio.Errno;
import io.tardy.aio.FileMode;
import io.tardy.aio.FileRequest;
import io.tardy.aio.LockMode;
import io.tardy.sim.faults.DiskFaults;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** Links, room, locks and the like of a disk; what a real one does too, DiskAndSystemTest tries. */
class DiskRequestsTest {

    private static final int SECTOR = 512;

    private DiskScene world = new DiskScene();

    private Object symlink(String target, String path) {
        return world.run(new FileRequest.Symlink(null, Path.of(path), Path.of(target)));
    }

    private Object lock(SimFile file, LockMode mode, long offset, long length) {
        return world.run(new FileRequest.Lock(file, mode, offset, length));
    }

    private Object unlock(SimFile file, long offset, long length) {
        return world.run(new FileRequest.Unlock(file, offset, length));
    }

    @Test
    void aLinkThatNobodySyncedIsLost() {
        world = new DiskScene(1, DiskFaults.none().withCrash(1, 0, 1));
        world.putSynced("/data", "text");
        symlink("data", "/synced");
        SimFile root = world.open("/", DiskScene.DIRECTORY);
        assertThat(world.run(new AsyncSubmission.Sync(root, false))).isNull();
        symlink("data", "/lost");

        world.disk.crash();

        assertThat(world.content("/synced")).isEqualTo("text");
        assertFails(world.tryStat("/lost"), Errno.ENOENT);
    }

    @Test
    void anAbsoluteLinkBeginsAtTheRoot() {
        world.mkdir("/a");
        world.put("/b", "text");
        assertThat(symlink("/b", "/a/link")).isNull();
        assertThat(symlink("link", "/a/again")).isNull();

        assertThat(world.content("/a/again")).isEqualTo("text");
        assertThat(world.run(new FileRequest.Readlink(null, Path.of("/a/link"))))
                .isEqualTo(Path.of("/b"));
    }

    @Test
    void filesHaveOneName() {
        world.put("/a", "text");
        assertFails(
                world.run(new FileRequest.Link(null, Path.of("/a"), Path.of("/b"))), Errno.EPERM);
        assertFails(
                world.run(new FileRequest.Link(null, Path.of("/none"), Path.of("/b"))),
                Errno.ENOENT);
        assertFails(
                world.run(new FileRequest.Link(null, Path.of("/a"), Path.of("/a"))), Errno.EEXIST);
        assertFails(
                world.tryOpen("/", AsyncOpenFlags.of(FileMode.WRITE).withUnnamed()),
                Errno.EOPNOTSUPP);
    }

    @Test
    void permissionsCount() {
        world.put("/a", "text");
        assertThat(world.run(new FileRequest.Chmod(null, Path.of("/a"), 0200))).isNull();

        assertFails(world.tryOpen("/a", DiskScene.READ), Errno.EACCES);
        assertThat(world.stat("/a").mode()).isEqualTo(0200);
    }

    @Test
    void whatIsAllocatedIsNotFull() {
        world.disk.setFaults(DiskFaults.none().withCapacity(2 * 4096));
        SimFile kept = world.open("/kept", DiskScene.CREATE);
        assertFails(world.run(new FileRequest.Allocate(kept, 0, 2 * 4096 + 1)), Errno.ENOSPC);
        assertThat(world.run(new FileRequest.Allocate(kept, 4095, 2))).isNull();
        assertThat(world.stat("/kept").size()).isEqualTo(4097);
        assertThat(world.stat("/kept").blocks()).isEqualTo(16);

        SimFile other = world.open("/other", DiskScene.CREATE);
        assertFails(world.write(other, "x", 0), Errno.ENOSPC);
        assertThat(world.write(kept, "abc", 4096)).isEqualTo(3);
        assertThat(world.write(kept, "z", 0)).isEqualTo(1);
        assertThat(world.content("/kept")).startsWith("z...").endsWith("...abc");
    }

    @Test
    void aLockIsOfAnOpenFile() {
        SimFile one = world.open("/a", DiskScene.CREATE);
        SimFile other = world.open("/a", DiskScene.CREATE);
        assertThat(lock(one, LockMode.EXCLUSIVE, 10, 10)).isNull();
        assertFails(lock(other, LockMode.SHARED, 19, 1), Errno.EAGAIN);
        assertThat(lock(other, LockMode.SHARED, 20, 1)).isNull();
        assertThat(lock(one, LockMode.SHARED, 0, 15)).isNull(); // some of it is shared now
        assertThat(lock(other, LockMode.SHARED, 10, 5)).isNull();
        assertFails(lock(other, LockMode.SHARED, 15, 1), Errno.EAGAIN);
        assertThat(unlock(one, 16, 2)).isNull();
        assertThat(lock(other, LockMode.EXCLUSIVE, 16, 2)).isNull();
        assertFails(lock(other, LockMode.EXCLUSIVE, 18, 1), Errno.EAGAIN);
        assertFails(lock(other, LockMode.EXCLUSIVE, 15, 1), Errno.EAGAIN);

        world.close(one);
        assertThat(lock(other, LockMode.EXCLUSIVE, 0, Long.MAX_VALUE)).isNull();
        world.disk.restart();
        SimFile next = world.open("/a", DiskScene.CREATE);
        assertThat(lock(next, LockMode.EXCLUSIVE, 0, 1)).isNull();
    }

    @Test
    void pastTheCacheGoWholeSectors() {
        AsyncOpenFlags flags = AsyncOpenFlags.of(FileMode.READ_WRITE).withCreate().withDirect();
        SimFile file = world.open("/direct", flags);
        ByteBuffer room = ByteBuffer.allocateDirect(3 * SECTOR).alignedSlice(SECTOR);

        assertThat(write(file, room.slice(0, SECTOR), SECTOR)).isEqualTo(SECTOR);
        assertFails(write(file, room.slice(0, SECTOR), 1), Errno.EINVAL);
        assertFails(write(file, room.slice(0, SECTOR - 1), 0), Errno.EINVAL);
        assertFails(write(file, room.slice(1, SECTOR), 0), Errno.EINVAL);
        assertFails(write(file, ByteBuffer.allocate(SECTOR), 0), Errno.EINVAL);
    }

    private Object write(SimFile file, ByteBuffer from, long offset) {
        return world.disk.run(new AsyncSubmission.Write(file, from, offset), offset);
    }
}
