package io.tardy.runtime;

import io.netty.util.concurrent.Ticker;
import io.tardy.aio.AsyncFeatures;
import io.tardy.aio.AsyncOp;
import io.tardy.aio.AsyncSubmission;
import io.tardy.aio.Errno;
import io.tardy.aio.FileRequest;
import io.tardy.aio.OpenSocket;
import io.tardy.aio.TardyIOException;
import io.tardy.os.ErrnoException;
import io.tardy.os.FileCalls;
import io.tardy.os.FileHandle;
import io.tardy.os.FilePosition;
import io.tardy.os.SocketHandle;
import io.tardy.spi.AsyncBackend;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The runtime's side of a transport: takes the submissions of its tasks, hands them over once a
 * turn, and does itself what the backend does not do natively (timers).
 */
public final class Async {

    /** What waits for its turn at the position of a file. */
    final class Turn implements FilePosition.Taker {
        private final TaskOperation asked;
        private final FilePosition position;

        Turn(TaskOperation asked, FilePosition position) {
            this.asked = asked;
            this.position = position;
        }

        @Override
        public void taken(long offset) {
            asked.task().scheduler().onLoop(() -> begin(offset));
        }

        private void begin(long offset) {
            if (turns.remove(this)) { // else it was given up
                asked.turn = null;
                try {
                    startAt(asked, position, offset);
                } catch (RuntimeException | Error e) {
                    asked.rejectUnlessOver(e);
                }
            }
        }

        /** It is over before it has begun. */
        private void giveUp(int errno) {
            if (turns.remove(this)) {
                asked.turn = null;
                position.cancel(this);
                asked.fail(errno);
            }
        }
    }

    private final AsyncBackend backend;
    private final OffloadPool offload;
    private final Ticker clock;
    private final RuntimeCounts counts;
    private final CachedFiles cachedFiles;
    private final TimerQueue timers = new TimerQueue();
    private final StartQueue queued = new StartQueue();
    private final Set<Turn> turns = new LinkedHashSet<>();

    Async(
            AsyncBackend backend,
            OffloadPool offload,
            Ticker clock,
            RuntimeCounts counts,
            boolean isSimulated) {
        this.backend = backend;
        this.offload = offload;
        this.clock = clock;
        this.counts = counts;
        this.cachedFiles = new CachedFiles(isSimulated);
    }

    /** What the transport does natively. */
    public AsyncFeatures features() {
        return backend.features();
    }

    /** How many timers run, those of deadlines included; on another thread, a recent value. */
    public int timersActive() {
        return timers.count();
    }

    /** Tries to be done without a wait; in the frame. */
    boolean attempt(TaskOperation operation) {
        if (isRefused(operation)) {
            return true;
        }
        return switch (operation.op()) {
            case READ, STAT, OPEN -> cachedFiles.attempt(operation);
            case CLOSE -> cachedFiles.attempt(operation) || backend.attempt(operation);
            default -> backend.attempt(operation);
        };
    }

    /** What a socket is not for, no transport is asked. */
    private static boolean isRefused(TaskOperation operation) {
        return switch (operation.op()) {
            case RECV, SEND, ACCEPT, CONNECT -> isRefusedBySocket(operation);
            default -> false;
        };
    }

    private static boolean isRefusedBySocket(TaskOperation operation) {
        AsyncSubmission<?, ?> submission = operation.submission();
        int errno =
                SocketHandle.of(((AsyncSubmission.OnSocket) submission).socket()).begin(submission);
        if (errno != 0) {
            operation.fail(errno);
            return true;
        }
        if (operation.op() == AsyncOp.CONNECT) {
            operation.connect = (AsyncSubmission.Connect) submission;
        }
        return false;
    }

    /** How many bytes of a stream were received that no frame has taken; in a frame. */
    int received(OpenSocket socket) {
        return backend.received(socket);
    }

    /** Starts to wait for input beside what else a task waits for; on the loop. */
    void start(InputWatch watch) {
        backend.start(watch);
    }

    /** Gives up what {@link #start(InputWatch)} has started; on the loop. */
    void cancel(InputWatch watch) {
        backend.cancel(watch);
    }

    /** Queues an operation for the next {@link #submit}, when its frame was suspended. */
    void queueJob(TaskOperation operation) {
        operation.handOver();
        queued.add(operation);
        counts.queued();
    }

