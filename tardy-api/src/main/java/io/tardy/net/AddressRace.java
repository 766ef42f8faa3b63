package io.tardy.net;

import io.tardy.Deadline;
import io.tardy.Frame;
import io.tardy.Scope;
import io.tardy.TardyRuntime;
import io.tardy.TaskPoolFullException;
import io.tardy.aio.AsyncSubmission.Close;
import io.tardy.aio.AsyncSubmission.Connect;
import io.tardy.aio.ConnectError;
import io.tardy.aio.DeadlineExceededException;
import io.tardy.aio.Errno;
import io.tardy.aio.Resulted;
import io.tardy.aio.TardyIOException;
import io.tardy.spi.SocketHandle;
import java.net.InetSocketAddress;
import java.net.SocketOption;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A connect to a host that has several addresses: to the first one that answers. The next address
 * is tried when one has failed, or has not answered for a while; what was begun goes on meanwhile
 * (RFC 8305, in its simple form). A stream connects once, so each address after the first needs a
 * socket of its own, with the options of the first.
 */
final class AddressRace {

    /** How long an address has the field to itself; RFC 8305, "Connection Attempt Delay". */
    private static final Duration HEAD_START = Duration.ofMillis(250);

    /** Opens another socket like the first. */
    interface Opening {
        SocketHandle open() throws TardyIOException;
    }

    /** How one address has answered. */
    private record Answer(
            SocketHandle handle, InetSocketAddress from, Resulted<Void, ConnectError> outcome) {}

    private final Queue<InetSocketAddress> addresses;
    private final Opening opening;
    private final Map<SocketOption<?>, Object> options = new ConcurrentHashMap<>();
    private final AtomicBoolean isBegun = new AtomicBoolean();

    /** The sockets after the first; whoever closes the first closes these, from any thread. */
    private final Set<SocketHandle> others = ConcurrentHashMap.newKeySet();

    private volatile boolean stopped;

    // The connecting frame.
    private final List<Frame<Answer>> running = new ArrayList<>();
    private TardyIOException failure;

    /**
     * @param addresses at least two, in the order of trying
     */
    AddressRace(List<InetSocketAddress> addresses, Opening opening) {
        this.addresses = new ArrayDeque<>(addresses);
        this.opening = opening;
    }

    /** The first socket was given an option, before the race or after it. */
    void told(SocketOption<?> option, Object value) {
        options.put(option, value);
    }

    /** True once: a stream connects once, and one that is bound has its address. */
    boolean tryBegin() {
        return isBegun.compareAndSet(false, true);
    }

    /** The socket was closed; any thread. */
    void stop() throws TardyIOException {
        stopped = true;
        for (SocketHandle other : others) {
            other.close();
        }
    }

    /**
     * Connects, in a frame.
     *
     * @param first the socket for the first address; it stays open also if it loses
     * @return the socket that has connected
     */
    SocketHandle run(SocketHandle first) throws TardyIOException {
        SocketHandle winner = null;
        try (Scope scope = Scope.open()) {
            winner = race(scope, first);
            return winner;
        } finally {
            if (winner != null) {
                others.remove(winner);
            }
            for (SocketHandle loser : others) {
                TardyRuntime.ioAwait(new Close(loser));
            }
        }
    }

    private SocketHandle race(Scope scope, SocketHandle first) throws TardyIOException {
        Answer answer = begin(scope, first);
        for (; ; ) {
            if (answer == null && !running.isEmpty()) {
                answer = nextAnswer();
            }
            if (answer != null && isAccepted(answer)) {
                return answer.handle();
            }
            if (stopped) {
                throw new TardyIOException(
                        "connect", ConnectError.INVALID_FD, Errno.EBADF.number());
            }
            if (addresses.isEmpty() && running.isEmpty()) {
                throw failure;
            }
            answer = addresses.isEmpty() ? null : beginNext(scope);
        }
    }

    private boolean isAccepted(Answer answer) throws TardyIOException {
        if (!(answer.outcome() instanceof Resulted.Err<Void, ConnectError> err)) {
            return true;
        }
        if (err.error().isCanceled()) {
            throw err.toException();
        }
        failed(new TardyIOException("connect", err.error(), err.errno(), answer.from().toString()));
        return false;
    }

    /** That of the first address counts. */
    private void failed(TardyIOException next) {
        if (failure == null) {
            failure = next;
        } else {
            failure.addSuppressed(next);
        }
    }

    /** Null if nobody answers while there is another address to try. */
    private Answer nextAnswer() throws TardyIOException {
        Frame<Answer> ended;
        if (addresses.isEmpty()) {
            ended = Frame.joinAny(running);
        } else {
            try {
                ended = Deadline.within(HEAD_START, () -> Frame.joinAny(running));
            } catch (DeadlineExceededException e) {
                return null; // its own: that of a block around is a cancellation here
            }
        }
        running.remove(ended);
        return ended.join();
    }

    /** As {@link #begin}; null also if there is no socket to be had for it. */
    private Answer beginNext(Scope scope) throws TardyIOException {
        SocketHandle handle;
        try {
            handle = opening.open();
        } catch (TardyIOException e) {
            failed(e);
            addresses.clear(); // nor will the others have one
            return null;
        }
        others.add(handle);
        try {
            for (Map.Entry<SocketOption<?>, Object> told : options.entrySet()) {
                setOption(handle, told.getKey(), told.getValue());
            }
        } catch (TardyIOException e) {
            if (!stopped) {
                throw e;
            }
        }
        if (stopped) {
            handle.close(); // by us, where the one who stops us did not see it yet
        }
        return begin(scope, handle);
    }

    @SuppressWarnings("unchecked") // as the first socket took it
    private static <T> void setOption(SocketHandle handle, SocketOption<T> option, Object value)
            throws TardyIOException {
        handle.setOption(option, (T) value);
    }

    /** Null if it goes on in a frame of its own; its answer if there is no room for one. */
    private Answer begin(Scope scope, SocketHandle handle) {
        InetSocketAddress address = addresses.remove();
        try {
            running.add(scope.fork(() -> connect(handle, address)));
            return null;
        } catch (TaskPoolFullException e) {
            return connect(handle, address);
        }
    }

    private static Answer connect(SocketHandle handle, InetSocketAddress address) {
        return new Answer(handle, address, TardyRuntime.ioAwait(new Connect(handle, address)));
    }
}
