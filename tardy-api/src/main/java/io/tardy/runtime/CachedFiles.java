package io.tardy.runtime;

import io.tardy.aio.AsyncSubmission;
import io.tardy.os.CachedPaths;
import io.tardy.os.CachedReads;
import io.tardy.os.DescriptorFile;
import io.tardy.os.FileHandle;
import io.tardy.os.FilePosition;

/**
 * Files whose names and blocks the kernel has in memory: the frame asks for them itself. One
 * runtime's.
 */
final class CachedFiles {

    /** Uses a file without a wait, and so needs not be told that it was closed. */
    private static final FileHandle.User AT_ONCE = () -> {};

    private final CachedReads cachedReads = new CachedReads();

    /** Null until it is needed: it links the C library's calls. */
    private CachedPaths cachedPaths;

    /** What a simulated host has on its disk, no kernel knows. */
    private final boolean isSimulated;

    CachedFiles(boolean isSimulated) {
        this.isSimulated = isSimulated;
    }

    /** Tries to be done without a wait; in the frame. */
    boolean attempt(TaskOperation operation) {
        return switch (operation.submission()) {
            case AsyncSubmission.Read read -> attemptRead(operation, read);
            case AsyncSubmission.StatPath stat -> attemptPath(operation, stat);
            case AsyncSubmission.Open open -> attemptPath(operation, open);
            case AsyncSubmission.CloseFile close -> attemptClose(operation, close);
            default -> false;
        };
    }

    /** What the kernel knows of a path needs neither a transport nor a thread. */
    private boolean attemptPath(TaskOperation operation, AsyncSubmission.OnFile submission) {
        if (isSimulated || !CachedPaths.mayHave(submission)) {
            return false;
        }
        FileHandle directory = (FileHandle) submission.file();
        if (directory != null && !directory.hold(AT_ONCE)) {
            return false;
        }
        Object outcome;
        try {
            outcome = cachedPaths().attempt(submission);
        } finally {
            if (directory != null) {
                directory.release(AT_ONCE);
            }
        }
        if (outcome == CachedPaths.UNKNOWN_MOUNT) {
            operation.takesThread = true;
            return false;
        }
        return outcome != null && operation.end(outcome, 0);
    }

    private CachedPaths cachedPaths() {
        if (cachedPaths == null) {
            cachedPaths = new CachedPaths();
        }
        return cachedPaths;
    }

    private boolean attemptClose(TaskOperation operation, AsyncSubmission.CloseFile submission) {
        if (isSimulated
                || !(submission.file() instanceof DescriptorFile file)
                || !closesAtOnce(file)) {
            return false;
        }
        int errno = file.closeNow();
        if (errno == 0) {
            operation.succeed(null);
        } else {
            operation.fail(errno);
        }
        return true;
    }

    private boolean closesAtOnce(DescriptorFile file) {
        if (!file.hold(AT_ONCE)) {
            return false;
        }
        try {
            return cachedPaths().closesAtOnce(file);
        } finally {
            file.release(AT_ONCE);
        }
    }

    /** Of a file: what the kernel has in memory needs neither a transport nor a thread. */
    private boolean attemptRead(TaskOperation operation, AsyncSubmission.Read read) {
        FileHandle file = (FileHandle) read.file();
        if (!cachedReads.isOffered(file, read.buffer())) {
            return false;
        }
        if (!file.hold(AT_ONCE)) {
            return false;
        }
        FilePosition position = null;
        int bytes = 0;
        try {
            long offset = read.offset();
            if (offset == AsyncSubmission.CURRENT_POSITION) {
                position =
                        file.currentPosition() == FileHandle.CurrentPosition.OURS
                                ? file.position()
                                : null;
                offset = position == null ? -1 : position.tryTake();
            }
            if (offset >= 0) {
                bytes = cachedReads.tryRead(file, read, offset);
            } else {
                position = null; // others have it, and it is their turn
            }
        } finally {
            if (position != null) {
                position.release(bytes);
            }
            file.release(AT_ONCE);
        }
        if (bytes > 0) {
            operation.succeed(bytes);
        }
        return bytes > 0;
    }
}