    /** Sees to it that a close is done, although its frame cannot wait for it; in the frame. */
    void closeUnawaited(TaskOperation close) {
        if (close.submission() instanceof AsyncSubmission.CloseFile) {
            endWithoutLoop(close); // the transport need not hear of it
        } else {
            queueJob(close);
        }
    }

    /**
     * Nobody will take the outcome of this operation; on the loop. What it brings is given back.
     */
    void abandon(TaskOperation operation) {
        if (operation.isDone()) {
            operation.discardValue();
        } else if (!operation.isHandedOver()) {
            operation.fail(Errno.ECANCELED.number());
        } else {
            cancel(operation);
        }
    }

    boolean hasQueued() {
        return !queued.isEmpty() || backend.hasBacklog();
    }

    /** Hands over what was queued when this began. */
    void submit() {
        // Frames that run while a start is suspended at a lock may queue more, or take some back.
        TaskOperation next;
        for (int left = queued.count(); left > 0 && (next = queued.poll()) != null; left--) {
            start(next);
        }
        backend.submit();
    }

    /** Gives up an operation that may be queued, started or over. */
    void cancel(TaskOperation operation) {
        if (operation.isDone()) {
            return;
        }
        if (operation instanceof CallOperation<?> call) {
            call.giveUp();
        }
        if (!operation.isHandedOver()) { // its frame was woken before it was suspended
            if (operation.op() != AsyncOp.CLOSE) { // which begins all the same
                operation.fail(Errno.ECANCELED.number());
            }
            return;
        }
        if (queued.remove(operation)) {
            if (operation.op() == AsyncOp.CLOSE) {
                start(operation); // giving up is no reason to keep it open
            } else {
                operation.fail(Errno.ECANCELED.number());
            }
            return;
        }
        if (operation.op() != AsyncOp.TIMER) {
            cancelStarted(operation, Errno.ECANCELED.number());
        } else if (timers.remove(operation.timer)) {
            operation.fail(Errno.ECANCELED.number());
        }
    }

    private void cancelStarted(TaskOperation operation, int errno) {
        if (operation.turn != null) {
            operation.turn.giveUp(errno);
            return;
        }
        if (!offload.cancel(operation)) {
            backend.cancel(operation);
        }
    }

    /**
     * Expires timers whose time has come.
     *
     * @param countMax how many at most
     */
    void expireTimers(int countMax) {
        if (timers.count() == 0) {
            return;
        }
        long now = clock.nanoTime();
        for (int left = countMax; left > 0; left--) {
            TimerQueue.Expiring expired = timers.pollExpired(now);
            if (expired == null) {
                return;
            }
            counts.timerExpired();
            expired.expire();
        }
    }

    /** Starts a timer that is no submission; in the frame. */
    TimerQueue.Entry addTimer(TimerQueue.Expiring owner, long nowNanos, long delayNanos) {
        return timers.add(owner, nowNanos, delayNanos);
    }

    /** Ends such a timer, if it has not expired; in the frame. */
    void removeTimer(TimerQueue.Entry timer) {
        timers.remove(timer);
    }

    boolean hasTimers() {
        return timers.count() > 0;
    }

    long timerDelayNanos() {
        return timers.delayNanos(clock.nanoTime());
    }

    long timerDeadlineNanos() {
        return timers.deadlineNanos();
    }

    /** The loop is about to end: the system is to give back what it has. */
    void cancelAll() {
        backend.cancelAll();
    }

    void close() {
        List.copyOf(turns).forEach(turn -> turn.giveUp(Errno.ECANCELED.number()));
        for (TaskOperation left; (left = queued.poll()) != null; ) {
            endWithoutLoop(left);
        }
        backend.close();
        offload.close();
        timers.clear(); // frames that outlive the runtime find theirs gone
    }

    /** For a frame that outlived its runtime: it may still give back what it holds, and no more. */
    void endWithoutLoop(TaskOperation operation) {
        int errno = Errno.ECANCELED.number();
        if (operation.submission() instanceof AsyncSubmission.Close close) {
            try {
                ((SocketHandle) close.socket()).close();
                errno = 0;
            } catch (TardyIOException e) {
                errno = e.errno();
            }
        } else if (operation.submission() instanceof AsyncSubmission.CloseFile close) {
            errno = ((FileHandle) close.file()).closeNow();
        } else if (operation.submission() instanceof FileRequest.Unlock unlock) {
            try {
                FileCalls.unlockNow(unlock);
                errno = 0;
            } catch (ErrnoException e) {
                errno = e.errno();
            }
        }
        if (errno == 0) {
            operation.succeed(null);
        } else {
            operation.fail(errno);
        }
    }

