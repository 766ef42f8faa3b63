package io.tardy.testsuite;

import io.tardy.aio.AsyncOpenFlags;
import io.tardy.aio.FileMode;
import io.tardy.aio.LockMode;
import io.tardy.fs.CreateFlags;
import io.tardy.fs.Dir;
import io.tardy.fs.DirEvent;
import io.tardy.fs.DirWatch;
import io.tardy.fs.File;
import io.tardy.fs.FileLock;
import io.tardy.fs.TempDirectory;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What the page about files shows of links, locks and the like; {@link FileSamplesTest} runs it.
 */
final class FileSamples {

    private FileSamples() {}

    static void release(Path releases, Path version) throws IOException {
        try (Dir dir = Dir.open(releases)) {
            dir.symlink(version, Path.of("current.next"));
            dir.rename(Path.of("current.next"), Path.of("current")); // at once
        }
    }

    static List<Long> sorted(Dir dir, List<Long> values) throws IOException {
        try (File run = dir.createTempFile(); // gone when it is closed
                TempDirectory more = dir.createTempDir("sort-")) { // with all that is in it
            write(run, values);
            more.dir().createFile(Path.of("0"), CreateFlags.DEFAULT).close();
            return read(run);
        }
    }

    private static void write(File run, List<Long> values) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(values.size() * Long.BYTES);
        values.stream().sorted().forEach(bytes::putLong);
        run.writeAll(bytes.flip());
    }

    private static List<Long> read(File run) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate((int) (1L << 10));
        run.readAll(bytes, 0);
        List<Long> values = new ArrayList<>();
        for (bytes.flip(); bytes.hasRemaining(); ) {
            values.add(bytes.getLong());
        }
        return values;
    }

    static final AsyncOpenFlags TABLE =
            AsyncOpenFlags.of(FileMode.READ_WRITE).withCreate().withPermissions(0600).withDirect();

    static void makeTable(Path path, int pages) throws IOException {
        try (File file = File.open(path, TABLE)) {
            file.allocate(0, pages * 4096L); // NO_SPACE now, and not in the middle of a write
            ByteBuffer page = ByteBuffer.allocateDirect(2 * 4096).alignedSlice(4096).limit(4096);
            file.writeAll(page, 0);
            file.sync();
        }
    }

    static void count(Path path) throws IOException {
        try (File file = File.open(path, FileMode.READ_WRITE);
                FileLock lock = file.lock(LockMode.EXCLUSIVE)) { // waits for other programs
            ByteBuffer counter = ByteBuffer.allocateDirect(Long.BYTES);
            file.readAll(counter, 0);
            counter.putLong(0, counter.getLong(0) + 1);
            file.writeAll(counter.rewind().limit(Long.BYTES), lock.offset());
        }
    }

    static void follow(Dir dir, Inbox inbox) throws IOException {
        try (DirWatch watch = dir.watch()) {
            dir.list().forEach(entry -> inbox.take(entry.path())); // what was there before
            while (!inbox.isFull()) {
                DirEvent event = watch.next();
                switch (event.kind()) {
                    case WRITTEN, MOVED_IN -> inbox.take(event.path());
                    case OVERFLOW -> dir.list().forEach(entry -> inbox.take(entry.path()));
                    case GONE -> {
                        return;
                    }
                    default -> {}
                }
            }
        }
    }

    interface Inbox {
        void take(Path path);

        boolean isFull();
    }
}
