package io.tardy.examples;

import io.tardy.net.Handover;
import io.tardy.net.Listener;
import io.tardy.net.ServiceManager;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import picocli.CommandLine.Option;

/**
 * How a server's listener comes from whoever was there before, and goes to whoever comes next:
 * systemd, or another process of the same server.
 */
final class Restart {

    /** How long one process waits for the other: a successor has to start a JVM's worth of code. */
    private static final Duration WITHIN = Duration.ofSeconds(30);

    /** Whoever was accepted just before has this time to ask for something before the drain. */
    private static final Duration ARRIVAL = Duration.ofMillis(250);

    private static final int BACKLOG = 4096;
    private static final String NAME = "server";

    @Option(
            names = "--inherit",
            arity = "0..1",
            fallbackValue = "",
            paramLabel = "NAME",
            description =
                    "Serve the listener that systemd has opened, in place of --host and --port; the"
                            + " one of this name, if there are several.")
    private String inherit;

    @Option(
            names = "--handover",
            paramLabel = "PATH",
            description =
                    "Take the listener over from the process that serves with the same PATH, which"
                            + " ends then; and hand it over to the next one.")
    private Path path;

    private Handover handover;
    private Listener listener;
    private volatile boolean isOver;

    /** Whether the server's listener is one that outlives a process. */
    boolean isAsked() {
        return inherit != null || path != null;
    }

    /** What a server makes of its listener. */
    interface Use<T> {
        T of(Listener listener) throws IOException;
    }

    /** Opens the listener, and what is to accept from it. */
    <T> T open(String host, int port, Use<T> use) throws IOException {
        try {
            return use.of(listener(host, port));
        } catch (UnsupportedOperationException e) {
            throw new IllegalStateException(e.getMessage(), e);
        }
    }

    private Listener listener(String host, int port) throws IOException {
        if (path != null) {
            handover = Handover.at(path, WITHIN);
            List<Listener> taken = handover.takeOver();
            if (!taken.isEmpty()) {
                listener = taken.getFirst();
                return listener;
            }
        }
        listener = inherit != null ? inherited() : bind(new InetSocketAddress(host, port));
        return listener;
    }

    private Listener inherited() throws IOException {
        List<Listener> all = inherit.isEmpty() ? Listener.inherited() : Listener.inherited(inherit);
        if (all.size() != 1) {
            throw new IllegalStateException(
                    all.isEmpty()
                            ? "there is no listener to inherit: LISTEN_FDS is "
                                    + System.getenv("LISTEN_FDS")
                                    + ", LISTEN_PID is "
                                    + System.getenv("LISTEN_PID")
                                    + ", and this is the process "
                                    + ProcessHandle.current().pid()
                            : "there are several listeners to inherit, "
                                    + all
                                    + ": say which, --inherit NAME");
        }
        return all.getFirst();
    }

    private static Listener bind(InetSocketAddress address) throws IOException {
        if (address.isUnresolved()) {
            throw new IllegalStateException("the name " + address.getHostString() + " is unknown");
        }
        return Listener.bind(NAME, address, BACKLOG);
    }

    /**
     * The server serves: tells the process before, and systemd. When the next one has come, names
     * it to systemd, stops to accept and has the program end as it does at a signal.
     *
     * @param unbind closes what accepts
     */
    void serves(AutoCloseable unbind) throws IOException {
        if (handover != null) {
            handover.serve(List.of(listener));
            handover.successor().thenAccept(process -> give(unbind, process));
        }
        boolean isManaged = tell(ServiceManager::ready);
        if (isManaged || handover != null) {
            Runtime.getRuntime().addShutdownHook(new Thread(this::tellOfEnd, "tell-of-end"));
        }
    }

    private void give(AutoCloseable unbind, long successor) {
        isOver = true;
        tell(() -> ServiceManager.mainProcess(successor)); // now, or the service ends with this one
        try {
            unbind.close();
        } catch (Exception e) {
            System.err.println("tardy: could not stop to accept: " + e.getMessage());
        }
        System.out.println("handed over");
        LockSupport.parkNanos(ARRIVAL.toNanos());
        System.exit(0); // runs the hook that drains
    }

    private interface Message {
        boolean send() throws IOException;
    }

    /** A server that cannot tell serves all the same: the one before it may have ended already. */
    private static boolean tell(Message message) {
        try {
            return message.send();
        } catch (IOException e) {
            System.err.println("tardy: " + e.getMessage());
            return false;
        }
    }

    /** Whether the process has a successor, and is about to end. */
    boolean isOver() {
        return isOver;
    }

    private void tellOfEnd() {
        if (isOver) {
            return; // the service goes on, elsewhere
        }
        tell(ServiceManager::stopping);
        try {
            if (handover != null) {
                handover.close(); // takes the socket at the path away
            }
        } catch (IOException e) {
            System.err.println("tardy: " + e.getMessage());
        }
    }
}