    /** What an argument makes impossible is its frame's fault, and must not end the loop. */
    private void start(TaskOperation operation) {
        try {
            startNow(operation);
        } catch (RuntimeException | Error e) {
            operation.rejectUnlessOver(e);
        }
    }

    private void startNow(TaskOperation operation) {
        AsyncSubmission<?, ?> submission = operation.submission();
        if (submission instanceof AsyncSubmission.OnSocket) {
            backend.start(operation);
        } else if (submission instanceof AsyncSubmission.OnFile file) {
            startOnFile(operation, file);
        } else if (submission instanceof AsyncSubmission.Timer timer) {
            startTimer(operation, timer.delayNanos());
        } else {
            offload.start((CallOperation<?>) operation);
        }
    }

    private void startTimer(TaskOperation operation, long delayNanos) {
        if (operation.timer == null) {
            operation.timer = timers.add(operation, clock.nanoTime(), delayNanos);
        } else {
            timers.add(operation.timer, clock.nanoTime(), delayNanos);
        }
    }

    /**
     * The file of an operation was closed, perhaps of an earlier one of the same task; a thread of
     * the pool sees that by itself.
     */
    void fileClosed(TaskOperation operation) {
        if (operation.isDone() || operation.held == null || !operation.held.isClosed()) {
            return;
        }
        if (operation.turn != null) {
            operation.turn.giveUp(Errno.EBADF.number());
        } else if (backend.features().hasCapability(AsyncOp.READ)) {
            backend.cancel(operation);
        }
    }

    private void startOnFile(TaskOperation operation, AsyncSubmission.OnFile submission) {
        if (!hold(operation, submission)) {
            operation.fail(Errno.EBADF.number());
        } else if (submission instanceof AsyncSubmission.AtOffset at) {
            startAtOffset(operation, at);
        } else {
            hand(operation);
        }
    }

    /** A file in use is held, so that its descriptor stays its own until the operation is over. */
    private static boolean hold(TaskOperation operation, AsyncSubmission.OnFile submission) {
        FileHandle file = (FileHandle) submission.file();
        if (file == null || submission instanceof AsyncSubmission.CloseFile) {
            return true;
        }
        if (!file.hold(operation)) {
            return false;
        }
        operation.held = file;
        return true;
    }

    private void startAtOffset(TaskOperation operation, AsyncSubmission.AtOffset submission) {
        FileHandle file = (FileHandle) submission.file();
        if (submission.offset() != AsyncSubmission.CURRENT_POSITION) {
            if (file.hasOffsets()) {
                operation.beginAt(submission.offset());
                hand(operation);
            } else {
                operation.fail(Errno.ESPIPE.number());
            }
            return;
        }
        switch (file.currentPosition()) {
            case NONE -> hand(operation);
            case SYSTEMS -> startAtSystems(operation, file);
            case OURS -> startAtPosition(operation, file.position());
        }
    }

    /**
     * No transport of a real system is trusted with its position; a simulated disk knows its own.
     */
    private void startAtSystems(TaskOperation operation, FileHandle file) {
        if (file.calls() == FileCalls.system()) {
            offload.start(operation);
        } else {
            hand(operation);
        }
    }

    private void startAtPosition(TaskOperation operation, FilePosition position) {
        long offset = position.tryTake();
        if (offset >= 0) {
            startAt(operation, position, offset);
            return;
        }
        operation.turn = new Turn(operation, position);
        turns.add(operation.turn);
        position.take(operation.turn);
    }

    private void startAt(TaskOperation operation, FilePosition position, long offset) {
        operation.position = position;
        operation.beginAt(offset);
        hand(operation);
    }

    /** Has a thread of the pool do it. */
    void offload(TaskOperation operation) {
        offload.start(operation);
    }

    private void hand(TaskOperation operation) {
        if (backend.features().hasCapability(AsyncOp.READ)
                && backend.features().hasCapability(operation.op())
                && !operation.takesThread
                && !needsThread(operation.submission())) {
            backend.start(operation);
        } else {
            offload.start(operation);
        }
    }

    private static boolean needsThread(AsyncSubmission<?, ?> submission) {
        return submission instanceof AsyncSubmission.SendFile
                || submission instanceof AsyncSubmission.Read read
                        && ((FileHandle) read.file()).needsThreadToRead()
                || submission instanceof AsyncSubmission.Write write
                        && ((FileHandle) write.file()).needsThreadToWrite();
    }
}
