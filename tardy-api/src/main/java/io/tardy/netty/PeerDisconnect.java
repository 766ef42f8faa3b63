package io.tardy.netty;

import io.tardy.aio.Errno;
import io.tardy.os.SystemErrors;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;

/** How a peer leaves, as the exceptions of the transports, of TLS and of Netty's timers tell it. */
final class PeerDisconnect {

    /** How many nested causes are examined. */
    private static final int DEPTH_MAX = 16;

    private PeerDisconnect() {}

    /** Whether it is the reason of this failure, or the reason of its reason. */
    static boolean isCauseOf(Throwable failure) {
        Throwable cause = failure;
        for (int depth = 0; cause != null && depth < DEPTH_MAX; depth++) {
            if (isDisconnect(cause)) {
                return true;
            }
            cause = cause.getCause();
        }
        return false;
    }

    private static boolean isDisconnect(Throwable failure) {
        return failure instanceof ClosedChannelException
                || failure instanceof IOException io
                        && isDisconnect(Errno.of(SystemErrors.errnoOf(io)))
                || TlsEnd.isKnown() && TlsEnd.isDisconnect(failure);
    }

    private static boolean isDisconnect(Errno errno) {
        return switch (errno) {
            case ECONNRESET, EPIPE, ECONNABORTED, ETIMEDOUT, EHOSTUNREACH, ENETUNREACH -> true;
            default -> false;
        };
    }
}
