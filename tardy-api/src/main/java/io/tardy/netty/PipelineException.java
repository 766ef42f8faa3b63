package io.tardy.netty;

import io.netty.channel.Channel;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * A pipeline has failed, in a handler, in its transport or in a write; the cause says how. The
 * frame may go on with the channel if it is still open: to answer, for instance, and then to close
 * it.
 */
public final class PipelineException extends IOException {

    private static final long serialVersionUID = 1L;

    private final transient Channel channel;

    PipelineException(Channel channel, Throwable cause) {
        super(channel + ": " + cause, cause);
        this.channel = channel;
    }

    /** The channel whose pipeline it was. */
    public Channel channel() {
        return channel;
    }

    /**
     * Whether the peer has merely left: the connection was reset, is broken or closed, TLS ended
     * without a close_notify, or a {@code ReadTimeoutHandler} gave up on a silent peer. Any other
     * failure is a fault, and worth a line in the log.
     */
    public boolean isPeerGone() {
        return meansPeerGone(getCause());
    }

    /**
     * {@link #isPeerGone} of a failure as handlers and futures of Netty's see it; public for those,
     * and for servers built on a {@link FrameChannel}.
     */
    public static boolean meansPeerGone(@Nullable Throwable failure) {
        return PeerDisconnect.isCauseOf(failure);
    }
}
