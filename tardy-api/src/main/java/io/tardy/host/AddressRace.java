package io.tardy.host;

import io.tardy.Deadline;
import io.tardy.Frame;
import io.tardy.Scope;
import io.tardy.TaskPoolFullException;
import io.tardy.aio.CancelledException;
import io.tardy.aio.DeadlineExceededException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;

/**
 * A connect to a host that has several addresses: to the first one that answers. The next address
 * is tried when one has failed, or has not answered for a while; what was begun goes on meanwhile
 * (RFC 8305, in its simple form).
 *
 * @param <C> what is connected
 */
public final class AddressRace<C> {

    /** How long an address has the field to itself; RFC 8305, "Connection Attempt Delay". */
    private static final Duration HEAD_START = Duration.ofMillis(250);

    /** Connects, and undoes it. */
    public interface Attempt<C> {

        /** In a frame of the runtime; waits, and leaves nothing behind if it throws. */
        C connect(InetSocketAddress address) throws IOException;

        /** Another address was faster. */
        void close(C connected) throws IOException;
    }

    /**
     * How one address has answered: one of both is null.
     *
     * @param failure an {@link IOException} or a {@link RuntimeException}
     */
    private record Answer<C>(C connected, Exception failure) {}

    private final Queue<InetSocketAddress> addresses;
    private final Attempt<C> attempt;
    private final List<Frame<Answer<C>>> running = new ArrayList<>();
    private final List<C> connected = new ArrayList<>();
    private IOException failure;

    private AddressRace(List<InetSocketAddress> addresses, Attempt<C> attempt) {
        this.addresses = new ArrayDeque<>(addresses);
        this.attempt = attempt;
    }

    /**
     * Connects, in a frame, whose deadline and cancellation end it.
     *
     * @param addresses at least one, in the order of trying
     * @throws IOException of the first address if all fail, the others suppressed
     */
    public static <C> C run(List<InetSocketAddress> addresses, Attempt<C> attempt)
            throws IOException {
        return addresses.size() == 1
                ? attempt.connect(addresses.getFirst())
                : new AddressRace<>(addresses, attempt).run();
    }

    private C run() throws IOException {
        C winner = null;
        try (Scope scope = Scope.open()) {
            winner = race(scope);
            return winner;
        } finally {
            connected.remove(winner);
            for (C loser : connected) {
                attempt.close(loser);
            }
        }
    }

    private C race(Scope scope) throws IOException {
        for (Answer<C> answer = begin(scope); ; ) {
            if (answer == null && !running.isEmpty()) {
                answer = nextAnswer();
            }
            if (answer != null && answer.connected() != null) {
                return answer.connected();
            }
            if (answer != null) {
                failed(answer.failure());
            }
            if (addresses.isEmpty() && running.isEmpty()) {
                throw failure;
            }
            answer = addresses.isEmpty() ? null : begin(scope);
        }
    }

    /** That of the first address counts, unless it is nothing that an address can do about. */
    private void failed(Exception next) throws IOException {
        switch (next) {
            case RuntimeException mistake -> throw mistake;
            case CancelledException cancelled -> throw cancelled;
            case DeadlineExceededException late -> throw late;
            default -> {
                if (failure == null) {
                    failure = (IOException) next;
                } else {
                    failure.addSuppressed(next);
                }
            }
        }
    }

    /** Null if nobody answers while there is another address to try. */
    private Answer<C> nextAnswer() throws IOException {
        Frame<Answer<C>> ended;
        if (addresses.isEmpty()) {
            ended = Frame.joinAny(running);
        } else {
            try {
                ended = Deadline.callWithin(HEAD_START, () -> Frame.joinAny(running));
            } catch (DeadlineExceededException e) {
                return null; // its own: that of a block around is a cancellation here
            }
        }
        running.remove(ended);
        return ended.join();
    }

    /** Null if it goes on in a frame of its own; its answer if there is no room for one. */
    private Answer<C> begin(Scope scope) {
        InetSocketAddress address = addresses.remove();
        try {
            running.add(scope.forkCall(() -> connect(address)));
            return null;
        } catch (TaskPoolFullException e) {
            return connect(address);
        }
    }

    private Answer<C> connect(InetSocketAddress address) {
        try {
            C made = attempt.connect(address);
            connected.add(made);
            return new Answer<>(made, null);
        } catch (IOException | RuntimeException e) {
            return new Answer<>(null, e);
        }
    }
}
