package io.tardy.testsuite;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.tardy.Deadline;
import io.tardy.Frame;
import io.tardy.NameResolver;
import io.tardy.Scope;
import io.tardy.Signal;
import io.tardy.Signals;
import io.tardy.Supervisor;
import io.tardy.Tardy;
import io.tardy.TardyRuntime;
import io.tardy.aio.AsyncOpenFlags;
import io.tardy.aio.AsyncType;
import io.tardy.aio.ConnectError;
import io.tardy.aio.FileMode;
import io.tardy.aio.Stat;
import io.tardy.aio.StatError;
import io.tardy.aio.TardyIOException;
import io.tardy.channel.Spsc;
import io.tardy.fs.CreateFlags;
import io.tardy.fs.Dir;
import io.tardy.fs.File;
import io.tardy.net.Names;
import io.tardy.net.Socket;
import io.tardy.net.Tls;
import io.tardy.net.TlsSocket;
import io.tardy.netty.DnsResolver;
import io.tardy.transport.iouring.IoUringTransport;
import java.io.IOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import javax.net.ssl.SSLContext;

/** What the pages in {@code docs} show, compiled; {@link GuideTest} compares and runs it. */
final class GuideSamples {

    private GuideSamples() {}

    static long sizeOf(Tardy tardy, Path path) throws IOException {
        Stat stat = tardy.runCall(() -> Dir.cwd().stat(path));
        return stat.size();
    }

    static void serveAndSay(Socket peer, ByteBuffer goodbye) throws IOException {
        try {
            serve(peer); // throws CancelledException
        } finally {
            Frame.uncancellable(Duration.ofSeconds(1), () -> peer.sendAll(goodbye));
        }
    }

    private static void serve(Socket peer) throws IOException {
        peer.recv(ByteBuffer.allocate(1));
    }

    static void serve(Socket peer, ByteBuffer buffer) throws IOException {
        int received = peer.recv(buffer); // who connects is going to ask
        while (received >= 0) {
            answer(peer, buffer, TardyRuntime.current().isDraining());
            received = Frame.idle(-1, () -> peer.recv(buffer)); // or not
        }
    }

    private static void answer(Socket peer, ByteBuffer request, boolean isLast) throws IOException {
        peer.sendAll(request.flip());
        request.clear();
        if (isLast) {
            peer.shutdownOutput();
        }
    }

    static void reloadOnHangup(TardyRuntime rt, Runnable reload) {
        rt.spawnDaemon(
                "signals",
                () -> {
                    try (Signals signals = Signals.open(Signal.HUP)) {
                        for (; ; ) {
                            signals.next(); // waits; the process goes on
                            reload.run();
                        }
                    }
                });
    }

    static long sum(int[] samples) throws IOException {
        long sum = 0;
        for (int i = 0; i < samples.length; i++) {
            sum += samples[i];
            if (i % 100_000 == 99_999) {
                Frame.yield(); // every other runnable frame, and I/O, has its turn
            }
        }
        return sum;
    }

    static BigInteger prime(TardyRuntime rt, int bits, Random random) throws Exception {
        BigInteger prime = rt.offload(() -> BigInteger.probablePrime(bits, random));
        return prime;
    }

    static List<InetAddress> addressesOf(String host) throws IOException {
        List<InetAddress> addresses =
                Deadline.callWithin(Duration.ofSeconds(2), () -> Names.resolve(host));
        return addresses;
    }

    static Tardy.Builder asking() {
        return Tardy.builder().nameResolver(DnsResolver.ofSystem());
    }

    static Tardy.Builder forTests() {
        NameResolver names =
                host -> {
                    if (host.endsWith(".test")) {
                        return List.of(InetAddress.ofLiteral("127.0.0.1"));
                    }
                    throw new UnknownHostException(host);
                };
        return Tardy.builder().nameResolver(names);
    }

