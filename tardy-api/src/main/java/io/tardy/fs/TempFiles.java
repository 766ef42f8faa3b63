package io.tardy.fs;

import io.tardy.Frame;
import io.tardy.aio.AsyncError;
import io.tardy.aio.AsyncOpenFlags;
import io.tardy.aio.FileMode;
import io.tardy.aio.OpenError;
import io.tardy.aio.TardyIOException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/** Makes files without a name, and names that nobody has. */
final class TempFiles {

    private static final AsyncOpenFlags UNNAMED =
            AsyncOpenFlags.of(FileMode.READ_WRITE).withPermissions(0600).withUnnamed();

    private static final AsyncOpenFlags NAMED =
            AsyncOpenFlags.of(FileMode.READ_WRITE).withPermissions(0600).withExclusive();

    private static final Path HERE = Path.of(".");

    private static final String PREFIX = ".tmp-";

    /** So long what was just made may be deleted in a frame that was cancelled. */
    private static final Duration DELETE_WITHIN = Duration.ofSeconds(10);

    /** Two names in a row that are taken are as good as impossible: something else is wrong. */
    private static final int TRIES = 100;

    private static final int RADIX = 36;

    private TempFiles() {}

    static File create(Dir dir) throws TardyIOException {
        try {
            return dir.openFile(HERE, UNNAMED);
        } catch (TardyIOException e) {
            if (e.error() != OpenError.OPERATION_NOT_SUPPORTED
                    && e.error() != OpenError.IS_DIRECTORY // of an old kernel
                    && e.error() != OpenError.INVALID_ARGUMENTS) {
                throw e;
            }
        }
        return make(PREFIX, OpenError.FILE_ALREADY_EXISTS, name -> createAndDelete(dir, name));
    }

    /** A cancel comes before, or behind. */
    private static File createAndDelete(Dir dir, Path name) throws TardyIOException {
        try {
            return Frame.callUncancellable(
                    DELETE_WITHIN,
                    () -> {
                        File file = dir.openFile(name, NAMED);
                        try {
                            dir.deleteFile(name);
                            return file;
                        } catch (TardyIOException | RuntimeException | Error e) {
                            file.close();
                            throw e;
                        }
                    });
        } catch (TardyIOException | RuntimeException e) {
            throw e;
        } catch (IOException e) {
            throw new AssertionError("no other is thrown in there", e);
        }
    }

    /** Makes something that must be new. */
    interface Making<T> {
        T make(Path name) throws TardyIOException;
    }

    /** Under a name of chance; if something has it, under another one. */
    static <T> T make(String prefix, AsyncError taken, Making<T> making) throws TardyIOException {
        for (int left = TRIES; ; left--) {
            long number = ThreadLocalRandom.current().nextLong();
            try {
                return making.make(Path.of(prefix + Long.toUnsignedString(number, RADIX)));
            } catch (TardyIOException e) {
                if (e.error() != taken || left == 1) {
                    throw e;
                }
            }
        }
    }
}
