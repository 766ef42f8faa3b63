package io.tardy.netty;

/**
 * What a frame does with its channel; see {@link FrameChannel#spawn}.
 *
 * <p>Public for methods of your own that take the body of a channel's frame.
 */
@FunctionalInterface
public interface FrameChannelBody {

    /** Runs in a frame, from the first message of the channel to its last. */
    void run(FrameChannel channel) throws Exception;
}
