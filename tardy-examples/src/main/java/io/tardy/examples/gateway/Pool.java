package io.tardy.examples.gateway;

import io.netty.handler.codec.http.HttpResponseStatus;
import io.tardy.Frame;
import io.tardy.TardyRuntime;
import java.io.IOException;
import java.util.ArrayDeque;

/**
 * The connections of one runtime to a backend. Only its frames use it, so it needs no lock. Their
 * number is bounded, and so is that of the frames that wait for one; these are served in order.
 */
final class Pool<C extends PooledConnection> {

    /** Opens a connection; waits. */
    @FunctionalInterface
    interface Opening<C> {
        C open() throws IOException;
    }

    private final TardyRuntime runtime = TardyRuntime.current();
    private final Limits limits;
    private final Opening<? extends C> opening;
    private final ArrayDeque<C> idle = new ArrayDeque<>(); // used last, used next
    private final ArrayDeque<Waiting> waiting = new ArrayDeque<>();
    private int taken; // of the connections that there may be, with those that are idle
    private int period;
    private boolean isTidied;
    private boolean isClosed;

    Pool(Limits limits, Opening<? extends C> opening) {
        this.limits = limits;
        this.opening = opening;
    }

    /** A kept connection, which the caller gives back, or null; does not wait. */
    C poll() throws IOException {
        C kept = idle.poll();
        while (kept != null && !kept.isReady()) {
            taken--;
            kept.close();
            kept = idle.poll();
        }
        return kept;
    }

    /** A connection, which the caller gives back. Waits while there are too many. */
    C take() throws IOException {
        C kept = poll();
        if (kept != null) {
            return kept;
        }
        if (taken < limits.connectionsMax()) {
            taken++;
            return open();
        }
        if (waiting.size() >= limits.waitersMax()) {
            throw new BackendException(
                    HttpResponseStatus.SERVICE_UNAVAILABLE, "too many wait for the backend");
        }
        C handedOver = new Waiting().await();
        return handedOver != null ? handedOver : open();
    }

    /** A new connection in place of this one. */
    C replace(C stale) throws IOException {
        try {
            stale.close();
        } catch (IOException e) {
            passOn();
            throw e;
        }
        return open();
    }

    /** Keeps it if it is ready for another request, and closes it otherwise. */
    void giveBack(C connection) throws IOException {
        if (!connection.isReady() || isClosed) {
            passOn();
            connection.close();
            return;
        }
        connection.setKept(period);
        Waiting next = waiting.poll();
        if (next != null) {
            next.serve(connection);
            return;
        }
        idle.push(connection);
        if (!isTidied) {
            isTidied = true;
            runtime.spawnDaemon("tidy", this::tidy); // nobody waits for it
        }
    }

    private C open() throws IOException {
        C opened = null;
        try {
            opened = opening.open();
            return opened;
        } finally {
            if (opened == null) {
                passOn();
            }
        }
    }

    /** Somebody else may open a connection. */
    private void passOn() {
        Waiting next = waiting.poll();
        if (next != null) {
            next.serve(null);
        } else {
            taken--;
        }
    }

    /**
     * Closes what was idle for a whole period; runs while anything is, and in the end closes all.
     */
    private void tidy() throws IOException {
        boolean goesOn = false;
        try {
            while (!idle.isEmpty()) {
                Frame.delay(limits.keep());
                closeIdleBefore(period);
                period++;
            }
            goesOn = true;
        } finally {
            isTidied = false;
            if (!goesOn) {
                isClosed = true;
                closeIdleBefore(Integer.MAX_VALUE);
            }
        }
    }

    private void closeIdleBefore(int end) throws IOException {
        for (C last; (last = idle.peekLast()) != null && last.idleSince() < end; ) {
            idle.removeLast();
            taken--;
            last.close();
        }
    }

    /** A frame that waits for its turn. */
    private final class Waiting {

        private final long task = runtime.scheduler().currentTask();
        private boolean isServed;
        private C connection;

        /** Returns a connection, or null if it may open one. */
        C await() throws IOException {
            waiting.add(this);
            boolean taking = false;
            try {
                while (!isServed) {
                    runtime.scheduler().triggerAwait();
                }
                taking = true;
                return connection;
            } finally {
                if (!taking && !waiting.remove(this)) {
                    giveUp(); // served, and too late
                }
            }
        }

        private void giveUp() throws IOException {
            if (connection != null) {
                giveBack(connection);
            } else {
                passOn();
            }
        }

        void serve(C handedOver) {
            connection = handedOver;
            isServed = true;
            runtime.trigger(task);
        }
    }
}