    static SocketAddress connectFrom(String address, String host, int port) throws IOException {
        InetSocketAddress local = new InetSocketAddress(InetAddress.ofLiteral(address), 0);
        try (Socket socket = Socket.tcp(host, port)) {
            socket.bindLocal(local).connect();
            return socket.remoteAddress();
        }
    }

    static final ScopedValue<String> USER = ScopedValue.newInstance();

    static String greet(TardyRuntime rt, String name) throws Exception {
        return ScopedValue.where(USER, name)
                .call(
                        () -> {
                            try (Scope scope = Scope.open()) {
                                Frame<String> greeting =
                                        scope.forkCall(() -> "Hello, " + USER.get());
                                rt.spawn(Frame.inheriting(() -> audit(USER.get())));
                                scope.join();
                                return greeting.join();
                            }
                        });
    }

    static final ThreadLocal<String> REQUEST = new ThreadLocal<>();

    static Tardy.Builder carryingRequests() {
        return Tardy.builder()
                .frameDecorator(
                        body -> {
                            String request = REQUEST.get(); // where the frame is started
                            return () -> {
                                REQUEST.set(request); // where it runs
                                try {
                                    return body.call();
                                } finally {
                                    REQUEST.remove(); // a thread of the pool serves others
                                }
                            };
                        });
    }

    private static void audit(String user) {
        System.Logger log = System.getLogger("audit");
        log.log(System.Logger.Level.DEBUG, user);
    }

    static String pass(TardyRuntime first, TardyRuntime second) throws IOException {
        Spsc<String> channel = new Spsc<>(1024);
        Frame<Void> sending =
                first.spawn(
                        () -> {
                            try (var producer = channel.producer(first)) {
                                producer.send("hello"); // waits while the channel is full
                            }
                        });
        Frame<String> receiving = second.spawnCall(() -> channel.consumer(second).recv());
        sending.join();
        return receiving.join();
    }

    static int both(Socket first, Socket second) throws IOException {
        try (Scope scope = Scope.open(Duration.ofSeconds(2))) {
            Frame<Integer> left = scope.forkCall(() -> ask(first));
            Frame<Integer> right = scope.forkCall(() -> ask(second));
            scope.join();
            return left.join() + right.join();
        }
    }

    static int ask(Socket server) throws IOException {
        server.connect();
        server.shutdownOutput();
        return server.recv(ByteBuffer.allocate(1));
    }

    static boolean listens(Socket socket) throws IOException {
        try {
            socket.connect();
        } catch (TardyIOException e) {
            if (e.error() != ConnectError.CONNECTION_REFUSED) {
                throw e;
            }
            return false; // nobody listens there
        }
        return true;
    }

    static void exchange(Socket socket, ByteBuffer question, ByteBuffer answer) throws IOException {
        Deadline.within(
                Duration.ofSeconds(5),
                () -> {
                    socket.sendAll(question);
                    socket.recvAll(answer);
                });
    }

    static Frame<Void> cancel(TardyRuntime rt, Socket socket, ByteBuffer buffer) {
        Frame<Void> frame =
                rt.spawn(
                        () -> {
                            try (socket) {
                                socket.recv(buffer); // throws CancelledException
                            } // closed all the same
                        });
        frame.cancel();
        return frame;
    }

    static Tardy named() {
        Tardy tardy = Tardy.builder().async(AsyncType.EPOLL).build();
        return tardy;
    }

    static Tardy largeRings() {
        Tardy tardy = Tardy.builder().async(new IoUringTransport(2048, 16_384)).build();
        return tardy;
    }

    static Channel reach(TardyRuntime rt, Bootstrap bootstrap, SocketAddress address)
            throws Exception {
        Channel upstream = rt.await(bootstrap.group(rt.eventLoop()).connect(address));
        return upstream;
    }

