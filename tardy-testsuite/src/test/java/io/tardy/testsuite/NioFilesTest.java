package io.tardy.testsuite;

import static io.tardy.testsuite.FileContract.assertFailure;
import static org.assertj.core.api.Assertions.assertThat;

import io.tardy.aio.AsyncOpenFlags;
import io.tardy.aio.AsyncType;
import io.tardy.aio.Errno;
import io.tardy.aio.FileMode;
import io.tardy.aio.OpenError;
import io.tardy.fs.CreateFlags;
import io.tardy.fs.Dir;
import io.tardy.fs.File;
import io.tardy.os.FileCalls;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Disabled;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The contracts of files with the calls that other systems than Linux have: through the JDK. The
 * build runs it in a JVM of its own, where {@code FileCalls} is told so.
 *
 * <p>{@link FileDeadlineContract} is missing: what waits for a file cannot be given up there.
 */
@Tag("files-of-the-jdk")
class NioFilesTest
        implements FileContract,
                FilePositionContract,
                FullDiskContract,
                ForeignPathContract,
                DirContract,
                LinkContract,
                TempFileContract,
                DirectFileContract,
                FileLockContract,
                DirWatchContract,
                FifoContract,
                SendFileContract,
                OffloadContract {

    @Override
    public AsyncType transport() {
        return AsyncType.POLL;
    }

    @Override
    public boolean hasWatches() {
        return false;
    }

    @Test
    @Disabled("the JDK's locks are the process's: it knows of its own channels only")
    @Override
    public void theJdkSeesOurLocks(Path folder) {}

    @Test
    @Disabled("nor does it let two of its channels share")
    @Override
    public void sharedLocksAndOtherPartsDoNotExclude(Path folder) {}

    @Test
    @Disabled("closing any channel of a file ends all locks that the process has of it")
    @Override
    public void theLocksOfAFileEndWithIt(Path folder) {}

    @Test
    void theCallsAreTheJdks() {
        assertThat(FileCalls.system().getClass().getSimpleName()).isEqualTo("NioFileCalls");
    }

    @Test
    @Disabled("a directory is its path here: see the next test")
    @Override
    public void pathsBeginAtTheDirectoryAlsoAfterItHasMoved(Path folder) {}

    @Test
    @Disabled("what is opened to read and append can only append here")
    @Override
    public void whatIsAppendedGoesToTheEndAndIsNotReadAgain(Path folder) {}

    @Test
    @Disabled("a channel of the JDK's does one thing at a time at its position")
    @Override
    public void aReadThatWaitsForAFifoHoldsUpNoWriteOfTheSameFile(Path folder) {}

    @Test
    @Disabled("the JDK has no read that does not wait")
    @Override
    public void whatTheKernelHasInMemoryIsReadWithoutAWait(Path folder) {}

    @Test
    @Disabled("nor a stat or an open")
    @Override
    public void aNameThatIsInMemoryIsAskedWithoutAWait(Path folder) {}

    @Test
    void aDirectoryThatHasMovedIsLost(@TempDir Path folder) throws Exception {
        inFrame(
                rt -> {
                    try (Dir dir = Dir.create(folder.resolve("before"))) {
                        dir.createFile(Path.of("file"), CreateFlags.DEFAULT).close();
                        dir.openFile(Path.of("file"), AsyncOpenFlags.READ).close();
                        Files.move(folder.resolve("before"), folder.resolve("after"));
                        assertFailure(
                                () -> dir.openFile(Path.of("file"), AsyncOpenFlags.READ),
                                OpenError.NOT_FOUND,
                                Errno.ENOENT);
                    }
                });
        assertThat(folder.resolve("after/file")).isEmptyFile();
    }

    @Test
    void whatTheJdkRefusesOrIgnoresIsDoneAllTheSame(@TempDir Path folder) throws Exception {
        Path path = folder.resolve("a");
        inFrame(
                rt -> {
                    CreateFlags onlyRead = new CreateFlags(FileMode.READ, 0640, false, true);
                    try (File file = File.create(path, onlyRead)) {
                        assertThat(file.stat().mode()).isEqualTo(0640);
                    }
                    Files.writeString(path, "old");
                    AsyncOpenFlags emptyAndAppend =
                            AsyncOpenFlags.of(FileMode.WRITE)
                                    .withCreate()
                                    .withPermissions(0600)
                                    .withTruncate()
                                    .withAppend();
                    try (File file = File.open(path, emptyAndAppend)) {
                        file.writeAll(FileContract.bytes("new"));
                    }
                    assertThat(path).hasContent("new");
                });
    }
}
