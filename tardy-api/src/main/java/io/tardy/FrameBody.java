package io.tardy;

/**
 * What is done in a frame when there is no value to return; what has one is a {@link
 * java.util.concurrent.Callable}. See {@link TardyRuntime#spawn(FrameBody)}, {@link Scope#fork} and
 * {@link Deadline#within}.
 *
 * <p>Public for methods of your own that take the body of a frame.
 */
@FunctionalInterface
public interface FrameBody {

    /** Runs in the frame. An exception that leaves the frame fails it, and no other. */
    void run() throws Exception;
}
