package io.tardy.spi;

import io.netty.buffer.ByteBuf;
import io.tardy.aio.AsyncError;
import io.tardy.aio.AsyncOp;
import io.tardy.aio.AsyncSubmission;
import io.tardy.aio.Errno;
import io.tardy.aio.Resulted;
import io.tardy.aio.TardyIOException;
import io.tardy.os.FileHandle;
import io.tardy.os.Outcome;
import io.tardy.os.SocketHandle;

/**
 * A submission in flight. Whoever holds it completes it once, on the runtime's thread; a second
 * completion is a fault of the transport and throws.
 *
 * <p>Once it is over it is what the glossary calls a completion: a task with the result of its
 * submission. There is no other type for that; {@code
 * docs/adr/0011-a-completion-is-the-end-of-an-operation.md} says why.
 *
 * <p>The operation keeps its submission, and so its buffer, reachable until it is over. Then the
 * same object may serve the next submission of the same task: whoever has completed it must forget
 * it.
 *
 * <p>Public for authors of transports, who complete it.
 */
public abstract class Operation {

    /** The outcome of a receive at the end of the stream. */
    public static final int END = Integer.MIN_VALUE;

    private AsyncSubmission<?, ?> submission;
    private AsyncOp op;
    private long offset;
    private boolean done;
    private boolean isCount;
    private int count;
    private Object value;
    private int errno;
    private boolean isLate;
    private Throwable thrown;
    private Object attachment;

    /** Over, until it {@link #begin begins}. */
    protected Operation() {
        this.done = true;
    }

    /**
     * Begins, perhaps anew: as if it had never been another.
     *
     * @param submission what is asked for; null for what is no transport's business
     */
    protected final void begin(AsyncSubmission<?, ?> submission) {
        this.submission = submission;
        this.op = submission == null ? null : submission.op();
        this.offset = AsyncSubmission.CURRENT_POSITION;
        this.done = false;
        this.isCount = false;
        this.value = null;
        this.errno = -1;
        this.isLate = false;
        this.thrown = null;
        this.attachment = null;
    }

    /** Keeps nothing reachable any more; only once it is over. */
    protected final void clear() {
        submission = null;
        value = null;
        thrown = null;
        attachment = null;
    }

    /** What was asked for. */
    public final AsyncSubmission<?, ?> submission() {
        return submission;
    }

    /** Which operation that is. */
    public final AsyncOp op() {
        return op;
    }

    /** Whether the operation is over. */
    public final boolean isDone() {
        return done;
    }

    /**
     * Where in its file it begins, in bytes: what the submission says or, where the current
     * position is ours, where that is; {@link AsyncSubmission#CURRENT_POSITION} where only the
     * system knows, or the file has no positions.
     */
    public final long offset() {
        return offset;
    }

    /** Says where in its file it begins; before it is handed to whoever does it. */
    public final void beginAt(long offset) {
        this.offset = offset;
    }

    /** The operation succeeded with this value, which must be of the submission's type. */
    public final void succeed(Object value) {
        finish();
        this.value = value;
        completed();
    }

    /** The operation succeeded with this number of bytes; of a submission that has such a value. */
    public final void succeed(int count) {
        finish();
        this.isCount = true;
        this.count = count;
        completed();
    }

    /**
     * The operation failed with this error number of the system, positive; 0 is the end of a
     * stream.
     */
    public final void fail(int errno) {
        // Before it is over: the socket's lock may suspend the loop, and then frames run.
        int told =
                submission instanceof AsyncSubmission.OnSocket onSocket
                        ? ((SocketHandle) onSocket.socket()).failed(op, errno)
                        : errno;
        finish();
        this.errno = told;
        completed();
    }

    /**
     * Ends it with what a call has come to, unless that would have had to wait. Public for Tardy's
     * own transports: {@code io.tardy.os} is exported to them only.
     *
     * @param outcome of a call of {@code io.tardy.os}: the value, or an {@code Outcome}
     * @param bytes how many, where the outcome says no more than that there were some
     * @return whether it is over
     */
    public final boolean end(Object outcome, int bytes) {
        if (outcome == Outcome.BYTES) {
            succeed(bytes);
        } else if (outcome == Outcome.WOULD_WAIT) {
            return false;
        } else if (outcome instanceof Outcome.Failed failed) {
            fail(failed.errno());
        } else if (outcome instanceof Outcome.Threw threw) {
            reject(threw.thrown());
        } else {
            succeed(outcome);
        }
        return true;
    }