    static void save(Path path, String text) throws IOException {
        try (File file = File.create(path)) {
            file.writeAll(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
        }
    }

    static String load(Path path) throws IOException {
        try (File file = File.open(path)) {
            ByteBuffer content = ByteBuffer.allocate((int) file.stat().size());
            file.readAll(content);
            return StandardCharsets.UTF_8.decode(content.flip()).toString();
        }
    }

    static final AsyncOpenFlags LOG =
            AsyncOpenFlags.of(FileMode.WRITE).withCreate().withPermissions(0640).withAppend();

    static void log(Path path, String line) throws IOException {
        try (File log = File.open(path, LOG)) {
            log.writeAll(ByteBuffer.wrap(line.getBytes(StandardCharsets.UTF_8)));
        }
    }

    static long bothRows(File file) throws IOException {
        try (Scope scope = Scope.open()) {
            Frame<Long> first = scope.forkCall(() -> row(file, 0));
            Frame<Long> second = scope.forkCall(() -> row(file, 1));
            scope.join();
            return first.join() + second.join();
        }
    }

    static long row(File file, int index) throws IOException {
        ByteBuffer row = ByteBuffer.allocateDirect(Long.BYTES);
        file.readAll(row, (long) index * Long.BYTES); // the position stays where it is
        return row.getLong(0);
    }

    static void replace(Path path, String text) throws IOException {
        try (Dir dir = Dir.open(path.getParent())) {
            Path next = Path.of(path.getFileName() + ".next");
            try (File file = dir.createFile(next, CreateFlags.DEFAULT)) {
                file.writeAll(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
                file.sync(); // what it holds, before it has the name
            }
            dir.rename(next, path.getFileName());
            dir.sync(); // the name
        }
    }

    static long bytesBelow(Path path) throws IOException {
        long[] bytes = new long[1];
        try (Dir dir = Dir.open(path)) {
            dir.walk(entry -> bytes[0] += entry.stat().isFile() ? entry.stat().size() : 0);
        }
        return bytes[0];
    }

    static boolean isThere(Path path) throws IOException {
        try {
            Dir.cwd().stat(path);
        } catch (TardyIOException e) {
            if (e.error() != StatError.NOT_FOUND) {
                throw e;
            }
            return false;
        }
        return true;
    }

    static String statusOf(String host) throws Exception {
        Tls tls = Tls.of(SSLContext.getDefault());
        try (Socket socket = Socket.tcp(host, 443);
                TlsSocket peer = socket.connect().tls(tls, host)) {
            peer.writeAll(request(host));
            ByteBuffer answer = ByteBuffer.allocate(1024);
            peer.read(answer); // -1 only after the peer's close_notify
            return firstLine(answer.flip());
        }
    }

    static ByteBuffer request(String host) {
        String text = "GET / HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n";
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
    }

    static String firstLine(ByteBuffer text) {
        return StandardCharsets.US_ASCII.decode(text).toString().lines().findFirst().orElse("");
    }

    static void serveTls(Socket listener, SSLContext context) throws IOException {
        Tls tls = Tls.of(context).applicationProtocols("http/1.1");
        listener.serve(tls.serving(GuideSamples::echo)); // handshake and handler in a frame each
    }

    static void echo(TlsSocket peer) throws IOException {
        for (ByteBuf data; (data = peer.recv()) != null; ) { // an idle one holds no buffer
            peer.sendAll(data);
        }
    }

    static TlsSocket startTls(Socket socket, Tls tls, String host) throws IOException {
        socket.sendAll(ByteBuffer.wrap("STARTTLS\r\n".getBytes(StandardCharsets.US_ASCII)));
        ByteBuffer answer = socket.recvNext();
        while (answer.hasRemaining() && answer.get() != '\n') {
            // "220 go ahead"; what follows it is TLS already
        }
        return tls.client(socket, host, answer);
    }

    static void followForGood(TardyRuntime rt, String host) {
        rt.spawn(
                "feed",
                () -> Supervisor.restarting(5, Duration.ofMinutes(1)).run(() -> follow(host)));
    }

    private static void follow(String host) throws IOException {
        try (Socket feed = Socket.tcp(host, 7).connect()) {
            feed.recvNext();
        }
    }
}
