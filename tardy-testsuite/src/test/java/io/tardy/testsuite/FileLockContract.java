package io.tardy.testsuite;

import static io.tardy.testsuite.FileContract.assertFailure;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.tardy.Deadline;
import io.tardy.Frame;
import io.tardy.FrameFailedException;
import io.tardy.FrameStatus;
import io.tardy.Tardy;
import io.tardy.TardyEntry;
import io.tardy.aio.CancelledException;
import io.tardy.aio.DeadlineExceededException;
import io.tardy.aio.Errno;
import io.tardy.aio.FileMode;
import io.tardy.aio.LockError;
import io.tardy.aio.LockMode;
import io.tardy.fs.File;
import io.tardy.fs.FileLock;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Locks of files: an open file has them, and no thread waits for them. */
interface FileLockContract extends TransportFixture {

    private static File open(Path folder) throws Exception {
        Path path = folder.resolve("locked");
        return File.create(
                path, new io.tardy.fs.CreateFlags(FileMode.READ_WRITE, 0644, false, true));
    }

    private static void assertLocked(File file, LockMode mode, long offset, long length)
            throws Exception {
        assertThat(file.tryLock(mode, offset, length)).isNull();
    }

    @Test
    default void oneOpenFileExcludesAnother(@TempDir Path folder) throws Exception {
        inFrame(
                rt -> {
                    try (File one = open(folder);
                            File other = open(folder)) {
                        FileLock lock = one.lock(LockMode.EXCLUSIVE);
                        assertThat(lock.mode()).isEqualTo(LockMode.EXCLUSIVE);
                        assertLocked(other, LockMode.EXCLUSIVE, 0, Long.MAX_VALUE);
                        assertLocked(other, LockMode.SHARED, 1L << 40, 1);
                        lock.close();
                        lock.close();
                        try (FileLock now = other.tryLock(LockMode.EXCLUSIVE)) {
                            assertThat(now).isNotNull();
                            assertLocked(one, LockMode.SHARED, 0, 1);
                        }
                        one.lock(LockMode.SHARED).close();
                    }
                });
    }

    @Test
    default void sharedLocksAndOtherPartsDoNotExclude(@TempDir Path folder) throws Exception {
        inFrame(
                rt -> {
                    try (File one = open(folder);
                            File other = open(folder);
                            FileLock shared = one.lock(LockMode.SHARED, 0, 10);
                            FileLock own = one.lock(LockMode.EXCLUSIVE, 10, 10);
                            FileLock too = other.lock(LockMode.SHARED, 5, 5);
                            FileLock behind = other.lock(LockMode.EXCLUSIVE, 20, 1)) {
                        assertThat(shared.offset() + shared.length()).isEqualTo(own.offset());
                        assertThat(too.length()).isEqualTo(5);
                        assertLocked(other, LockMode.EXCLUSIVE, 0, 5);
                        assertLocked(other, LockMode.SHARED, 10, 1);
                        assertLocked(one, LockMode.SHARED, 20, 5);
                        assertThat(behind.offset()).isEqualTo(20);
                    }
                });
    }

    @Test
    default void whoWaitsGetsTheLockWhenItIsGivenBack(@TempDir Path folder) throws Exception {
        inFrame(
                rt -> {
                    try (File one = open(folder);
                            File other = open(folder)) {
                        FileLock lock = one.lock(LockMode.EXCLUSIVE);
                        Frame<Void> waiting =
                                rt.spawn(() -> other.lock(LockMode.EXCLUSIVE, 3, 1).close());
                        for (int i = 0; i < 5; i++) {
                            Frame.delay(Duration.ofMillis(1));
                        }
                        assertThat(waiting.status()).isEqualTo(FrameStatus.ALIVE);
                        lock.close();
                        waiting.join();
                    }
                });
    }

    @Test
    default void theLocksOfAFileEndWithIt(@TempDir Path folder) throws Exception {
        inFrame(
                rt -> {
                    File one = open(folder);
                    try (File other = open(folder)) {
                        FileLock lock = one.lock(LockMode.EXCLUSIVE);
                        Frame<Void> waiting =
                                rt.spawn(() -> other.lock(LockMode.EXCLUSIVE).close());
                        open(folder).close(); // another one, of the same process
                        Frame.delay(Duration.ofMillis(1));
                        assertThat(waiting.status()).isEqualTo(FrameStatus.ALIVE);
                        one.close();
                        waiting.join();
                        lock.close(); // which does nothing
                        assertFailure(
                                () -> one.lock(LockMode.SHARED), LockError.INVALID_FD, Errno.EBADF);
                    }
                });
    }

    @Test
    default void aWaitEndsByACancelAndByADeadlineAndLeavesNothing(@TempDir Path folder)
            throws Exception {
        inFrame(
                rt -> {
                    try (File one = open(folder);
                            File other = open(folder)) {
                        FileLock lock = one.lock(LockMode.EXCLUSIVE);
                        assertThatExceptionOfType(DeadlineExceededException.class)
                                .isThrownBy(
                                        () ->
                                                Deadline.within(
                                                        Duration.ofMillis(10),
                                                        () -> other.lock(LockMode.EXCLUSIVE)));
                        Frame<Void> waiting =
                                rt.spawn(() -> other.lock(LockMode.EXCLUSIVE).close());
                        Frame.delay(Duration.ofMillis(1));
                        waiting.cancel();
                        assertThatExceptionOfType(FrameFailedException.class)
                                .isThrownBy(waiting::join)
                                .withRootCauseInstanceOf(CancelledException.class);
                        lock.close();
                        one.lock(LockMode.EXCLUSIVE).close();
                        other.lock(LockMode.EXCLUSIVE).close();
                    }
                });
    }

