package io.tardy;

/** What a frame does when it has no value to return; see {@link TardyRuntime#spawn(FrameBody)}. */
@FunctionalInterface
public interface FrameBody {

    /** Runs in the frame. An exception fails this frame and no other. */
    void run() throws Exception;
}
