package io.tardy.netty;

import io.netty.channel.Channel;
import java.io.IOException;

/**
 * A pipeline has failed, in a handler, in its transport or in a write; the cause says how. The
 * frame may go on with the channel if it is still open: to answer, for instance, and then to close
 * it.
 */
public final class PipelineException extends IOException {

    private static final long serialVersionUID = 1L;

    PipelineException(Channel channel, Throwable cause) {
        super(channel + ": " + cause, cause);
    }
}
