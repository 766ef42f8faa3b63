package io.tardy.fs;

import io.tardy.Frame;
import io.tardy.TardyRuntime;
import io.tardy.aio.Errno;
import io.tardy.aio.FileRequest;
import io.tardy.aio.LockError;
import io.tardy.aio.LockMode;
import io.tardy.aio.Resulted;
import io.tardy.aio.TardyIOException;
import io.tardy.os.ErrnoException;
import io.tardy.os.FileCalls;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * A lock on a part of a file, or on all of it, against other programs and other opens of the same
 * file in this one. Who does not ask for a lock is not kept out. {@link File#lock} makes it.
 */
public final class FileLock implements AutoCloseable {

    /** How long a wait lasts at first before the system is asked again, and at most. */
    private static final Duration PAUSE_MIN = Duration.ofMillis(1);

    private static final Duration PAUSE_MAX = Duration.ofMillis(50);

    /**
     * So long a lock is given back in a frame that was cancelled: a server may have to be asked.
     */
    private static final Duration RELEASE_WITHIN = Duration.ofSeconds(10);

    private final File file;
    private final LockMode mode;
    private final long offset;
    private final long length;
    private final AtomicBoolean isReleased = new AtomicBoolean();

    FileLock(File file, LockMode mode, long offset, long length) {
        this.file = file;
        this.mode = mode;
        this.offset = offset;
        this.length = length;
    }

    /** Whether they have a byte in common. */
    boolean overlaps(FileLock other) {
        return offset - other.offset < other.length && other.offset - offset < length;
    }

    /**
     * Waits for it; in a frame.
     *
     * @throws IllegalStateException if the same open file has some of it, or waits for it
     */
    FileLock acquire() throws TardyIOException {
        acquire(true);
        return this;
    }

    /** The same without a wait for others: whether it is there. */
    boolean tryAcquire() throws TardyIOException {
        return acquire(false);
    }

    private boolean acquire(boolean waits) throws TardyIOException {
        FileRequest.Lock request = new FileRequest.Lock(file.handle(), mode, offset, length);
        file.locks().add(this);
        boolean isHeld = false;
        try {
            isHeld = isDone(TardyRuntime.ioAwait(request));
            Duration pause = PAUSE_MIN;
            while (waits && !isHeld) {
                Frame.delay(pause);
                pause = pause.multipliedBy(2);
                pause = pause.compareTo(PAUSE_MAX) < 0 ? pause : PAUSE_MAX;
                isHeld = isDone(TardyRuntime.ioAwait(request));
            }
        } finally {
            if (!isHeld) {
                file.locks().remove(this);
            }
        }
        return isHeld;
    }

    private boolean isDone(Resulted<@Nullable Void, LockError> outcome) throws TardyIOException {
        if (outcome instanceof Resulted.Err<@Nullable Void, LockError> err
                && err.error() == LockError.WOULD_BLOCK) {
            return false;
        }
        File.unwrap(outcome, toString());
        return true;
    }

    /** Who else may lock this part meanwhile. */
    public LockMode mode() {
        return mode;
    }

    /** Where the part begins, in bytes. */
    public long offset() {
        return offset;
    }

    /** How long the part is, in bytes; {@link Long#MAX_VALUE} for all of the file. */
    public long length() {
        return length;
    }

    /**
     * Gives the lock back, also in a cancelled frame, for 10 seconds at most, and outside of frames
     * or when the runtime has ended, where it blocks. Does nothing if it is given back already, or
     * if the file is closed, with which its locks end. If it fails, the file still has the lock,
     * and this may be called again.
     */
    @Override
    public void close() throws TardyIOException {
        if (!isReleased.compareAndSet(false, true)) {
            return;
        }
        boolean isDone = false;
        try {
            release();
            isDone = true;
        } finally {
            if (isDone) {
                file.locks().remove(this);
            } else {
                isReleased.set(false);
            }
        }
    }

    private void release() throws TardyIOException {
        FileRequest.Unlock request = new FileRequest.Unlock(file.handle(), offset, length);
        if (!TardyRuntime.isInFrame()) {
            releaseNow(request);
            return;
        }
        try {
            Frame.uncancellable(
                    RELEASE_WITHIN,
                    () -> {
                        Resulted<@Nullable Void, LockError> outcome = TardyRuntime.ioAwait(request);
                        if (!isOfClosedFile(outcome)) {
                            File.unwrap(outcome, toString());
                        }
                    });
        } catch (TardyIOException | RuntimeException e) {
            throw e;
        } catch (IOException e) {
            throw new AssertionError("no other is thrown in there", e);
        }
    }

    private static boolean isOfClosedFile(Resulted<@Nullable Void, LockError> outcome) {
        return outcome instanceof Resulted.Err<@Nullable Void, LockError> err
                && err.error() == LockError.INVALID_FD;
    }

    private void releaseNow(FileRequest.Unlock request) throws TardyIOException {
        try {
            FileCalls.unlockNow(request);
        } catch (ErrnoException e) {
            if (e.errno() != Errno.EBADF.number()) {
                throw new TardyIOException("lock", LockError.class, e.errno(), toString());
            }
        }
    }

    @Override
    public String toString() {
        String part = length == Long.MAX_VALUE ? "" : ", " + length + " bytes at " + offset;
        return (mode == LockMode.SHARED ? "shared lock of " : "lock of ") + file + part;
    }
}
