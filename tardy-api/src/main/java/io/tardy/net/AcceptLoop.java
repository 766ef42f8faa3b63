package io.tardy.net;

import io.tardy.Frame;
import io.tardy.TardyRuntime;
import io.tardy.aio.AcceptError;
import io.tardy.aio.AsyncSubmission.Accept;
import io.tardy.aio.CancelledException;
import io.tardy.aio.DeadlineExceededException;
import io.tardy.aio.OpenSocket;
import io.tardy.aio.Resulted;
import io.tardy.aio.TardyIOException;
import io.tardy.os.SocketHandle;
import io.tardy.runtime.Draining;
import io.tardy.runtime.Task;
import io.tardy.runtime.TaskScheduler;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.ZoneId;

/** Accepts connections for a server, which must survive a shortage of descriptors or memory. */
final class AcceptLoop {

    private static final System.Logger LOGGER = System.getLogger("io.tardy");
    private static final Duration RETRY = Duration.ofMillis(100);

    /** More than the queue of a listener is long. */
    private static final int WAITING_MAX = 65_536;

    static {
        // The first record that the JDK's logging formats makes it open files: its configuration
        // and the time zones. Once no descriptor is left to open them with, it is too late.
        LOGGER.isLoggable(Level.WARNING);
        ZoneId.systemDefault().getRules();
    }

    /** Who serves what was accepted. */
    @FunctionalInterface
    interface Serving {

        /** Has a frame serve it, which closes it; if this throws, the caller does. */
        void begin(Socket peer) throws TardyIOException;
    }

    /** The runtime that has accepted it. */
    private static final class Here implements Serving {

        private final TardyRuntime runtime = TardyRuntime.current();
        private final Socket.ConnectionHandler handler;

        /** One string for all, for there may be very many. */
        private String name;

        Here(Socket.ConnectionHandler handler) {
            this.handler = handler;
        }

        @Override
        public void begin(Socket peer) throws TardyIOException {
            if (name == null) {
                name = connectionName();
            }
            runtime.spawnAwait(name, new ServedConnection(peer, handler));
        }
    }

    private final TardyRuntime runtime = TardyRuntime.current();

    private final Socket listener;
    private final SocketHandle handle;
    private final Serving serving;
    private boolean isShort;
    private boolean isDrained;
    private long drainedNanos;

    /** For a handler that serves on the runtime which accepts. */
    static AcceptLoop here(Socket listener, SocketHandle handle, Socket.ConnectionHandler handler) {
        return new AcceptLoop(listener, handle, new Here(handler));
    }

    AcceptLoop(Socket listener, SocketHandle handle, Serving serving) {
        this.listener = listener;
        this.handle = handle;
        this.serving = serving;
    }

    /** Of the frames of connections that the calling frame has accepted. */
    static String connectionName() {
        return TaskScheduler.taskHere("serve").name() + "/connection";
    }

    void run() throws TardyIOException {
        while (!listener.isClosed()) {
            try {
                Socket peer = nextUnlessDrained();
                if (peer != null) {
                    serve(peer);
                    isShort = false;
                }
                if (runtime.isDraining() && (peer == null || isMomentOver())) {
                    serveWaiting();
                    listener.close(); // at once: whoever comes from now on is reset
                    return;
                }
            } catch (TardyIOException e) {
                if (e.error() == AcceptError.INVALID_FD) {
                    return; // closed, as a server is meant to end
                }
                if (!isTransient(e)) {
                    throw e;
                }
                awaitRetry(e);
            }
        }
    }

    /** The next connection; null when a drain has begun and none comes. */
    private Socket nextUnlessDrained() throws TardyIOException {
        Task task = TaskScheduler.taskHere("serve");
        Draining.Idle idle = task.scheduler().runtime().draining().beginIdle(task);
        try {
            return accept(handle);
        } catch (DeadlineExceededException e) {
            return null;
        } catch (CancelledException e) {
            idle.end();
            task.requireMayWait("accept"); // of a deadline around this it knows better
            throw e;
        } finally {
            idle.end();
        }
    }

    /**
     * Handshakes that have begun may end. Not for as long as connections keep coming: more may
     * arrive for ever.
     */
    private boolean isMomentOver() {
        long now = TaskScheduler.current("serve").clockNanos();
        if (!isDrained) {
            isDrained = true;
            drainedNanos = now;
        }
        return now - drainedNanos >= Draining.IDLE_NANOS;
    }

    /**
     * Serves all that the system has accepted, without a wait: not all of them were reported here,
     * for other runtimes may accept from the same socket.
     */
    private void serveWaiting() throws TardyIOException {
        for (int left = WAITING_MAX; left > 0 && !listener.isClosed(); left--) {
            try {
                SocketHandle waiting = handle.accept();
                if (waiting == null) {
                    return;
                }
                serve(new Socket(waiting, SocketTarget.REACHED));
            } catch (TardyIOException e) {
                if (!(e.error() instanceof AcceptError error && isPeersFault(error))) {
                    throw e;
                }
            }
        }
    }

    private void serve(Socket peer) throws TardyIOException {
        boolean begun = false;
        try {
            serving.begin(peer);
            begun = true;
        } finally {
            if (!begun) {
                peer.close();
            }
        }
    }

    private void awaitRetry(TardyIOException e) throws TardyIOException {
        if (!isShort) {
            isShort = true;
            LOGGER.log(Level.WARNING, "{0}; trying again until it gets better", e.getMessage());
        }
        Frame.delay(RETRY);
    }

    /** Waits for a connection, and skips those whose peers have already left. */
    static Socket accept(SocketHandle listener) throws TardyIOException {
        for (; ; ) {
            Resulted<OpenSocket, AcceptError> accepted = TardyRuntime.ioAwait(new Accept(listener));
            switch (accepted) {
                case Resulted.Actual<OpenSocket, AcceptError> actual -> {
                    return new Socket(SocketHandle.of(actual.value()), SocketTarget.REACHED);
                }
                case Resulted.Err<OpenSocket, AcceptError> err -> {
                    if (!isPeersFault(err.error())) {
                        throw err.toException();
                    }
                }
            }
        }
    }

    /** A shortage may end. An error that we do not know must not end a server either. */
    private static boolean isTransient(TardyIOException e) {
        return e.error() instanceof AcceptError error
                && switch (error) {
                    case PROCESS_FD_QUOTA_EXCEEDED,
                            SYSTEM_FD_QUOTA_EXCEEDED,
                            OUT_OF_MEMORY,
                            UNEXPECTED ->
                            true;
                    default -> false;
                };
    }

    /** The connection ended before it was accepted; others may wait. */
    private static boolean isPeersFault(AcceptError error) {
        return switch (error) {
            case CONNECTION_ABORTED, INTERRUPTED, PROTOCOL_FAILURE, BLOCKED_BY_FIREWALL -> true;
            default -> false;
        };
    }
}
