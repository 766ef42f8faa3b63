package io.tardy.transport.poll;

import io.netty.channel.IoEvent;
import io.netty.channel.IoRegistration;
import io.netty.channel.nio.NioIoEvent;
import io.netty.channel.nio.NioIoHandle;
import io.netty.channel.nio.NioIoOps;
import io.tardy.aio.Errno;
import io.tardy.spi.ReadinessRegistration;
import java.io.IOException;
import java.nio.channels.SelectableChannel;

/**
 * A channel on a selector. A selector reports levels, again and again, so it is asked only for what
 * a frame waits for. Writing: until the wait is over. Reading: until data arrives that no frame
 * waits for, because a reader mostly reads again.
 *
 * <p>The channel joins the selector at the first wait. Only then is it certain to be the one that
 * the socket keeps (see {@link StreamSocket}), and one that never waits never joins.
 */
final class PollRegistration extends ReadinessRegistration {

    private final ChannelSocket socket;
    private final Handle handle = new Handle();

    /** Null until something waits. */
    private IoRegistration registration;

    /** What the selector is asked for; as of {@code SelectionKey}. */
    private int interest;

    private boolean disarmed;

    /** What came when this reap had brought enough; for {@link PollIoHandler}. */
    private int late;

    PollRegistration(PollBackend backend, ChannelSocket socket) {
        super(backend, socket);
        this.socket = socket;
    }

    /** Nothing is known of the socket yet: the first operation tries at once. */
    @Override
    protected void arm() {
        ready(true, true, false);
    }

    /** A selector reports levels. */
    @Override
    protected boolean reportsWhatIsLeft() {
        return true;
    }

    @Override
    protected void waiting() {
        ask(interest | waitedFor());
    }

    @Override
    protected void disarm() {
        disarmed = true;
        if (registration != null) {
            registration.cancel();
        }
    }

    /** The operations that are waited for; as of {@code SelectionKey}. */
    private int waitedFor() {
        return (readerWaits() ? socket.readOp() : 0) | (writerWaits() ? socket.writeOp() : 0);
    }

    private void ask(int operations) {
        if (operations == interest) {
            return;
        }
        if (registration == null) {
            try {
                registration = register(handle);
            } catch (IOException e) {
                failWaiting(ChannelErrors.errnoOf(e.getCause()));
                return;
            }
        }
        if (registration.submit(NioIoOps.valueOf(operations)) < 0) {
            // The JDK closes a channel whose connect has failed.
            failWaiting(Errno.EBADF.number());
            return;
        }
        interest = operations;
    }

    /** The selector reports these operations; as of {@code SelectionKey}. */
    void deliver(int operations) {
        boolean readNews = (operations & ChannelSocket.READ_OPS) != 0;
        boolean writeNews = (operations & ChannelSocket.WRITE_OPS) != 0;
        int unwanted = readNews && !readerWaits() ? ChannelSocket.READ_OPS : 0;
        ready(readNews, writeNews, false);
        if (writeNews) {
            unwanted |= ChannelSocket.WRITE_OPS;
        }
        if (!disarmed) {
            ask(interest & ~unwanted | waitedFor());
        }
    }

    /**
     * Keeps events for later.
     *
     * @return whether none were kept before
     */
    boolean keep(int operations) {
        boolean first = late == 0;
        late |= operations;
        return first;
    }

    void deliverKept() {
        int operations = late;
        late = 0;
        if (!disarmed) {
            deliver(operations);
        }
    }

    /** Netty's view of us; not {@code this}, for its methods are public. */
    final class Handle implements NioIoHandle {

        private PollIoHandler handler;

        /** Where the events come from, so that it can say when they are too many. */
        void joins(PollIoHandler handler) {
            this.handler = handler;
        }

        @Override
        public SelectableChannel selectableChannel() {
            return socket.channel();
        }

        @Override
        public void handle(IoRegistration from, IoEvent event) {
            handler.take(PollRegistration.this, ((NioIoEvent) event).ops().value());
        }

        /** The loop ends; the runtime releases the socket at its end. */
        @Override
        public void close() {}
    }
}
