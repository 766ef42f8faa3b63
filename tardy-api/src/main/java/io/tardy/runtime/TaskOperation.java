package io.tardy.runtime;

import io.tardy.aio.AsyncError;
import io.tardy.aio.AsyncSubmission;
import io.tardy.aio.TardyIOException;
import io.tardy.os.FileHandle;
import io.tardy.os.FilePosition;
import io.tardy.os.SocketHandle;
import io.tardy.spi.Operation;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * What a task waits for. A task waits for one operation at a time, so one object serves all of
 * them, one after the other; only what the task has left behind unfinished, when an Error has torn
 * it away from its wait, keeps its object for itself.
 *
 * <p>Whoever is told later of an operation, and by then may find the next one in the same object,
 * remembers its {@link #sequence()}.
 */
class TaskOperation extends Operation implements TimerQueue.Expiring, FileHandle.User {

    /**
     * Of all runtimes: a frame may have passed on what it was lent, and the one that was torn away
     * from its wait was another.
     */
    private static final AtomicInteger TORN = new AtomicInteger();

    private final Task task;
    private int sequence;

    /** Whether the loop was given it. */
    private boolean handedOver;

    /** Whether all is done that its end has to do; the frame goes on then, and not before. */
    private boolean isSettled;

    // Those below belong to Async, which starts and ends it.

    /** Of delays, which one after the other have the same; null before the first. */
    TimerQueue.Entry timer;

    /** Whether a thread of the pool does it, whatever the transport can. */
    boolean takesThread;

    /** The {@link StartQueue}'s: where in it the operation is, or was last. */
    int place;

    /** The file that the operation uses, from its start to its end. */
    FileHandle held;

    /** Set while it waits for its turn at the position of a file. */
    Async.Turn turn;

    /** The position of a file that it has until it is over, or null. */
    FilePosition position;

    /** What connects, from the socket's consent to the end; null for other operations. */
    AsyncSubmission.Connect connect;

    TaskOperation(Task task) {
        this.task = task;
    }

    /** How many operations were left unfinished, and may still use what they were given. */
    static int torn() {
        return TORN.get();
    }

    /** An Error has torn its frame away from it, and it is not over. */
    final void tear() {
        TORN.incrementAndGet();
    }

    final Task task() {
        return task;
    }

    /** Which of the operations that this object serves it is. */
    final int sequence() {
        return sequence;
    }

    /** From now on it is the loop's to end it. */
    final void handOver() {
        handedOver = true;
    }

    /** If not, nobody but its task knows of it. */
    final boolean isHandedOver() {
        return handedOver;
    }

    /**
     * Whether it is over, and the frame may take its outcome. That is later than {@link #isDone}:
     * the end meets locks of files, where the loop may be suspended, and frames run.
     */
    final boolean isSettled() {
        return isSettled;
    }

    /** In the frame. */
    final void beginNext(AsyncSubmission<?, ?> submission) {
        sequence++;
        handedOver = false;
        isSettled = false;
        takesThread = false;
        begin(submission);
    }

    /** The frame has its outcome. */
    final void taken() {
        clear();
    }

    /** Its number of bytes, as of {@link Operation#count}. */
    final <E extends Enum<E> & AsyncError> int bytes(AsyncSubmission<Integer, E> asked)
            throws TardyIOException {
        return count(asked);
    }

    /** Its value, as of {@link Operation#value}. */
    final <T, E extends Enum<E> & AsyncError> T valueOf(AsyncSubmission<T, E> asked)
            throws TardyIOException {
        return value(asked);
    }

    /** Its value, or null at the end of a stream, as of {@link Operation#valueOrEnd}. */
    final <T, E extends Enum<E> & AsyncError> T valueUnlessEnd(AsyncSubmission<T, E> asked)
            throws TardyIOException {
        return valueOrEnd(asked);
    }

    /** Whether it was given up, whoever has done so. */
    final boolean wasGivenUp() {
        return isCancelled();
    }

    /** Nobody but the clock has given it up. */
    final void endedByDeadline() {
        late();
    }

    final void rejectUnlessOver(Throwable thrown) {
        if (!isDone()) {
            reject(thrown);
        } else if (thrown instanceof Error error) { // a fault of the transport
            throw error;
        } else {
            throw (RuntimeException) thrown;
        }
    }

    @Override
    protected final void completed() {
        turn = null; // one that was to wait, for which there was no memory
        if (position != null) {
            FilePosition left = position;
            position = null;
            left.release(count());
        }
        if (held != null) {
            FileHandle left = held;
            held = null;
            left.release(this);
        }
        if (connect != null) {
            AsyncSubmission.Connect ended = connect;
            connect = null;
            ((SocketHandle) ended.socket()).connectEnded(ended.address(), hasSucceeded());
        }
        isSettled = true;
        if (!task.completed(this)) {
            discardValue();
        }
    }

    @Override
    public void leave() {
        try {
            task.scheduler().runtime().async().offload(this);
        } catch (RuntimeException | Error e) {
            rejectUnlessOver(e);
        }
    }

    @Override
    public final void fileClosed() {
        TaskScheduler scheduler = task.scheduler();
        scheduler.onLoop(() -> scheduler.runtime().async().fileClosed(this));
    }

    /** The delay that was asked for is over. */
    @Override
    public final void expire() {
        succeed(null);
    }
}
