package io.tardy.sim.broken;

import io.tardy.aio.AsyncOpenFlags;
import io.tardy.aio.FileMode;
import io.tardy.aio.TardyIOException;
import io.tardy.fs.File;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/** A file of numbers. What {@link #append} has returned from is there after a crash. */
final class RecordLog implements AutoCloseable {

    static final Path PATH = Path.of("/log");

    private final File file;

    private RecordLog(File file) {
        this.file = file;
    }

    static RecordLog create() throws TardyIOException {
        AsyncOpenFlags flags =
                AsyncOpenFlags.of(FileMode.WRITE)
                        .withCreate()
                        .withPermissions(0644)
                        .withAppend()
                        .withoutFollowingLinks();
        return new RecordLog(File.open(PATH, isSync() ? flags.withSync() : flags));
    }

    /** A write is over when the disk has it. */
    private static boolean isSync() {
        return true;
    }

    void append(int number) throws TardyIOException {
        file.writeAll(ByteBuffer.allocate(4).putInt(number).flip());
    }

    @Override
    public void close() throws TardyIOException {
        file.close();
    }
}
