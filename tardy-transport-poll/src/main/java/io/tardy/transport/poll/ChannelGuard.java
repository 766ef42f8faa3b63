package io.tardy.transport.poll;

import io.tardy.aio.Errno;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Lets one caller per direction into a channel, and none wait for another.
 *
 * <p>The JDK's channels have locks inside. A frame that waits for one of them gives its thread
 * away, possibly while it holds another; if the loop then waited for that one, in a receive or in a
 * close, neither would ever go on. So a caller that would have to wait gets an error instead and
 * tries again, because the selector is level-triggered. A close is left to the caller that is
 * inside.
 */
final class ChannelGuard {

    static final int READING = 1;
    static final int WRITING = 2;
    private static final int CLOSED = 4;

    private final AtomicInteger state = new AtomicInteger();

    /**
     * Enters.
     *
     * @return 0, or a negated error number: {@code -EAGAIN} if another caller is inside
     */
    int enter(int direction) {
        for (; ; ) {
            int now = state.get();
            if ((now & CLOSED) != 0) {
                return -Errno.EBADF.number();
            }
            if ((now & direction) != 0) {
                return -Errno.EAGAIN.number();
            }
            if (state.compareAndSet(now, now | direction)) {
                return 0;
            }
        }
    }

    /**
     * Leaves.
     *
     * @return whether the caller must close the channel, for that was asked for meanwhile
     */
    boolean leave(int direction) {
        return state.addAndGet(-direction) == CLOSED;
    }

    /**
     * Asks for the close; once.
     *
     * @return whether the caller must close the channel, because no other is inside
     */
    boolean close() {
        return state.getAndUpdate(now -> now | CLOSED) == 0;
    }
}
