package io.tardy;

import io.tardy.aio.TardyIOException;
import io.tardy.runtime.ScopedBindings;
import io.tardy.runtime.Task;
import io.tardy.runtime.TaskScheduler;
import io.tardy.runtime.WaitReason;
import io.tardy.runtime.Waiter;
import java.io.IOException;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** A call from a frame of one runtime to another: the frame there, and the caller's wait for it. */
final class RuntimeCall<T extends @Nullable Object> {

    private static final String OPERATION = "call";

    private final Task caller;
    private final TardyRuntime callee;
    private final Frame<T> frame;

    /** Whether the body has begun, or the caller has given it up before: whichever was first. */
    private final AtomicBoolean isDecided = new AtomicBoolean();

    private RuntimeCall(Task caller, TardyRuntime callee, Callable<? extends T> body) {
        this.caller = caller;
        this.callee = callee;
        Callable<? extends T> bound = ScopedBindings.inheritAnew(body);
        this.frame = Frame.ofCall(callee, caller.name() + "/call", () -> begin(bound));
        frame.willBeJoined();
    }

    /** In the frame; of one that was given up nobody wants the value. */
    private @Nullable T begin(Callable<? extends T> body) throws Exception {
        return isDecided.compareAndSet(false, true) ? body.call() : null;
    }

    /** In the calling frame; see {@link TardyRuntime#call}. */
    static <T extends @Nullable Object> T call(TardyRuntime callee, Callable<? extends T> body)
            throws IOException {
        Task caller = TaskScheduler.taskHere(OPERATION);
        caller.requireMayWait(OPERATION); // on whichever runtime, that it makes no difference
        if (caller.scheduler() == callee.core().scheduler()) {
            return here(body);
        }
        Waiter.requireRoomToWaitTwice(); // or an overflow could leave the frame behind
        return new RuntimeCall<T>(caller, callee, body).run();
    }

    private static <T extends @Nullable Object> T here(Callable<? extends T> body)
            throws IOException {
        try {
            return body.call();
        } catch (Exception e) {
            throw RuntimeCall.<IOException>rethrow(e);
        }
    }

    private T run() throws IOException {
        Queue<Task> joiners = frame.joiners().tasks;
        joiners.add(caller); // before the frame can end
        try {
            FrameStart.started(frame);
            await();
        } finally {
            joiners.remove(caller);
        }
        if (frame.status() == FrameStatus.CANCELLED) { // by nobody but its runtime
            throw new RejectedExecutionException(
                    callee + " was stopped before the call had ended", frame.failure());
        }
        return frame.outcome();
    }

    /** Returns if the outcome is the call's, and throws if the caller has given it up. */
    private void await() throws TardyIOException {
        WaitReason reason = WaitReason.of(OPERATION, frame);
        try {
            while (!frame.hasEnded()) {
                caller.scheduler().awaitTrigger(caller, OPERATION, reason);
            }
        } catch (TardyIOException givenUp) {
            frame.cancel();
            if (isDecided.compareAndSet(false, true)) {
                throw givenUp;
            }
            caller.awaitTriggerUntil(frame::hasEnded, OPERATION, reason);
            Throwable failure = frame.failure();
            if (failure != null) {
                if (frame.status() != FrameStatus.CANCELLED) {
                    givenUp.initCause(failure); // a block that makes it anew keeps that
                }
                throw givenUp;
            }
        } catch (RuntimeException | Error e) { // the caller cannot be suspended here
            frame.cancel();
            throw e;
        }
    }

    /** Throws it, whatever its type: frames let every exception of their bodies through. */
    @SuppressWarnings("unchecked")
    private static <E extends Exception> E rethrow(Exception thrown) throws E {
        throw (E) thrown;
    }
}
