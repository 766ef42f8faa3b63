package io.tardy.testsuite;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.tardy.Deadline;
import io.tardy.Frame;
import io.tardy.FrameFailedException;
import io.tardy.Pooling;
import io.tardy.Tardy;
import io.tardy.TardyRuntime;
import io.tardy.Threading;
import io.tardy.aio.AsyncType;
import io.tardy.aio.CancelledException;
import io.tardy.aio.DeadlineExceededException;
import io.tardy.aio.TardyIOException;
import io.tardy.net.Socket;
import io.tardy.netty.FrameChannel;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.net.UnknownHostException;
import java.net.spi.InetAddressResolver;
import java.net.spi.InetAddressResolverProvider;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Semaphore;
import java.util.stream.Stream;

/**
 * A program for a JVM of its own, whose resolver it is: connects to hosts with several addresses,
 * and looks up one whose name server never answers. Its argument is the transport.
 */
public final class HostMain {

    /** Nobody listens there, nor at the next one. */
    private static final String DEAD = "127.0.0.2";

    private static final String LOST = "127.0.0.4";

    /** Somebody listens there, and never accepts: connects wait. */
    private static final String SILENT = "127.0.0.3";

    private static final String LIVING = "127.0.0.1";

    private HostMain() {}

    public static void main(String[] args) throws Exception {
        Tardy.Builder builder =
                Tardy.builder()
                        .async(AsyncType.ofLabel(args[0]))
                        .threading(Threading.single())
                        .uncaughtFrame((frame, failure) -> failure.printStackTrace(System.out));
        try (Tardy tardy = builder.build()) {
            tardy.entry("all", (rt, nothing) -> rt.spawn(() -> run(rt)));
        }
        try (Tardy tardy = builder.pooling(Pooling.STATIC).tasksInitial(1).build()) {
            tardy.entry("alone", (rt, nothing) -> rt.spawn(() -> runAlone(rt)));
        }
    }

    private static void run(TardyRuntime rt) throws Exception {
        try (Socket listener = Socket.tcp(LIVING, 0).bind().listen(64)) {
            int port = ((InetSocketAddress) listener.localAddress()).getPort();
            String[] ways = {"dead+living", "dead+lost", "silent+living"};
            connect("warm up", "dead+living", port);
            long before = sockets();
            try (Silent silent = new Silent(port)) {
                for (String way : ways) {
                    connect(way, way, port);
                }
                abandonConnects(rt, port);
                long others = sockets();
                connectChannels(rt, port);
                System.out.println("left open by channels: " + leftOpen(others));
            }
            System.out.println("left open: " + leftOpen(before));
        }
        lookUp(rt);
    }

    private static void runAlone(TardyRuntime rt) throws Exception {
        try (Socket listener = Socket.tcp(LIVING, 0).bind().listen(64)) {
            int port = ((InetSocketAddress) listener.localAddress()).getPort();
            connect("alone", "dead+living", port);
            connectChannel(rt, "dead+living", port);
        }
    }

    /** The same race, for channels of Netty's. */
    private static void connectChannels(TardyRuntime rt, int port) throws Exception {
        for (String host : List.of("dead+living", "dead+lost", "silent+living")) {
            connectChannel(rt, host, port);
        }
        say(
                "channel late",
                () ->
                        Deadline.callWithin(
                                Duration.ofMillis(400), () -> channel(rt, "silent+dead", port)));
        Frame<FrameChannel> connecting = rt.spawnCall(() -> channel(rt, "silent+dead", port));
        Frame.delay(Duration.ofMillis(300));
        connecting.cancel();
        say("channel cancelled", connecting::join);
    }

    private static void connectChannel(TardyRuntime rt, String host, int port) throws IOException {
        String answer;
        try (FrameChannel channel = channel(rt, host, port)) {
            InetSocketAddress to = (InetSocketAddress) channel.channel().remoteAddress();
            answer = to.getAddress().getHostAddress();
        } catch (ConnectException e) {
            answer = "refused " + e.getSuppressed().length;
        }
        System.out.println("channel to " + host + ": " + answer);
    }

    private static FrameChannel channel(TardyRuntime rt, String host, int port) throws IOException {
        Bootstrap bootstrap =
                new Bootstrap()
                        .group(rt.eventLoop())
                        .channel(rt.channelTypes().socket())
                        .handler(
                                new ChannelInitializer<>() {
                                    @Override
                                    protected void initChannel(Channel channel) {}
                                });
        return FrameChannel.connect(bootstrap, host, port);
    }

    /** The loop closes channels a little later than their frames. */
    private static long leftOpen(long before) throws IOException {
        for (int i = 0; i < 500 && sockets() != before; i++) {
            Frame.delay(Duration.ofMillis(10));
        }
        return sockets() - before;
    }

