package io.tardy.examples;

import io.tardy.Tardy;
import io.tardy.TardyEntry;
import io.tardy.TardyRuntime;
import io.tardy.net.Socket;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options of every server, and the code that starts it with them. */
final class ServerOptions {

    /** What has been asked is answered in this time after a signal. */
    static final Duration DRAIN = Duration.ofSeconds(5);

    /** What is cancelled then has this time to end. */
    static final Duration STOP_TIMEOUT = Duration.ofSeconds(1);

    @Mixin private RuntimeOptions runtimeOptions;

    @Option(names = "--host", description = "The address to listen at (default: 127.0.0.1).")
    private String host = "127.0.0.1";

    @Option(names = "--port", description = "The port to listen at; 0 for any (default: 0).")
    private int port = 0;

    @Mixin private Restart restart;

    /** A server, as one runtime sees it. */
    @FunctionalInterface
    interface Server {
        void start(TardyRuntime rt, Socket listener);
    }

    /** Listens, prints one line, and serves until SIGTERM or SIGINT. */
    void serve(Server server) throws IOException {
        serve(new HealthOptions(), server);
    }

    /** {@link #serve(Server)} of one that load balancers ask about its health. */
    void serve(HealthOptions health, Server server) throws IOException {
        serve(
                health,
                server,
                tardy -> {
                    if (restart.isAsked()) {
                        return restart.open(host, port, open -> open.socket(tardy));
                    }
                    Socket listener = Socket.tcp(tardy, host, port);
                    return closeOnFailure(listener, () -> listener.bind().listen(4096));
                });
    }

    /** {@link #serve} with a datagram socket. */
    void serveDatagrams(Server server) throws IOException {
        if (restart.isAsked()) {
            throw new IllegalStateException("--inherit and --handover are for listeners, not UDP");
        }
        serve(
                new HealthOptions(),
                server,
                tardy -> {
                    Socket socket = Socket.udp(tardy, host, port);
                    return closeOnFailure(socket, socket::bind);
                });
    }

    /** Opens the socket of a server. */
    interface Listening {
        Socket open(Tardy tardy) throws IOException;
    }

    interface Preparation {
        Socket run() throws IOException;
    }

    static Socket closeOnFailure(Socket socket, Preparation preparation) throws IOException {
        try {
            return preparation.run();
        } catch (IOException | RuntimeException e) {
            socket.close();
            throw e;
        }
    }

    private void serve(HealthOptions health, Server server, Listening listening)
            throws IOException {
        if (port < 0 || port > 65535) {
            throw new IllegalStateException("--port " + port + " is not between 0 and 65535");
        }
        serve(runtimeOptions.tardy(), health, DRAIN, server, listening, restart);
    }

    /**
     * {@link #serve(Server)} on runtimes of these options, and a socket of any kind.
     *
     * @param drain how long its frames may go on after a signal
     */
    static void serve(
            Tardy.Builder options,
            HealthOptions health,
            Duration drain,
            Server server,
            Listening listening)
            throws IOException {
        serve(options, health, drain, server, listening, new Restart());
    }

    private static void serve(
            Tardy.Builder options,
            HealthOptions health,
            Duration drain,
            Server server,
            Listening listening,
            Restart restart)
            throws IOException {
        beSeen();
        try (Tardy tardy = options.stopTimeout(STOP_TIMEOUT).build();
                Socket listener = listening.open(tardy)) {
            int runtimes = tardy.options().threading().runtimes();
            CountDownLatch entered = new CountDownLatch(runtimes);
            AtomicInteger started = new AtomicInteger();
            TardyEntry entry =
                    tardy.entryInNewThread(
                            listener,
                            (rt, socket) -> {
                                try {
                                    server.start(rt, socket);
                                    started.incrementAndGet();
                                } finally {
                                    entered.countDown();
                                }
                            });
            Thread hook = drainOnSignal(tardy, health, drain);
            try {
                String line = "listening on " + describe(tardy, listener);
                entered.await();
                if (started.get() == runtimes) {
                    tardy.backend().refused().forEach(r -> System.err.println("tardy: " + r));
                    System.out.println(line);
                    tellOthers(restart, tardy, listener, drain);
                }
                entry.await();
            } finally {
                forget(hook);
            }
            if (restart.isOver()) {
                LockSupport.park(); // the hook ends the program
            }
            throw new IllegalStateException(
                    "the server has ended, and nothing had asked it to: the log says why");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** {@code ./tardy top} finds what JMX knows. */
    static void beSeen() {
        System.setProperty("io.tardy.jmx", System.getProperty("io.tardy.jmx", "true"));
    }

    /** If the process before does not end, this one does: after what it has accepted meanwhile. */
    private static void tellOthers(Restart restart, Tardy tardy, Socket listener, Duration drain)
            throws IOException {
        boolean isTold = false;
        try {
            restart.serves(listener);
            isTold = true;
        } finally {
            if (!isTold) {
                listener.close();
                tardy.drain(drain);
            }
        }
    }

    static void forget(Thread hook) {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // After a signal the hook ends the program.
            LockSupport.park();
        }
    }

    private static ListenAddress describe(Tardy tardy, Socket listener) throws IOException {
        return new ListenAddress(
                (InetSocketAddress) listener.localAddress(),
                tardy.backend(),
                tardy.options().threading().runtimes());
    }

    /**
     * The JVM would end with the signal's status, but ending on request is a success. A hook and no
     * frame: it ends the program even if the frames do not give way.
     */
    private static Thread drainOnSignal(Tardy tardy, HealthOptions health, Duration within) {
        Thread hook =
                new Thread(
                        () -> {
                            health.announceEnd(); // waits until load balancers have noticed
                            boolean allEnded = tardy.drain(within);
                            System.out.flush();
                            Runtime.getRuntime().halt(allEnded ? 0 : 1);
                        },
                        "drain-on-signal");
        Runtime.getRuntime().addShutdownHook(hook);
        return hook;
    }
}
