package io.tardy.channel;

import io.tardy.aio.CancelledException;
import io.tardy.aio.DeadlineExceededException;
import io.tardy.aio.TardyIOException;
import io.tardy.runtime.WaitQueue;
import io.tardy.runtime.Waiter;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A channel that any frames send to and any frames receive from, of all runtimes.
 *
 * <pre>{@code
 * Channel<Job> jobs = Channel.buffered(16);
 * for (int i = 0; i < workers; i++) {
 *     scope.fork(
 *             () -> {
 *                 for (Job job; (job = jobs.next()) != null; ) { // until it is closed
 *                     job.run();
 *                 }
 *             });
 * }
 * }</pre>
 *
 * <p>Each message is received once. Messages are received in the order in which they were sent, and
 * those who wait are served in the order in which they began to: so the messages of one sender stay
 * in order. What a sender did before {@code send} is visible to whoever receives the message.
 *
 * <p>A frame that is cancelled or late loses no message. Either its {@code send} throws, and nobody
 * receives the message, or it was received, and the call returns; either {@code recv} throws, and
 * the message goes to another, or it returns it.
 *
 * <p>{@link #close} is the normal end: what was sent, or waits to be sent, is still received.
 * {@link #fail} ends it at once for all.
 *
 * <p>Only {@code send}, {@code recv} and {@code next} wait, in a frame. Everything else may be
 * called on any thread, Netty's handlers included, and so may these where they need no wait.
 *
 * @param <T> the type of the messages
 */
public final class Channel<T> implements AutoCloseable {

    /** Who waits to send. */
    static final class Sending<T> extends Waiter.Place {
        private final T message;

        /** Whether it was settled because the channel has failed. */
        private boolean isRefused;

        Sending(Waiter waiter, T message) {
            super(waiter);
            this.message = message;
        }
    }

    /** Who waits to receive. */
    static final class Receiving<T> extends Waiter.Place {

        /** What it was given; null if it was settled because the channel has ended. */
        private @Nullable T message;

        Receiving(Waiter waiter) {
            super(waiter);
        }
    }

    private static final AtomicLong MADE = new AtomicLong();

    /** In which order who needs several takes their locks. */
    final long number = MADE.getAndIncrement();

    /** Held for a few steps, never across a wait. */
    final ReentrantLock lock = new ReentrantLock();

    private final int capacity;

    // Who has the lock. Nobody waits to receive while there is a message, nor to send while there
    // is room.
    private final Messages<T> messages = new Messages<>();
    private final WaitQueue<Sending<T>> senders = new WaitQueue<>();
    private final WaitQueue<Receiving<T>> receivers = new WaitQueue<>();
    private boolean isClosed;
    private @Nullable Throwable failure;

    private Channel(int capacity) {
        this.capacity = capacity;
    }

    /**
     * Holds so many messages that nobody has received yet; then senders wait.
     *
     * @param capacity at least one
     */
    public static <T> Channel<T> buffered(int capacity) {
        if (capacity < 1) {
            throw new IllegalArgumentException("capacity: " + capacity + ", must be at least 1");
        }
        return new Channel<>(capacity);
    }

    /** Holds none: each sender waits until its message is received. */
    public static <T> Channel<T> rendezvous() {
        return new Channel<>(0);
    }

    /**
     * Holds as many as are sent, and no sender waits. Nothing keeps a quick sender from filling the
     * memory: something else must bound what is under way.
     */
    public static <T> Channel<T> unlimited() {
        return new Channel<>(Integer.MAX_VALUE);
    }

    /** How many messages it holds at most: 0 of a rendezvous, {@code MAX_VALUE} if unlimited. */
    public int capacity() {
        return capacity;
    }

    /** How many messages it holds now. */
    public int count() {
        lock.lock();
        try {
            return messages.count();
        } finally {
            lock.unlock();
        }
    }

    /** How many frames wait to send now. */
    public int sending() {
        lock.lock();
        try {
            return senders.count();
        } finally {
            lock.unlock();
        }
    }

    /** How many frames wait to receive now. */
    public int receiving() {
        lock.lock();
        try {
            return receivers.count();
        } finally {
            lock.unlock();
        }
    }

    /** Whether it was closed or has failed; there may still be messages to receive. */
    public boolean isClosed() {
        lock.lock();
        try {
            return isClosed;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Sends a message, waiting while there is no room for it.
     *
     * @throws ChannelClosedException if the channel was closed before, or has failed; the message
     *     was not sent
     * @throws CancelledException if the frame is cancelled or interrupted; the message was not sent
     * @throws DeadlineExceededException if it had to wait beyond the frame's {@code Deadline}; the
     *     message was not sent
     * @throws IllegalStateException if it has to wait outside of a frame
     */
    public void send(T message) throws ChannelClosedException, TardyIOException {
        Objects.requireNonNull(message, "message");
        WaitQueue<Waiter.Place> settled = new WaitQueue<>();
        Sending<T> place = null;
        lock.lock();
        try {
            if (!offer(message, settled)) {
                Waiter.requireRoomToWait();
                place = new Sending<>(new Waiter("send", this), message);
                enqueue(place);
            }
        } finally {
            lock.unlock();
        }
        settled.wakeAll();
        if (place != null) {
            try {
                place.waiter().await("send");
            } catch (TardyIOException | RuntimeException | Error e) {
                leave(place);
                throw e;
            }
            requireSent(place);
        }
    }

    /**
     * Sends a message if it need not wait; on any thread.
     *
     * @return whether it has
     * @throws ChannelClosedException if the channel was closed, or has failed
     */
    public boolean trySend(T message) throws ChannelClosedException {
        Objects.requireNonNull(message, "message");
        WaitQueue<Waiter.Place> settled = new WaitQueue<>();
        lock.lock();
        try {
            return offer(message, settled);
        } finally {
            lock.unlock();
            settled.wakeAll();
        }
    }

    /**
     * Receives the next message, waiting until there is one.
     *
     * @throws ChannelClosedException if the channel is closed and all was received, or it has
     *     failed: then with the cause
     * @throws CancelledException if the frame is cancelled or interrupted; no message was taken
     * @throws DeadlineExceededException if it had to wait beyond the frame's {@code Deadline}; no
     *     message was taken
     * @throws IllegalStateException if it has to wait outside of a frame
     */
    public T recv() throws ChannelClosedException, TardyIOException {
        return orClosed(receive("recv"));
    }

    /**
     * {@link #recv} that tells the normal end by its value, for loops.
     *
     * @return the message, or null if the channel is closed and all was received
     * @throws ChannelClosedException if the channel has failed, with the cause
     */
    public @Nullable T next() throws ChannelClosedException, TardyIOException {
        return receive("next");
    }

    private @Nullable T receive(String operation) throws ChannelClosedException, TardyIOException {
        WaitQueue<Waiter.Place> settled = new WaitQueue<>();
        Receiving<T> place = null;
        T message;
        lock.lock();
        try {
            message = poll(settled);
            if (message == null && !hasEnded()) {
                Waiter.requireRoomToWait();
                place = new Receiving<>(new Waiter(operation, this));
                enqueue(place);
            }
        } finally {
            lock.unlock();
        }
        settled.wakeAll();
        if (place == null) {
            return message;
        }
        try {
            place.waiter().await(operation);
        } catch (TardyIOException | RuntimeException | Error e) {
            leave(place);
            throw e;
        }
        return received(place);
    }

    /**
     * Receives a message if there is one; on any thread.
     *
     * @return it, or null if there is none now
     * @throws ChannelClosedException if there will be none: the channel is closed and all was
     *     received, or it has failed
     */
    public @Nullable T tryRecv() throws ChannelClosedException {
        WaitQueue<Waiter.Place> settled = new WaitQueue<>();
        lock.lock();
        try {
            T message = poll(settled);
            return message == null && hasEnded() ? orClosed(null) : message;
        } finally {
            lock.unlock();
            settled.wakeAll();
        }
    }

    /**
     * No more messages: later sends throw, and receivers are told once all is received, including
     * what waits to be sent. On any thread; closing again does nothing.
     */
    @Override
    public void close() {
        Waiter.requireRoom();
        WaitQueue<Waiter.Place> settled = new WaitQueue<>();
        lock.lock();
        try {
            isClosed = true;
            endReceivers(settled); // who wait although others send: a Select that would do both
        } finally {
            lock.unlock();
        }
        settled.wakeAll();
    }

    /**
     * The channel has failed, or nobody wants its messages any more: from now on, and where they
     * wait, all who send and receive get a {@link ChannelClosedException} with this cause. So it is
     * with one that was closed before. On any thread; failing again does nothing.
     *
     * @return the messages that nobody has received, for those that must be released
     */
    public List<T> fail(Throwable cause) {
        Objects.requireNonNull(cause, "cause");
        Waiter.requireRoom();
        WaitQueue<Waiter.Place> settled = new WaitQueue<>();
        List<T> dropped;
        lock.lock();
        try {
            dropped = messages.pollAll();
            if (failure == null) {
                failure = cause;
            }
            isClosed = true;
            Sending<T> sending;
            while ((sending = senders.poll()) != null) {
                sending.isRefused = true;
                if (sending.settle()) {
                    settled.add(sending);
                }
            }
            endReceivers(settled);
        } finally {
            lock.unlock();
        }
        settled.wakeAll();
        return dropped;
    }

    private void endReceivers(WaitQueue<Waiter.Place> settled) {
        Receiving<T> receiving;
        while ((receiving = receivers.settleFirst()) != null) {
            settled.add(receiving);
        }
    }

    // With the lock; Select too. Who is settled is woken when the lock is let go.

    /** Sends it if that needs no wait. */
    boolean offer(T message, WaitQueue<Waiter.Place> settled) throws ChannelClosedException {
        if (isClosed) {
            throw closed("the channel is closed: the message was not sent");
        }
        if (!receivers.isEmpty()) {
            Waiter.requireRoom();
        }
        Receiving<T> receiving;
        while ((receiving = receivers.poll()) != null) {
            receiving.message = message;
            if (receiving.settle()) {
                settled.add(receiving);
                return true;
            }
        }
        if (messages.count() >= capacity) {
            return false;
        }
        messages.add(message);
        return true;
    }

    /** The next message, or null. */
    @Nullable T poll(WaitQueue<Waiter.Place> settled) {
        if (senders.isEmpty()) {
            return messages.poll();
        }
        Waiter.requireRoom();
        T message = messages.poll();
        Sending<T> sending = senders.settleFirst();
        if (sending == null) {
            return message; // they have given up
        }
        settled.add(sending);
        if (message == null) {
            return sending.message; // of a rendezvous
        }
        messages.add(sending.message);
        return message;
    }

    /** Whether there will be no message; only when there is none. */
    boolean hasEnded() throws ChannelClosedException {
        if (failure != null) {
            throw closed("the channel has failed");
        }
        return isClosed;
    }

    void enqueue(Sending<T> place) {
        senders.add(place);
    }

    void enqueue(Receiving<T> place) {
        receivers.add(place);
    }

    // Without the lock; Select too.

    void leave(Sending<T> place) {
        lock.lock();
        try {
            senders.remove(place);
        } finally {
            lock.unlock();
        }
    }

    void leave(Receiving<T> place) {
        lock.lock();
        try {
            receivers.remove(place);
        } finally {
            lock.unlock();
        }
    }

    /** In the frame of a place that was settled. */
    void requireSent(Sending<T> place) throws ChannelClosedException {
        if (place.isRefused) {
            throw closed("the channel has failed: the message was not sent");
        }
    }

    /** In the frame of a place that was settled: the message, or null at the normal end. */
    @Nullable T received(Receiving<T> place) throws ChannelClosedException {
        T message = place.message;
        if (message == null) {
            lock.lock();
            try {
                hasEnded();
            } finally {
                lock.unlock();
            }
        }
        return message;
    }

    T orClosed(@Nullable T message) throws ChannelClosedException {
        if (message == null) {
            throw closed("the channel is closed, and all was received");
        }
        return message;
    }

    private ChannelClosedException closed(String message) {
        return new ChannelClosedException(message, failure);
    }

    @Override
    public String toString() {
        lock.lock();
        try {
            return (failure != null ? "failed channel" : isClosed ? "closed channel" : "channel")
                    + " with "
                    + messages.count()
                    + " messages, "
                    + senders.count()
                    + " sending, "
                    + receivers.count()
                    + " receiving";
        } finally {
            lock.unlock();
        }
    }
}
