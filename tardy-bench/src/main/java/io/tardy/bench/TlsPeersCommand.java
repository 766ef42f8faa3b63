package io.tardy.bench;

import io.tardy.TardyRuntime;
import io.tardy.net.Socket;
import io.tardy.net.Tls;
import io.tardy.net.TlsSocket;
import io.tardy.netty.TardyEventLoopGroup;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * Many connections of TLS between our sockets and programs and libraries of others, in both roles
 * where they have both. All bytes are drawn from a seed, and compared when they have come back.
 */
@Command(
        name = "tls-peers",
        description =
                "Connections of TLS with the JDK's sockets, OpenSSL's programs and curl, each byte"
                        + " checked.",
        mixinStandardHelpOptions = true)
final class TlsPeersCommand implements Callable<Integer> {

    /** Handshakes wait behind programs that start, on few processors. */
    private static final Duration HANDSHAKE = Duration.ofMinutes(1);

    /** One in so many connections is of TLS 1.2. */
    private static final int OLD = 4;

    @Spec private CommandSpec spec;
    @Mixin private TransportOption transport;

    @Option(names = "--connections", description = "How many in all (default: 1000).")
    private int connections = 1000;

    @Option(names = "--mib", description = "How much moves each way in all (default: 100).")
    private int mib = 100;

    @Option(names = "--at-once", description = "How many at once (default: 8).")
    private int atOnce = 8;

    @Option(names = "--seed", description = "Of all bytes (default: 1).")
    private long seed = 1;

    @Option(names = "--within", description = "In how many seconds it has to end (default: 600).")
    private int withinSeconds = 600;

    /** One connection, by its number. */
    @FunctionalInterface
    private interface Visit {
        void run(int connection) throws Exception;
    }

