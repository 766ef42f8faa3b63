package io.tardy.net;

import io.tardy.Frame;
import io.tardy.TardyRuntime;
import io.tardy.aio.TardyIOException;
import io.tardy.sync.Latch;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import org.jspecify.annotations.Nullable;

/**
 * Deals the connections of one listener evenly to the runtimes that serve it. Each of these accepts
 * as it would alone, and hands what it has accepted to the one that serves the fewest, before
 * anybody has used it: a socket belongs to no runtime until then.
 */
final class Dealer {

    private static final AtomicReferenceFieldUpdater<Socket, Dealer> OF_SOCKET =
            AtomicReferenceFieldUpdater.newUpdater(Socket.class, Dealer.class, "dealer");

    /** While the static pools of all runtimes are full. */
    private static final Duration ROOM_LOOK = Duration.ofMillis(10);

    /** A runtime that serves. */
    private static final class Seat {
        private final TardyRuntime runtime = TardyRuntime.current();

        /** Of its connections' frames. */
        private final String name = AcceptLoop.connectionName();

        private final Socket.ConnectionHandler handler;

        /** How many connections it was dealt that have not ended; with the dealer's lock. */
        private int connections;

        Seat(Socket.ConnectionHandler handler) {
            this.handler = handler;
        }
    }

    private final Socket listener;

    /** The listener is closed, nobody accepts any more, and all connections have ended. */
    private final Latch allOver = new Latch(1);

    // With the lock.
    private final List<Seat> seats = new ArrayList<>();

    /** Where to look first, so that those who serve as few take turns. */
    private int turn;

    /** How many were dealt out that have not ended. */
    private int connections;

    private Dealer(Socket listener) {
        this.listener = listener;
    }

    /** The only one of this listener. */
    static Dealer of(Socket listener) {
        if (listener.dealer == null) {
            OF_SOCKET.compareAndSet(listener, null, new Dealer(listener)); // or somebody else has
        }
        return listener.dealer;
    }

    /**
     * Serves in the calling frame until the listener is closed, and waits for the end of all
     * connections: those of other runtimes may need this one.
     */
    void serve(Socket.ConnectionHandler handler) throws TardyIOException {
        Seat seat = new Seat(handler);
        take(seat);
        try {
            new AcceptLoop(listener, listener.handle, this::deal).run();
        } finally {
            leave(seat);
        }
        allOver.await();
    }

    private synchronized void take(Seat seat) {
        seats.add(seat);
    }

    private synchronized void leave(Seat seat) {
        seats.remove(seat);
        tellIfOver();
    }

    private synchronized void over(Dealt dealt) {
        if (!dealt.isOver) {
            dealt.isOver = true;
            dealt.seat.connections--;
            connections--;
            tellIfOver();
        }
    }

    /** With the lock. */
    private void tellIfOver() {
        if (seats.isEmpty() && connections == 0 && listener.isClosed()) {
            allOver.countDown();
        }
    }

    /** A connection that this has dealt out. */
    private final class Dealt extends ServedConnection {
        private final Seat seat;

        /** With the lock. */
        private boolean isOver;

        Dealt(Socket peer, Seat seat) {
            super(peer, seat.handler);
            this.seat = seat;
        }

        @Override
        void ended() {
            over(this);
        }
    }

    /** Has one of them serve this connection; waits while none has room for it. */
    private void deal(Socket peer) throws TardyIOException {
        while (!tryDeal(peer)) {
            Frame.delay(ROOM_LOOK);
        }
    }

    private boolean tryDeal(Socket peer) {
        List<Seat> refusing = new ArrayList<>(0);
        for (Seat seat; (seat = next(refusing)) != null; refusing.add(seat)) {
            if (tryBegin(new Dealt(peer, seat))) {
                return true;
            }
        }
        return false;
    }

    /** False if its runtime has ended, or a static pool is full. */
    private boolean tryBegin(Dealt dealt) {
        boolean begun = false;
        try {
            dealt.seat.runtime.spawn(dealt.seat.name, dealt);
            begun = true;
        } catch (RejectedExecutionException e) {
            // Another one will do.
        } finally {
            if (!begun) {
                over(dealt);
            }
        }
        return begun;
    }

    /** Whose turn it is, of those who serve the fewest; has one more now. Null if all refuse. */
    private synchronized @Nullable Seat next(List<Seat> refusing) {
        Seat chosen = null;
        int place = 0;
        for (int i = 0; i < seats.size(); i++) {
            int at = (turn + i) % seats.size();
            Seat seat = seats.get(at);
            if (!refusing.contains(seat)
                    && (chosen == null || seat.connections < chosen.connections)) {
                chosen = seat;
                place = at;
            }
        }
        if (chosen != null) {
            turn = place + 1;
            chosen.connections++;
            connections++;
        }
        return chosen;
    }
}