    @Test
    default void aCancelledFrameGivesItsLockBack(@TempDir Path folder) throws Exception {
        inFrame(
                rt -> {
                    try (File one = open(folder);
                            File other = open(folder)) {
                        Frame<Void> holder =
                                rt.spawn(
                                        () -> {
                                            try (FileLock lock = one.lock(LockMode.EXCLUSIVE)) {
                                                Frame.delay(Duration.ofMinutes(10));
                                                lock.close();
                                            }
                                        });
                        for (FileLock free; (free = other.tryLock(LockMode.SHARED)) != null; ) {
                            free.close();
                            Frame.delay(Duration.ofMillis(1));
                        }
                        holder.cancel();
                        assertThatExceptionOfType(FrameFailedException.class)
                                .isThrownBy(holder::join)
                                .withRootCauseInstanceOf(CancelledException.class);
                        try (FileLock now = other.tryLock(LockMode.EXCLUSIVE)) {
                            assertThat(now).isNotNull();
                        }
                    }
                });
    }

    @Test
    default void whatWouldGiveTwoFramesTheSameLockIsRefused(@TempDir Path folder) throws Exception {
        inFrame(
                rt -> {
                    try (File file = open(folder);
                            FileLock lock = file.lock(LockMode.EXCLUSIVE, 10, 10)) {
                        assertThatIllegalStateException()
                                .isThrownBy(() -> file.tryLock(LockMode.SHARED, 19, 1))
                                .withMessageContaining("Mutex");
                        file.lock(LockMode.EXCLUSIVE, 20, 1).close();
                        file.lock(LockMode.EXCLUSIVE, 0, 10).close();
                        assertThatIllegalArgumentException()
                                .isThrownBy(() -> file.lock(LockMode.SHARED, 0, 0));
                        assertThatIllegalArgumentException()
                                .isThrownBy(() -> file.lock(LockMode.SHARED, -1, 1));
                        assertThatIllegalArgumentException()
                                .isThrownBy(() -> file.lock(LockMode.SHARED, 1, Long.MAX_VALUE));
                        assertThat(lock.length()).isEqualTo(10);
                    }
                });
    }

    @Test
    default void aLockNeedsAFileThatIsOpenForIt(@TempDir Path folder) throws Exception {
        inFrame(
                rt -> {
                    open(folder).close();
                    Path path = folder.resolve("locked");
                    try (File reads = File.open(path);
                            File writes = File.open(path, FileMode.WRITE)) {
                        assertFailure(
                                () -> reads.lock(LockMode.EXCLUSIVE),
                                LockError.INVALID_FD,
                                Errno.EBADF);
                        assertFailure(
                                () -> writes.tryLock(LockMode.SHARED),
                                LockError.INVALID_FD,
                                Errno.EBADF);
                        reads.lock(LockMode.SHARED).close();
                    }
                });
    }

    /** Its locks are the process's, which the system holds against ours all the same. */
    @Test
    @NotSimulated(NotSimulated.FILES)
    default void theJdkSeesOurLocks(@TempDir Path folder) throws Exception {
        inFrame(
                rt -> {
                    try (File file = open(folder);
                            FileChannel channel =
                                    FileChannel.open(
                                            folder.resolve("locked"), StandardOpenOption.WRITE)) {
                        try (FileLock lock = file.lock(LockMode.EXCLUSIVE, 0, 5)) {
                            assertThat(channel.tryLock(4, 1, false)).isNull();
                            assertThat(channel.tryLock(lock.length(), 1, false)).isNotNull();
                        }
                        assertThat(channel.tryLock(4, 1, false)).isNotNull();
                        assertLocked(file, LockMode.SHARED, 4, 1);
                    }
                });
    }

    /** A file that others share lives on, and its locks with it. */
    @Test
    @NotSimulated(NotSimulated.ENTRY)
    default void aFrameThatOutlivesItsRuntimeGivesItsLockBack(@TempDir Path folder)
            throws Exception {
        CompletableFuture<File> locked = new CompletableFuture<>();
        CompletableFuture<Void> goOn = new CompletableFuture<>();
        CompletableFuture<Void> released = new CompletableFuture<>();
        try (Tardy tardy = tardy().stopTimeout(Duration.ofMillis(10)).build()) {
            TardyEntry entry =
                    tardy.entryInNewThread(
                            rt -> rt.spawn(() -> lockUntil(folder, locked, goOn, released)));
            locked.get(patience().toSeconds(), TimeUnit.SECONDS);
            entry.stop();
            entry.await();
        }
        goOn.complete(null);
        released.get(patience().toSeconds(), TimeUnit.SECONDS);
        inFrame(
                rt -> {
                    try (File shared = locked.join();
                            File other = open(folder);
                            FileLock lock = other.tryLock(LockMode.EXCLUSIVE)) {
                        assertThat(lock).isNotNull();
                        assertThat(shared.isClosed()).isFalse();
                    }
                });
    }

    private static void lockUntil(
            Path folder,
            CompletableFuture<File> locked,
            CompletableFuture<Void> goOn,
            CompletableFuture<Void> released)
            throws Exception {
        File file = open(folder);
        try (FileLock lock = file.lock(LockMode.EXCLUSIVE)) {
            assertThat(lock.mode()).isEqualTo(LockMode.EXCLUSIVE);
            locked.complete(file);
            goOn.join(); // not interruptible
        } catch (Throwable e) {
            released.completeExceptionally(e);
            throw e;
        }
        released.complete(null);
    }
}
