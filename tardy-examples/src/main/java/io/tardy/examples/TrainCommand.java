package io.tardy.examples;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.tardy.Tardy;
import io.tardy.aio.AsyncType;
import io.tardy.aio.TransportUnavailableException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.rmi.server.RMIServerSocketFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.management.JMException;
import javax.management.remote.JMXConnectorServer;
import javax.management.remote.JMXConnectorServerFactory;
import javax.management.remote.JMXServiceURL;
import javax.management.remote.rmi.RMIConnectorServer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * The training run of the cache that {@code ./tardy} starts with: serves traffic on every transport
 * that works here, as the examples' users do, so that the JVM learns which classes they need and
 * which methods are worth compiling. The build runs it.
 */
@Command(
        name = "train",
        hidden = true,
        description = "Serves itself traffic, for the JVM to learn from; the build runs it.")
final class TrainCommand implements Callable<Integer> {

    /** A server, and what its clients ask. */
    private record Lesson(String server, byte[] request) {}

    private static final byte[] HTTP_REQUEST =
            "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".getBytes(US_ASCII);

    private static final List<Lesson> LESSONS =
            List.of(
                    new Lesson("echo", new byte[64]),
                    new Lesson("http", HTTP_REQUEST),
                    new Lesson("frame-http", HTTP_REQUEST));

    private static final int CLIENTS = 4;

    /** Few: what begins and ends a connection has to become worth compiling too. */
    private static final int EXCHANGES_PER_CONNECTION = 10;

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private static final Pattern LISTENING = Pattern.compile("listening on [^ ]*:(\\d+) .*");

    @Option(
            names = "--lesson-ms",
            description = "How long to load each server on each transport (default: 300).")
    private int lessonMs = 300;

    /** What the servers print. */
    private final BlockingQueue<String> printed = new LinkedBlockingQueue<>();

    @Override
    public Integer call() throws Exception {
        PrintStream out = System.out;
        // ./tardy looks for this line.
        out.println("trained for " + Path.of(System.getProperty("java.class.path")).toRealPath());
        System.setOut(new PrintStream(new Lines(), true, UTF_8));
        try (ExecutorService clients = Executors.newFixedThreadPool(CLIENTS)) {
            for (AsyncType transport : transports()) {
                for (Lesson lesson : LESSONS) {
                    int port = start(lesson.server(), transport);
                    long connections = load(clients, port, lesson.request());
                    out.println(
                            lesson.server()
                                    + " on "
                                    + transport.label()
                                    + ": "
                                    + connections
                                    + " connections");
                }
            }
            out.println("top: " + lookAtOneself() + " runtimes");
        } catch (Exception | Error e) {
            // The servers' hooks would end the JVM as if all were well.
            e.printStackTrace();
            Runtime.getRuntime().halt(1);
        }
        return 0; // ends the servers
    }

    /** As {@code top} looks at another JVM, but for the attaching. */
    private static int lookAtOneself() throws IOException, JMException, InterruptedException {
        RMIServerSocketFactory loopback =
                port -> new ServerSocket(port, 0, InetAddress.getLoopbackAddress());
        JMXConnectorServer agent =
                JMXConnectorServerFactory.newJMXConnectorServer(
                        new JMXServiceURL("service:jmx:rmi://127.0.0.1"),
                        Map.of(RMIConnectorServer.RMI_SERVER_SOCKET_FACTORY_ATTRIBUTE, loopback),
                        ManagementFactory.getPlatformMBeanServer());
        agent.start();
        try {
            return TopCommand.dumps(agent.getAddress()).size();
        } finally {
            agent.stop();
        }
    }

    private static List<AsyncType> transports() {
        List<AsyncType> usable = new ArrayList<>();
        for (AsyncType type :
                List.of(AsyncType.IO_URING, AsyncType.EPOLL, AsyncType.KQUEUE, AsyncType.POLL)) {
            try (Tardy tardy = Tardy.builder().async(type).build()) {
                usable.add(tardy.backend().type());
            } catch (TransportUnavailableException e) {
                System.err.println(e.getMessage());
            }
        }
        return usable;
    }

    /** Starts it as its command does; it ends with the JVM. */
    private int start(String server, AsyncType transport) throws InterruptedException {
        String[] arguments = {
            server, "--transport", transport.label(), "--runtimes", "1", "--port", "0"
        };
        Thread.ofPlatform()
                .daemon()
                .name(server)
                .start(() -> Main.commandLine(arguments).execute(arguments));
        String line = printed.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        Matcher listening = LISTENING.matcher(String.valueOf(line));
        if (!listening.matches()) {
            throw new IllegalStateException(
                    server + " on " + transport.label() + " does not listen: " + line);
        }
        return Integer.parseInt(listening.group(1));
    }

    private long load(ExecutorService clients, int port, byte[] request) throws Exception {
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(lessonMs);
        List<Callable<Integer>> each = new ArrayList<>();
        for (int i = 0; i < CLIENTS; i++) {
            each.add(() -> exchange(port, request, end));
        }
        long connections = 0;
        for (Future<Integer> client : clients.invokeAll(each)) {
            connections += client.get();
        }
        return connections;
    }

    private static int exchange(int port, byte[] request, long end) throws IOException {
        byte[] answer = new byte[4096];
        int connections = 0;
        for (; System.nanoTime() < end; connections++) {
            try (Socket socket = new Socket("127.0.0.1", port)) {
                socket.setTcpNoDelay(true);
                socket.setSoTimeout((int) PATIENCE.toMillis());
                for (int i = 0; i < EXCHANGES_PER_CONNECTION; i++) {
                    socket.getOutputStream().write(request);
                    if (socket.getInputStream().read(answer) < 0) {
                        throw new IOException("the server has closed the connection");
                    }
                }
            }
        }
        return connections;
    }

    /** Splits what is printed. */
    private final class Lines extends OutputStream {

        private final ByteArrayOutputStream line = new ByteArrayOutputStream();

        @Override
        public synchronized void write(int character) {
            if (character == '\n') {
                printed.add(line.toString(UTF_8).strip());
                line.reset();
            } else {
                line.write(character);
            }
        }
    }
}
