package io.tardy.channel;

import io.tardy.Deadline;
import io.tardy.Frame;
import io.tardy.aio.CancelledException;
import io.tardy.aio.DeadlineExceededException;
import io.tardy.aio.TardyIOException;
import io.tardy.channel.Channel.Receiving;
import io.tardy.channel.Channel.Sending;
import io.tardy.channel.Clause.Attempt;
import io.tardy.net.Socket;
import io.tardy.runtime.WaitQueue;
import io.tardy.runtime.Waiter;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Waits for the first of several things, and does that and nothing else: a channel can do what is
 * asked of it, a frame has ended, a socket has something to receive or to accept, a time is over.
 *
 * <pre>{@code
 * String seen =
 *         new Select<String>()
 *                 .recv(orders, order -> "order " + order)
 *                 .next(news, item -> item == null ? "no more news" : item)
 *                 .send(lamps, "on", () -> "switched on")
 *                 .join(lookup, address -> "found " + address)
 *                 .readable(peer, () -> "received " + peer.recv(buffer))
 *                 .after(Duration.ofSeconds(1), () -> "nothing happened")
 *                 .run();
 * }</pre>
 *
 * <p>If several are ready, the first of them in the order in which they were given is chosen; so a
 * busy first one keeps the others waiting. A channel that has ended is ready. What was not chosen
 * has not happened: nothing was sent there, and no message taken. A frame that was not chosen goes
 * on: it is neither cancelled nor joined. Of a socket nothing is received before its body does.
 *
 * <p>Clauses are given once, by one frame; {@link #run} may be called as often as one likes, by any
 * frame.
 *
 * @param <R> the type of the value
 */
public final class Select<R extends @Nullable Object> {

    private record SendClause<T, R extends @Nullable Object>(
            Channel<T> channel, T message, Callable<? extends R> body) implements Clause<R> {

        @Override
        public String waitsFor() {
            return "send " + channel;
        }

        @Override
        public Attempt<R> attempt() {
            return new SendAttempt<>(this);
        }
    }

    private static final class SendAttempt<T, R extends @Nullable Object> implements Attempt<R> {

        private final SendClause<T, R> clause;

        /** Once it is prepared. */
        @SuppressWarnings("NullAway.Init")
        private Sending<T> place;

        SendAttempt(SendClause<T, R> clause) {
            this.clause = clause;
        }

        @Override
        public boolean tryNow(WaitQueue<Waiter.Place> settled) throws ChannelClosedException {
            return clause.channel.offer(clause.message, settled);
        }

        @Override
        public Waiter.Place prepare(Waiter waiter) {
            place = new Sending<>(waiter, clause.message);
            return place;
        }

        @Override
        public void enqueue() {
            clause.channel.enqueue(place);
        }

        @Override
        public void leave() {
            clause.channel.leave(place);
        }

        @Override
        public void settled() throws ChannelClosedException {
            clause.channel.requireSent(place);
        }

        @Override
        public R call() throws Exception {
            return clause.body.call();
        }
    }

    /**
     * @param tellsEnd whether the normal end is a value, null, for the body
     */
    private record ReceiveClause<T, R extends @Nullable Object>(
            Channel<T> channel, boolean tellsEnd, MessageBody<? super T, ? extends R> body)
            implements Clause<R> {

        @Override
        public String waitsFor() {
            return "recv " + channel;
        }

        @Override
        public Attempt<R> attempt() {
            return new ReceiveAttempt<>(this);
        }
    }

    private static final class ReceiveAttempt<T, R extends @Nullable Object> implements Attempt<R> {

        private final ReceiveClause<T, R> clause;

        /** Once it is prepared. */
        @SuppressWarnings("NullAway.Init")
        private Receiving<T> place;

        private @Nullable T message;

        ReceiveAttempt(ReceiveClause<T, R> clause) {
            this.clause = clause;
        }

        @Override
        public boolean tryNow(WaitQueue<Waiter.Place> settled) throws ChannelClosedException {
            message = clause.channel.poll(settled);
            if (message == null && !clause.channel.hasEnded()) {
                return false;
            }
            requireExpected();
            return true;
        }

        @Override
        public Waiter.Place prepare(Waiter waiter) {
            place = new Receiving<>(waiter);
            return place;
        }

        @Override
        public void enqueue() {
            clause.channel.enqueue(place);
        }

        @Override
        public void leave() {
            clause.channel.leave(place);
        }

        @Override
        public void settled() throws ChannelClosedException {
            message = clause.channel.received(place);
            requireExpected();
        }

        private void requireExpected() throws ChannelClosedException {
            if (!clause.tellsEnd) {
                clause.channel.orClosed(message);
            }
        }

        @Override
        @SuppressWarnings("NullAway") // a body that is told the end takes null
        public R call() throws Exception {
            return clause.body.run(message);
        }
    }

    private final List<Clause<R>> clauses = new ArrayList<>();
    private boolean hasSockets;
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
     * Waits for the end of this frame, of any runtime, and joins it. If it has failed, {@link #run}
     * throws a {@code FrameFailedException} as {@link Frame#join} does.
     *
     * @param body what to do with its value
     */
    public <T extends @Nullable Object> Select<R> join(
            Frame<T> frame, MessageBody<? super T, ? extends R> body) {
        Objects.requireNonNull(body, "body");
        return ended(frame, ended -> body.run(ended.join()));
    }

    /**
     * Waits for the end of this frame, of any runtime, however it ends: {@link Frame#join} has its
     * value or its failure, and does not wait then.
     *
     * @param body what to do with the frame
     */
    public <T extends @Nullable Object> Select<R> ended(
            Frame<T> frame, MessageBody<? super Frame<T>, ? extends R> body) {
        Objects.requireNonNull(frame, "frame");
        clauses.add(new FrameClause<>(frame, Objects.requireNonNull(body, "body")));
        return this;
    }

    /**
     * Waits until this socket has something to receive: data, a datagram, the end of the stream, or
     * a failure; of a listening one, a connection to accept. The body receives or accepts it. As of
     * {@link Socket#awaitReadable}, {@link #run} throws if the socket is closed meanwhile, and no
     * other frame may receive from it or wait for it meanwhile.
     *
     * @param body what to do when the socket is ready
     */
    public Select<R> readable(Socket socket, Callable<? extends R> body) {
        Objects.requireNonNull(socket, "socket");
        clauses.add(new SocketClause<>(socket, Objects.requireNonNull(body, "body")));
        hasSockets = true;
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

    /** Does not wait at all: does this if nothing is ready now. */
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
     * @throws TardyIOException if a socket is closed, or can neither receive nor accept; nothing
     *     was done
     * @throws CancelledException if the frame is cancelled or interrupted; nothing was done
     * @throws DeadlineExceededException if it had to wait beyond the frame's {@code Deadline};
     *     nothing was done
     * @throws IOException what the body throws, which may be any exception, as with {@link
     *     Deadline#within}
     * @throws IllegalStateException if it has no clause, has to wait outside of a frame, or another
     *     frame waits to receive from a socket of its
     */
    public R run() throws IOException {
        if (clauses.isEmpty() && after == null && otherwise == null) {
            throw new IllegalStateException("this select has nothing to wait for");
        }
        if (hasSockets) {
            Waiter.requireRoomToWaitTwice(); // for the end of what it has begun
        } else {
            Waiter.requireRoomToWait();
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
        List<Attempt<R>> attempts = new ArrayList<>(clauses.size());
        clauses.forEach(clause -> attempts.add(clause.attempt()));
        attempts.forEach(Attempt::look);
        List<Channel<?>> channels = ordered();
        List<Waiter.Place> places = new ArrayList<>(clauses.size());
        Waiter waiter;
        int locked = 0;
        try {
            for (; locked < channels.size(); locked++) { // nothing changes from look to wait
                channels.get(locked).lock.lock();
            }
            for (Attempt<R> attempt : attempts) {
                if (attempt.tryNow(settled)) {
                    return attempt;
                }
            }
            if (otherwise != null) {
                return otherwise;
            }
            waiter = new Waiter("select", this);
            for (Attempt<R> attempt : attempts) {
                places.add(attempt.prepare(waiter));
            }
            for (int i = 0; i < attempts.size(); i++) { // an iterator would take memory
                attempts.get(i).enqueue();
            }
        } finally {
            while (locked > 0) {
                channels.get(--locked).lock.unlock();
            }
            settled.wakeAll();
        }
        try {
            Waiter.Place place = await(waiter, attempts);
            if (place == null) {
                return Objects.requireNonNull(late);
            }
            Attempt<R> chosen = attempts.get(places.indexOf(place));
            chosen.settled();
            return chosen;
        } finally {
            for (int i = 0; i < attempts.size(); i++) {
                attempts.get(i).leave();
            }
            for (int i = 0; i < attempts.size(); i++) {
                attempts.get(i).awaitLeft();
            }
        }
    }

    /** In which place it was settled, or null if the time is over. */
    private Waiter.@Nullable Place await(Waiter waiter, List<Attempt<R>> attempts)
            throws TardyIOException {
        try {
            for (int i = 0; i < attempts.size(); i++) {
                attempts.get(i).begin();
            }
        } catch (RuntimeException | Error e) { // of this frame's; perhaps it was given something
            Waiter.Place settled = waiter.giveUp();
            if (settled == null) {
                throw e;
            }
            return settled;
        }
        return after == null ? waiter.await("select") : waiter.awaitWithin(after, "select");
    }

    /** What it waits for, as {@code ./tardy top} shows it. */
    @Override
    public String toString() {
        Stream<String> waits = clauses.stream().map(Clause::waitsFor);
        Stream<String> time = after == null ? Stream.empty() : Stream.of("after " + after);
        return Stream.concat(waits, time).collect(Collectors.joining("; "));
    }

    /** In which order everybody takes their locks. */
    private List<Channel<?>> ordered() {
        List<Channel<?>> channels = new ArrayList<>(clauses.size());
        for (Clause<R> clause : clauses) {
            Channel<?> channel = clause.channel();
            if (channel != null) {
                channels.add(channel);
            }
        }
        channels.sort(Comparator.comparingLong(channel -> channel.number));
        return channels;
    }
}
