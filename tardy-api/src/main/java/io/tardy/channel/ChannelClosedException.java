package io.tardy.channel;

import java.nio.channels.ClosedChannelException;

/**
 * The other end of a channel is closed, or this end.
 *
 * <p>Public for frames that catch it, when the other end may go first.
 */
public final class ChannelClosedException extends ClosedChannelException {

    private static final long serialVersionUID = 1L;

    private final String message;

    ChannelClosedException(String message) {
        this.message = message;
    }

    @Override
    public String getMessage() {
        return message;
    }
}