    private static void connect(String title, String host, int port) throws IOException {
        try (Socket socket = Socket.tcp(host, port)) {
            socket.setOption(StandardSocketOptions.SO_KEEPALIVE, true);
            socket.connect();
            InetSocketAddress to = (InetSocketAddress) socket.remoteAddress();
            System.out.println(
                    title
                            + ": "
                            + to.getAddress().getHostAddress()
                            + " "
                            + socket.getOption(StandardSocketOptions.SO_KEEPALIVE)
                            + " "
                            + socket.getOption(StandardSocketOptions.TCP_NODELAY));
        } catch (TardyIOException e) {
            System.out.println(title + ": " + e.error() + " " + e.getSuppressed().length);
        }
    }

    /** A connect that no address answers ends with a deadline, a cancel and a close. */
    private static void abandonConnects(TardyRuntime rt, int port) throws Exception {
        try (Socket socket = Socket.tcp("silent+dead", port)) {
            say("late", () -> socket.connect(Duration.ofMillis(400)));
        }
        try (Socket socket = Socket.tcp("silent+dead", port)) {
            Frame<Socket> connecting = rt.spawnCall(() -> socket.connect());
            Frame.delay(Duration.ofMillis(300));
            connecting.cancel();
            say("cancelled", connecting::join);
        }
        Socket socket = Socket.tcp("dead+silent", port);
        Frame<Socket> connecting = rt.spawnCall(() -> socket.connect());
        Frame.delay(Duration.ofMillis(50));
        socket.close();
        say("closed", connecting::join);
        System.out.println("is closed: " + socket.isClosed());
    }

    private static void lookUp(TardyRuntime rt) throws Exception {
        say("unknown", () -> Socket.tcp("unknown", 1));
        say("unknown to a channel", () -> channel(rt, "unknown", 1));
        say(
                "late lookup",
                () -> Deadline.callWithin(Duration.ofMillis(20), () -> Socket.tcp("hangs", 1)));
        Frame<Socket> looking = rt.spawnCall(() -> Socket.udp("hangs", 1));
        Frame.yield();
        looking.cancel();
        say("cancelled lookup", looking::join);
    }

    private static void say(String title, Callable<?> call) throws Exception {
        try {
            System.out.println(title + ": " + call.call());
        } catch (FrameFailedException e) {
            System.out.println(title + ": " + nameOf(e.getCause()));
        } catch (TardyIOException e) {
            System.out.println(title + ": " + nameOf(e));
        }
    }

    private static String nameOf(Throwable failure) {
        if (failure instanceof CancelledException || failure instanceof DeadlineExceededException) {
            return failure.getClass().getSimpleName();
        }
        return failure instanceof TardyIOException io ? io.error().toString() : failure.toString();
    }

    private static long sockets() throws IOException {
        try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
            return descriptors.filter(HostMain::isSocket).count();
        }
    }

    private static boolean isSocket(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString().startsWith("socket:");
        } catch (IOException e) {
            return false; // that of the listing itself
        }
    }

    /** A listener whose queue is full. */
    private static final class Silent implements AutoCloseable {

        private final List<Socket> opened = new ArrayList<>();

        Silent(int port) throws IOException {
            Socket listener = Socket.tcp(SILENT, port);
            opened.add(listener);
            listener.bind().listen(1);
            for (int i = 0; i < 8; i++) {
                Socket filling = Socket.tcp(SILENT, port);
                opened.add(filling);
                try {
                    filling.connect(Duration.ofMillis(50));
                } catch (DeadlineExceededException e) {
                    return;
                }
            }
            throw new IllegalStateException("its queue is never full");
        }

        @Override
        public void close() throws IOException {
            for (Socket socket : opened) {
                socket.close();
            }
        }
    }

    /** What the JDK asks in place of the system. */
    public static final class Provider extends InetAddressResolverProvider {

        /** For {@code ServiceLoader}. */
        public Provider() {}

        @Override
        public InetAddressResolver get(Configuration configuration) {
            return new Resolver();
        }

        @Override
        public String name() {
            return "of the test";
        }
    }

    private static final class Resolver implements InetAddressResolver {

        @Override
        public Stream<InetAddress> lookupByName(String host, LookupPolicy policy)
                throws UnknownHostException {
            if (host.equals("hangs")) {
                new Semaphore(0).acquireUninterruptibly();
            } else if (host.equals("unknown")) {
                throw new UnknownHostException(host);
            }
            List<InetAddress> addresses = new ArrayList<>();
            for (String word : host.split("\\+")) {
                addresses.add(
                        InetAddress.ofLiteral(
                                switch (word) {
                                    case "dead" -> DEAD;
                                    case "silent" -> SILENT;
                                    case "lost" -> LOST;
                                    default -> LIVING;
                                }));
            }
            return addresses.stream();
        }

        @Override
        public String lookupByAddress(byte[] address) throws UnknownHostException {
            throw new UnknownHostException();
        }
    }
}