    @Override
    public Integer call() throws Exception {
        if (connections < 1 || mib < 0 || atOnce < 1) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--connections and --at-once take 1 or more, and --mib 0 or more");
        }
        Watchdog.start(Duration.ofSeconds(withinSeconds));
        Path folder = Files.createTempDirectory("tls-peers");
        TardyEventLoopGroup group = new TardyEventLoopGroup(1, transport.type());
        List<TlsHost> hosts = new ArrayList<>();
        try {
            System.out.printf(
                    "tls-peers on %s, seed %d: %d connections, %d MiB each way, %d at once%n",
                    group.backend().type().label(), seed, connections, mib, atOnce);
            return run(folder, group, hosts) ? 0 : 1;
        } finally {
            for (TlsHost host : hosts) {
                host.close();
            }
            group.shutdownGracefully(0, 1, TimeUnit.SECONDS).sync();
            delete(folder);
        }
    }

    private static void delete(Path folder) throws IOException {
        for (File file : folder.toFile().listFiles()) {
            Files.delete(file.toPath());
        }
        Files.delete(folder);
    }

    private boolean run(Path folder, TardyEventLoopGroup group, List<TlsHost> hosts)
            throws Exception {
        TlsKeys keys = TlsKeys.makeIn(folder);
        SSLContext context = keys.context();
        Tls tls = Tls.of(context).handshakeWithin(HANDSHAKE);
        TardyRuntime runtime = group.next().submit(TardyRuntime::current).get();
        boolean hasOpenSsl = isThere("openssl", "version");
        boolean hasCurl = isThere("curl", "--version");
        int roles = 2 + (hasOpenSsl ? 2 : 0) + (hasCurl ? 1 : 0);
        int each = Math.ceilDiv(connections, roles);
        int length = Math.toIntExact(Math.ceilDiv((long) mib << 20, (long) each * roles));

        TlsPeersServer server = new TlsPeersServer(runtime, tls, length);
        int port = server.listen(false);
        Map<String, Visit> visits = new LinkedHashMap<>();
        visits.put("the JDK's SSLSocket", visit(TlsVisitor.ofJdk(context), port, length));
        hosts.add(TlsHost.ofJdk(context));
        visits.put("the JDK's SSLServerSocket", visit(runtime, tls, hosts, length));
        if (hasOpenSsl) {
            visits.put("openssl s_client", visit(TlsVisitor.ofOpenSsl(keys, folder), port, length));
            List<TlsHost> programs = new ArrayList<>();
            for (int i = 0; i < atOnce; i++) {
                TlsHost host = TlsHost.ofOpenSsl(keys);
                hosts.add(host);
                programs.add(host);
            }
            visits.put("openssl s_server", visit(runtime, tls, programs, length));
        }
        if (hasCurl) {
            int http = server.listen(true);
            visits.put("curl", visit(TlsVisitor.ofCurl(keys, folder), http, length));
        }

        Claims claims = new Claims();
        for (Map.Entry<String, Visit> peer : visits.entrySet()) {
            List<String> failures = visitAll(peer.getKey(), peer.getValue(), each, length);
            claims.require(
                    failures.isEmpty(),
                    failures.size()
                            + " of "
                            + each
                            + " failed with "
                            + peer.getKey()
                            + ": "
                            + failures.stream().limit(3).toList());
        }
        return claims.status() == 0;
    }

    private static boolean isThere(String... command) throws InterruptedException {
        try {
            Process process =
                    new ProcessBuilder(command)
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start();
            return process.waitFor() == 0;
        } catch (IOException e) {
            System.out.println("  there is no " + command[0] + " here: it is left out");
            return false;
        }
    }

    private byte[] content(int connection, int length) {
        byte[] content = new byte[length];
        new SplittableRandom(seed * 1_000_003 + connection).nextBytes(content);
        return content;
    }

    private Visit visit(TlsVisitor visitor, int port, int length) {
        return connection -> {
            byte[] content = content(connection, length);
            requireSame(content, visitor.visit(port, connection % OLD > 0, content));
        };
    }

    /** Of ours to one of these, in a frame. */
    private Visit visit(TardyRuntime runtime, Tls tls, List<TlsHost> hosts, int length) {
        List<TlsHost> all = List.copyOf(hosts);
        Tls old = tls.parameters(parameters -> parameters.setProtocols(new String[] {"TLSv1.2"}));
        return connection -> {
            TlsHost host = all.get(connection % all.size());
            byte[] request = host.request(content(connection, length));
            byte[] back =
                    runtime.spawnCall(
                                    () -> {
                                        Tls ours = connection % OLD > 0 ? tls : old;
                                        try (Socket socket = Socket.tcp("127.0.0.1", host.port());
                                                TlsSocket peer =
                                                        socket.connect().tls(ours, TlsKeys.HOST)) {
                                            return host.visit(peer, request);
                                        }
                                    })
                            .join();
            requireSame(host.answer(request), back);
        };
    }

    private static void requireSame(byte[] expected, byte[] back) throws IOException {
        int at = Arrays.mismatch(expected, back);
        if (at >= 0) {
            throw new IOException(
                    "of "
                            + expected.length
                            + " bytes, "
                            + back.length
                            + " are back, wrong at "
                            + at);
        }
    }

    /** Why connections have failed, if some have. */
    private List<String> visitAll(String peer, Visit visit, int each, int length)
            throws InterruptedException {
        long began = System.nanoTime();
        List<String> failures = new ArrayList<>();
        List<Callable<Void>> all = new ArrayList<>();
        for (int i = 0; i < each; i++) {
            int connection = i;
            all.add(
                    () -> {
                        visit.run(connection);
                        return null;
                    });
        }
        try (ExecutorService threads = Executors.newFixedThreadPool(atOnce)) {
            for (Future<Void> ended : threads.invokeAll(all)) {
                try {
                    ended.get();
                } catch (ExecutionException e) {
                    failures.add(String.valueOf(e.getCause()));
                }
            }
        }
        System.out.printf(
                "  %-26s %5d connections, %6.1f MiB each way, %5.1f s%n",
                peer,
                each - failures.size(),
                (double) (each - failures.size()) * length / (1 << 20),
                (System.nanoTime() - began) / 1e9);
        return failures;
    }
}
