package io.tardy.net;

import io.tardy.TardyRuntime;
import io.tardy.aio.AsyncSubmission.Close;
import io.tardy.aio.CancelledException;
import io.tardy.aio.ConnectError;
import io.tardy.aio.DeadlineExceededException;
import io.tardy.aio.Errno;
import io.tardy.aio.TardyIOException;
import io.tardy.host.AddressRace;
import io.tardy.os.SocketHandle;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.SocketOption;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The connect of a socket whose host has several addresses. A stream connects once, so each address
 * after the first needs a socket of its own, with the options of the first.
 */
final class SocketRace {

    /** Opens another socket like the first. */
    interface Opening {
        SocketHandle open() throws TardyIOException;
    }

    private final Opening opening;
    private final Map<SocketOption<?>, Object> options = new ConcurrentHashMap<>();
    private final AtomicBoolean isBegun = new AtomicBoolean();

    /** The sockets after the first; whoever closes the first closes these, from any thread. */
    private final Set<SocketHandle> others = ConcurrentHashMap.newKeySet();

    /** Where the first socket is bound, or null if the system chooses. */
    private volatile SocketAddress local;

    private volatile boolean stopped;

    SocketRace(Opening opening) {
        this.opening = opening;
    }

    /** The first socket was bound, before the race: so are the others then. */
    void startFrom(SocketAddress local) {
        this.local = local;
    }

    /** The first socket was given an option, before the race or after it. */
    void optionSet(SocketOption<?> option, Object value) {
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
     * @param addresses at least one, in the order of trying
     * @return the socket that has connected
     */
    SocketHandle run(SocketHandle first, List<InetSocketAddress> addresses)
            throws TardyIOException {
        SocketHandle winner = null;
        try {
            winner = AddressRace.run(addresses, new Attempts(first));
            return winner;
        } catch (CancelledException | DeadlineExceededException e) {
            throw e;
        } catch (TardyIOException e) {
            throw stopped ? closed() : e;
        } catch (IOException e) {
            throw new AssertionError("no socket throws it", e);
        } finally {
            if (winner != null) {
                others.remove(winner);
            }
            for (SocketHandle loser : others) {
                TardyRuntime.ioAwait(new Close(loser));
            }
        }
    }

    /** Closes the first socket if it has lost, and the winner if the first was closed meanwhile. */
    void closeLoser(SocketHandle first, SocketHandle winner) throws TardyIOException {
        if (winner == first) {
            return;
        }
        boolean isClosed = first.isClosed(); // whoever closes it now looks at the winner after it
        SocketClosing.close(first);
        if (isClosed) {
            SocketClosing.close(winner);
            throw closed();
        }
    }

    private static TardyIOException closed() {
        return new TardyIOException("connect", ConnectError.INVALID_FD, Errno.EBADF.number());
    }

    private final class Attempts implements AddressRace.Attempt<SocketHandle> {

        private SocketHandle first;

        Attempts(SocketHandle first) {
            this.first = first;
        }

        @Override
        public SocketHandle connect(InetSocketAddress address) throws TardyIOException {
            SocketHandle handle = first == null ? openAnother(address) : first;
            first = null;
            AddressCalls.connect(handle, address);
            return handle;
        }

        @Override
        public void close(SocketHandle connected) {
            // At the end of the race, with those that have not connected; the first stays open.
        }
    }

    private SocketHandle openAnother(InetSocketAddress address) throws TardyIOException {
        if (stopped) {
            throw closed();
        }
        SocketHandle handle = opening.open();
        others.add(handle);
        for (Map.Entry<SocketOption<?>, Object> told : options.entrySet()) {
            setOption(handle, told.getKey(), told.getValue());
        }
        if (local != null) {
            AddressCalls.bind(handle, SocketTarget.localFor(local, address));
        }
        if (stopped) {
            handle.close(); // here, in case stop() did not see it yet
        }
        return handle;
    }

    @SuppressWarnings("unchecked") // the first socket has taken the value
    private static <T> void setOption(SocketHandle handle, SocketOption<T> option, Object value)
            throws TardyIOException {
        handle.setOption(option, (T) value);
    }
}
