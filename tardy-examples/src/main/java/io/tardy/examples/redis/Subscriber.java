package io.tardy.examples.redis;

import io.tardy.Frame;
import io.tardy.aio.TardyIOException;
import io.tardy.channel.Channel;
import io.tardy.channel.ChannelClosedException;
import io.tardy.net.Socket;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * A connection that gets what others publish. All that it is sent goes through a channel, from
 * which a frame of its own sends: so whoever publishes never waits for it. If it takes its messages
 * too slowly it is cut.
 */
final class Subscriber {

    static final int SUBSCRIPTIONS_MAX = 10_000;
    static final int MESSAGES_MAX = 4096;
    static final int BYTES_MAX = 8 << 20;

    /** How much is sent together. */
    private static final int BATCH_BYTES = 64 << 10;

    private static final System.Logger LOG = System.getLogger(Subscriber.class.getName());

    /** It was cut. */
    static final class CutException extends IOException {
        private static final long serialVersionUID = 1L;

        CutException() {
            super("it takes its messages too slowly");
        }
    }

    /** Sends, once nothing is told that a crash could take. */
    @FunctionalInterface
    interface Sending {
        void send(ByteBuffer bytes) throws IOException;
    }

    private final Topics topics;
    private final Socket peer;
    private final Budget budget;
    private final Set<String> channels = new HashSet<>();
    private final Channel<byte[]> outbox = Channel.buffered(MESSAGES_MAX);
    private long waitingBytes;
    private Frame<?> sender; // null before the first confirmation was sent
    private boolean isCut;
    private IOException failure;

    Subscriber(Topics topics, Socket peer, Budget budget) {
        this.topics = topics;
        this.peer = peer;
        this.budget = budget;
    }

    /** How many subscriptions it has. */
    int count() {
        return channels.size();
    }

    List<String> names() {
        return List.copyOf(channels);
    }

    void subscribe(String name) throws CommandException {
        Database.requireName(name);
        if (channels.contains(name)) {
            return;
        }
        long bytes = Database.ENTRY_BYTES + name.length();
        if (count() >= SUBSCRIPTIONS_MAX || !budget.tryHold(bytes)) {
            throw new CommandException(
                    "ERR a connection has at most "
                            + SUBSCRIPTIONS_MAX
                            + " subscriptions, and there must be memory for them");
        }
        channels.add(name);
        topics.join(name, this);
    }

    void unsubscribe(String name) {
        if (channels.remove(name)) {
            budget.giveBack(Database.ENTRY_BYTES + name.length());
            topics.leave(name, this);
        }
    }

    void unsubscribeAll() {
        names().forEach(this::unsubscribe);
    }

    /** Returns false if too much waits for it already: it is to be cut. */
    boolean offer(byte[] bytes) {
        boolean fits = waitingBytes == 0 || waitingBytes + bytes.length <= BYTES_MAX;
        try {
            if (isCut || !fits || !budget.tryHold(bytes.length)) {
                return false;
            } else if (!outbox.trySend(bytes)) {
                budget.giveBack(bytes.length);
                return false;
            }
        } catch (ChannelClosedException e) { // it is about to end
            budget.giveBack(bytes.length);
            return false;
        }
        waitingBytes += bytes.length;
        return true;
    }

    /** Sends replies to it, behind what waits. */
    void reply(byte[] bytes) throws IOException {
        budget.hold(bytes.length);
        waitingBytes += bytes.length;
        outbox.send(bytes);
    }

    /** Ends it: it takes its messages too slowly, and others are to have theirs. */
    void cut() {
        if (isCut || failure != null) {
            return;
        }
        isCut = true;
        unsubscribeAll();
        LOG.log(
                Level.WARNING,
                "{0} is cut: it takes its messages too slowly, and {1} of them, {2} bytes,"
                        + " wait for it",
                name(),
                Integer.toString(outbox.count()),
                Long.toString(waitingBytes));
        if (sender != null) {
            sender.cancel();
        }
    }

    private String name() {
        try {
            return String.valueOf(peer.remoteAddress());
        } catch (TardyIOException e) {
            return "a subscriber"; // which has gone
        }
    }

    /** Why {@link #sendAll} has closed the connection; null if it has not. */
    IOException failure() {
        return failure;
    }

    /** With the frame of {@link #sendAll}. */
    void sentBy(Frame<?> frame) {
        sender = frame;
        if (isCut) {
            frame.cancel();
        }
    }

    /** Sends what comes, until {@link #close}; in a frame of its own. */
    void sendAll(Sending sending) throws IOException {
        try {
            for (byte[] next; (next = outbox.next()) != null; ) {
                sendBatch(next, sending);
            }
        } catch (IOException e) {
            failure = isCut ? new CutException() : e;
            unsubscribeAll();
            outbox.fail(failure);
            peer.close(); // its other frame learns of it there, and throws what has failed
        }
    }

    private void sendBatch(byte[] first, Sending sending) throws IOException {
        List<byte[]> batch = new ArrayList<>(List.of(first));
        int size = first.length;
        while (size < BATCH_BYTES && outbox.count() > 0) {
            byte[] next = outbox.next();
            batch.add(next);
            size += next.length;
        }
        ByteBuffer all = ByteBuffer.wrap(first);
        if (batch.size() > 1) {
            all = ByteBuffer.allocate(size);
            batch.forEach(all::put);
            all.flip();
        }
        sending.send(all);
        waitingBytes -= size;
        budget.giveBack(size);
    }

    /** No more is sent behind what waits. */
    void close() {
        unsubscribeAll();
        outbox.close();
    }

    /** When its frames have ended. */
    void release() {
        unsubscribeAll();
        budget.giveBack(waitingBytes);
        waitingBytes = 0;
    }
}