    /**
     * The transport leaves it to a thread of the runtime's pool, which does it from the beginning;
     * instead of an end. Of an operation on a file.
     */
    public void leave() {
        throw new UnsupportedOperationException("no thread for " + submission);
    }

    /**
     * The submission was a programmer's error, or what had to be done for it has thrown this; its
     * frame gets it.
     *
     * @param thrown a {@code RuntimeException} or an {@code Error}
     */
    public final void reject(Throwable thrown) {
        finish();
        this.thrown = thrown;
        completed();
    }

    /** The outcome; only once {@link #isDone}. */
    @SuppressWarnings("unchecked") // the backend keeps the submission's promise of its types
    public final <T, E extends Enum<E> & AsyncError> Resulted<T, E> result(
            AsyncSubmission<T, E> asked) {
        requireOutcome(asked);
        return errno < 0 ? new Resulted.Actual<>((T) value()) : failure(asked);
    }

    /**
     * The outcome of an operation whose value is a number of bytes, without an object for it; only
     * once {@link #isDone}.
     *
     * @return the number, or {@link #END} at the end of a stream
     * @throws TardyIOException if it has failed
     */
    protected final <E extends Enum<E> & AsyncError> int count(AsyncSubmission<Integer, E> asked)
            throws TardyIOException {
        requireOutcome(asked);
        if (errno < 0) {
            return count();
        } else if (errno == 0) {
            return END;
        }
        throw failure(asked).toException();
    }

    /**
     * The value of an operation, without an object for its outcome; only once {@link #isDone}.
     *
     * @throws TardyIOException if it has failed
     */
    @SuppressWarnings("unchecked") // as above
    protected final <T, E extends Enum<E> & AsyncError> T value(AsyncSubmission<T, E> asked)
            throws TardyIOException {
        requireOutcome(asked);
        if (errno >= 0) {
            throw failure(asked).toException();
        }
        return (T) value();
    }

    /**
     * As {@link #value}, but null at the end of a stream.
     *
     * @throws TardyIOException if it has failed
     */
    protected final <T, E extends Enum<E> & AsyncError> T valueOrEnd(AsyncSubmission<T, E> asked)
            throws TardyIOException {
        requireOutcome(asked);
        return errno == 0 ? null : value(asked);
    }

    private <T, E extends Enum<E> & AsyncError> Resulted.Err<T, E> failure(
            AsyncSubmission<T, E> asked) {
        return isLate
                ? new Resulted.Err<>(op, asked.error(errno), Errno.ETIME.number())
                : new Resulted.Err<>(op, asked.error(errno), errno);
    }

    private void requireOutcome(AsyncSubmission<?, ?> asked) {
        if (!done || asked != submission) {
            throw new IllegalStateException("no result yet for " + asked);
        }
        if (thrown instanceof Error error) {
            throw error;
        } else if (thrown != null) {
            throw (RuntimeException) thrown;
        }
    }

    /** What the transport remembers with it, or null. */
    public final Object attachment() {
        return attachment;
    }

    /** Lets the transport remember something with it. */
    public final void attach(Object attachment) {
        this.attachment = attachment;
    }

    /** Whether it has succeeded; only once it is over. */
    protected final boolean hasSucceeded() {
        return errno < 0 && thrown == null;
    }

    /** The value it succeeded with, or null. */
    protected final Object value() {
        return isCount ? (Object) count : value;
    }

    /** The number of bytes it succeeded with; 0 if it did not, or has another value. */
    protected final int count() {
        return isCount ? count : value instanceof Integer boxed ? boxed : 0;
    }

    /** Whether it was given up, whoever has done so. */
    protected final boolean isCancelled() {
        return errno == Errno.ECANCELED.number();
    }

    /** It was given up because its time was over: its failure says so. */
    protected final void late() {
        isLate = true;
    }

    /**
     * Gives back what the operation has brought, for nobody takes it; only once it is over, outside
     * of frames.
     */
    public final void discardValue() {
        if (value instanceof SocketHandle socket) {
            try {
                socket.close();
            } catch (TardyIOException e) {
                SocketHandle.logCloseFailure(e);
            }
        } else if (value instanceof FileHandle file) {
            file.closeNow();
        } else if (value instanceof ByteBuf buffer) {
            buffer.release();
        }
        value = null;
    }

    /** The operation has just completed. Runs on the runtime's thread; must not run user code. */
    protected abstract void completed();

    private void finish() {
        if (done) {
            throw new IllegalStateException("completed twice: " + submission);
        }
        done = true;
    }
}
