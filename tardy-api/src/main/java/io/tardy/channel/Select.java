package io.tardy.channel;

import io.tardy.Deadline;
import io.tardy.aio.CancelledException;
import io.tardy.aio.DeadlineExceededException;
import io.tardy.channel.Channel.Receiving;
import io.tardy.channel.Channel.Sending;
import io.tardy.runtime.WaitQueue;
import io.tardy.runtime.Waiter;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * Waits until one of several channels can do what is asked of it, or a time is over, and does that
 * and nothing else.
 *
 * <pre>{@code
 * String seen =
 *         new Select<String>()
 *                 .recv(orders, order -> "order " + order)
 *                 .next(news, item -> item == null ? "no more news" : item)
 *                 .send(lamps, "on", () -> "switched on")
 *                 .after(Duration.ofSeconds(1), () -> "nothing happened")
 *                 .run();
 * }</pre>
 *
 * <p>If several are ready, the first of them in the order in which they were given is chosen; so a
 * busy first one keeps the others waiting. A channel that has ended is ready. What was not chosen
 * has not happened: nothing was sent there, and no message taken.
 *
 * <p>Clauses are given once, by one frame; {@link #run} may be called as often as one likes, by any
 * frame.
 *
 * @param <R> the type of the value
 */
public final class Select<R extends @Nullable Object> {

    /** What it comes to, when nothing is held any more. */
    private interface Outcome<R extends @Nullable Object> extends Callable<R> {}

    /** What is asked of one channel. */
    private interface Clause<R extends @Nullable Object> {

        Channel<?> channel();

        /** With the channel's lock: does it if it need not wait, else returns null. */
        @Nullable Outcome<R> tryNow(WaitQueue<Waiter.Place> settled) throws ChannelClosedException;

        /** With the channel's lock: waits with this waiter. */
        Waiting<R> enqueue(Waiter waiter);
    }

    /** A clause whose turn may come. */
    private interface Waiting<R extends @Nullable Object> {

        Waiter.Place place();

        /** It was not chosen, or is over. */
        void leave();

        /** It was chosen. */
        Outcome<R> settled() throws ChannelClosedException;
    }

    private record SendClause<T, R extends @Nullable Object>(
            Channel<T> channel, T message, Callable<? extends R> body) implements Clause<R> {

        @Override
        public @Nullable Outcome<R> tryNow(WaitQueue<Waiter.Place> settled)
                throws ChannelClosedException {
            return channel.offer(message, settled) ? body::call : null;
        }

        @Override
        public Waiting<R> enqueue(Waiter waiter) {
            return new WaitingSend<>(this, channel.enqueue(waiter, message));
        }
    }

    private record WaitingSend<T, R extends @Nullable Object>(
            SendClause<T, R> clause, Sending<T> place) implements Waiting<R> {

        @Override
        public void leave() {
            clause.channel.leave(place);
        }

        @Override
        public Outcome<R> settled() throws ChannelClosedException {
            clause.channel.requireSent(place);
            return clause.body::call;
        }
    }

    /**
     * @param tellsEnd whether the normal end is a value, null, for the body
     */
    private record ReceiveClause<T, R extends @Nullable Object>(
            Channel<T> channel, boolean tellsEnd, MessageBody<? super T, ? extends R> body)
            implements Clause<R> {

        @Override
        public @Nullable Outcome<R> tryNow(WaitQueue<Waiter.Place> settled)
                throws ChannelClosedException {
            T message = channel.poll(settled);
            return message != null || channel.hasEnded() ? outcome(message) : null;
        }

        @Override
        public Waiting<R> enqueue(Waiter waiter) {
            return new WaitingReceive<>(this, channel.enqueue(waiter));
        }

        @SuppressWarnings("NullAway") // a body that is told the end takes null
        Outcome<R> outcome(@Nullable T message) throws ChannelClosedException {
            T given = tellsEnd ? message : channel.orClosed(message);
            return () -> body.run(given);
        }
    }

    private record WaitingReceive<T, R extends @Nullable Object>(
            ReceiveClause<T, R> clause, Receiving<T> place) implements Waiting<R> {

        @Override
        public void leave() {
            clause.channel.leave(place);
        }

        @Override
        public Outcome<R> settled() throws ChannelClosedException {
            return clause.outcome(clause.channel.received(place));
        }
    }

    private final List<Clause<R>> clauses = new ArrayList<>();
    private @Nullable Duration after;
    private @Nullable Callable<? extends R> late;
    private @Nullable Callable<? extends R> otherwise;

    /** Without clauses yet. */
    public Select() {}

    /**
     * Receives from this channel. If it is closed and empty, or has failed, {@link #run} throws.
     *
     * @param body what to do with the message
     */
    public <T> Select<R> recv(Channel<T> channel, MessageBody<? super T, ? extends R> body) {
        clauses.add(new ReceiveClause<>(channel, false, Objects.requireNonNull(body, "body")));
        return this;
    }

    /**
     * Receives from this channel, or hears that it is closed and empty. If it has failed, {@link
     * #run} throws.
     *
     * @param body what to do with the message, which is null at the end
     */
    public <T> Select<R> next(
            Channel<T> channel, MessageBody<? super @Nullable T, ? extends R> body) {
        clauses.add(new ReceiveClause<>(channel, true, Objects.requireNonNull(body, "body")));
        return this;
    }

    /**
     * Sends to this channel. If it is closed or has failed, {@link #run} throws.
     *
     * @param body what to do when it was sent
     */
    public <T> Select<R> send(Channel<T> channel, T message, Callable<? extends R> body) {
        Objects.requireNonNull(message, "message");
        clauses.add(new SendClause<>(channel, message, Objects.requireNonNull(body, "body")));
        return this;
    }

    /**
     * Waits no longer than this, from the call of {@link #run} on.
     *
     * @throws IllegalStateException if it has a time already
     */
    public Select<R> after(Duration delay, Callable<? extends R> body) {
        if (after != null) {
            throw new IllegalStateException("this select has a time already: " + after);
        }
        after = Objects.requireNonNull(delay, "delay");
        late = Objects.requireNonNull(body, "body");
        return this;
    }

    /** Does not wait at all: does this if no channel is ready now. */
    public Select<R> otherwise(Callable<? extends R> body) {
        otherwise = Objects.requireNonNull(body, "body");
        return this;
    }

    /**
     * Waits for the first that is ready, does it, and then calls its body.
     *
     * @return what the body returns
     * @throws ChannelClosedException if a channel has ended that was not to, or has failed; nothing
     *     was done
     * @throws CancelledException if the frame is cancelled or interrupted; nothing was done
     * @throws DeadlineExceededException if it had to wait beyond the frame's {@code Deadline};
     *     nothing was done
     * @throws IOException what the body throws, which may be any exception, as with {@link
     *     Deadline#within}
     * @throws IllegalStateException if it has no clause, or has to wait outside of a frame
     */
    public R run() throws IOException {
        if (clauses.isEmpty() && after == null && otherwise == null) {
            throw new IllegalStateException("this select has nothing to wait for");
        }
        Callable<? extends R> chosen = choose();
        try {
            return chosen.call();
        } catch (Exception e) {
            throw Select.<IOException>asDeclared(e);
        }
    }

    /** Throws it, whatever its type, as {@link Deadline} does. */
    @SuppressWarnings("unchecked")
    private static <E extends Exception> E asDeclared(Exception thrown) throws E {
        throw (E) thrown;
    }

    private Callable<? extends R> choose() throws IOException {
        WaitQueue<Waiter.Place> settled = new WaitQueue<>();
        List<Waiting<R>> waiting = new ArrayList<>(clauses.size());
        Waiter waiter;
        lockAll();
        try {
            for (Clause<R> clause : clauses) {
                Outcome<R> now = clause.tryNow(settled);
                if (now != null) {
                    return now;
                }
            }
            if (otherwise != null) {
                return otherwise;
            }
            waiter = new Waiter("select");
            for (Clause<R> clause : clauses) {
                waiting.add(clause.enqueue(waiter));
            }
        } finally {
            unlockAll();
            settled.wakeAll();
        }
        try {
            return chosen(await(waiter), waiting);
        } finally {
            waiting.forEach(Waiting::leave);
        }
    }

    private Callable<? extends R> chosen(Waiter.@Nullable Place place, List<Waiting<R>> waiting)
            throws ChannelClosedException {
        for (Waiting<R> one : waiting) {
            if (one.place() == place) {
                return one.settled();
            }
        }
        return Objects.requireNonNull(late);
    }

    /** Where it was settled, or null if its time is over. */
    private Waiter.@Nullable Place await(Waiter waiter) throws IOException {
        if (after == null) {
            return waiter.await("select");
        }
        try {
            return Deadline.callWithin(after, () -> waiter.await("select"));
        } catch (DeadlineExceededException e) {
            return null; // its own: an outer one is a cancellation here
        }
    }

    /** All at once, so that nothing changes between the look and the wait; always in this order. */
    private void lockAll() {
        ordered().forEach(channel -> channel.lock.lock());
    }

    private void unlockAll() {
        ordered().forEach(channel -> channel.lock.unlock());
    }

    private List<Channel<?>> ordered() {
        List<Channel<?>> channels = new ArrayList<>(clauses.size());
        clauses.forEach(clause -> channels.add(clause.channel()));
        channels.sort(Comparator.comparingLong(channel -> channel.number));
        return channels;
    }
}
