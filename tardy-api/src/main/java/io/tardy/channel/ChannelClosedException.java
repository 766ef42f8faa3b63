package io.tardy.channel;

import java.nio.channels.ClosedChannelException;
import org.jspecify.annotations.Nullable;

/**
 * A channel is closed, or one end of it. If a {@link Channel} has failed, the cause is what it
 * failed with; of a normal end there is no cause.
 *
 * <p>Public for frames that catch it, when the other end may go first.
 */
public final class ChannelClosedException extends ClosedChannelException {

    private static final long serialVersionUID = 1L;

    private final String message;

    ChannelClosedException(String message) {
        this.message = message;
    }

    ChannelClosedException(String message, @Nullable Throwable cause) {
        this(message);
        initCause(cause);
    }

    @Override
    public String getMessage() {
        return message;
    }
}
