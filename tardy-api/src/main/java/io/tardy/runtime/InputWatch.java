package io.tardy.runtime;

import io.tardy.aio.AsyncSubmission.AwaitInput;
import io.tardy.aio.RecvError;
import io.tardy.aio.TardyIOException;
import io.tardy.os.SocketHandle;
import io.tardy.spi.Operation;
import java.util.function.BooleanSupplier;

/**
 * A wait for the input of a socket beside what else a frame waits for: its end settles a place. It
 * has the reading direction of the socket until its end, and takes nothing from it.
 *
 * <p>An operation that its task does not know of. So whoever starts it sees to its end: {@link
 * #giveUp}, then {@link #awaitEnd}.
 */
public final class InputWatch extends Operation {

    private static final String OPERATION = "select";

    private final Task task;
    private final AwaitInput submission;
    private final Waiter.Place place;

    // Made before anything is handed to the frame: where a full heap kept it from ending this, what
    // it was given would be lost.

    private final LoopTaskQueue.Own starting =
            new LoopTaskQueue.Own() {
                @Override
                public void run() {
                    startOnLoop();
                }
            };

    private final LoopTaskQueue.Own givingUp =
            new LoopTaskQueue.Own() {
                @Override
                public void run() {
                    giveUpOnLoop();
                }
            };

    private final BooleanSupplier isOver = () -> !isUnderWay();

    // The frame's, or the loop's while it has the thread.
    private boolean isStarted;
    private boolean isGivenUp;

    /**
     * In the frame that is going to wait; not started yet.
     *
     * @param place of this frame
     */
    public InputWatch(SocketHandle socket, Waiter.Place place) {
        this.task = place.waiter().task();
        this.submission = new AwaitInput(socket);
        this.place = place;
        begin(submission);
    }

    /**
     * Whether a receive or an accept would not have to wait now.
     *
     * @throws TardyIOException if this socket is none for either
     */
    public static boolean isThere(SocketHandle socket) throws TardyIOException {
        int errno = socket.begin(new AwaitInput(socket));
        if (errno != 0) {
            throw new TardyIOException(OPERATION, RecvError.class, errno);
        }
        return received(socket) > 0 || socket.hasInput();
    }

    /** How many bytes of a stream can be received without a wait. */
    public static int available(SocketHandle socket) throws TardyIOException {
        int inSystem = socket.bytesAvailable(); // or it refuses
        return received(socket) + inSystem;
    }

    /** By the runtime of this thread, for frames that have not taken it. */
    private static int received(SocketHandle socket) {
        RuntimeCore runtime = RuntimeCore.currentOrNull();
        return runtime == null ? 0 : runtime.async().received(socket);
    }

    /** Begins, when the frame is suspended; in the frame. */
    public void start() {
        task.scheduler().onLoop(starting);
    }

    private void startOnLoop() {
        if (isGivenUp) {
            return;
        }
        isStarted = true;
        try {
            async().start(this);
        } catch (RuntimeException | Error e) {
            if (isDone()) {
                throw e; // a fault of the transport
            }
            reject(e);
        }
    }

    /** Nobody wants to know any more; in the frame. */
    public void giveUp() {
        isGivenUp = true;
        if (isUnderWay()) {
            task.scheduler().onLoop(givingUp);
        }
    }

    private void giveUpOnLoop() {
        if (!isDone()) {
            async().cancel(this);
        }
    }

    /**
     * Waits until the direction is free again, whatever else happens to the frame; in the frame.
     * Where the heap is too full to suspend it, the direction is free a little later.
     */
    public void awaitEnd() {
        try {
            task.awaitTriggerUntil(isOver, OPERATION, OPERATION);
        } catch (OutOfMemoryError | IllegalStateException e) {
            // It has waited before, so only memory lacks; what it was given then must reach it.
        }
    }

    /** A runtime that has ended has ended it, or will never start it. */
    private boolean isUnderWay() {
        return isStarted && !isDone() && !task.scheduler().runtime().hasEnded();
    }

    /**
     * It has settled its place.
     *
     * @throws TardyIOException if it has failed, as when the socket was closed
     */
    public void requireInput() throws TardyIOException {
        value(submission);
    }

    @Override
    protected void completed() {
        place.settle();
        place.waiter().wake();
    }

    private Async async() {
        return task.scheduler().runtime().async();
    }
}
