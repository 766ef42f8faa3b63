package io.tardy.testsuite;

import com.sun.management.ThreadMXBean;
import io.tardy.Frame;
import io.tardy.Tardy;
import io.tardy.TardyRuntime;
import io.tardy.Threading;
import io.tardy.aio.AsyncType;
import io.tardy.aio.FileMode;
import io.tardy.fs.CreateFlags;
import io.tardy.fs.File;
import io.tardy.net.Socket;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A program for a JVM of its own: prints how many bytes a runtime's thread allocates for one
 * message of an echo, one read and one write of a file, and one delay. Each is the least of some
 * rounds, for the compilers need a while.
 */
final class AllocationMain {

    private static final int ROUNDS = 12;
    private static final int ROUND = 10_000;
    private static final int MESSAGE_BYTES = 64;
    private static final int CONNECTIONS = 8;
    private static final CreateFlags READ_WRITE =
            new CreateFlags(FileMode.READ_WRITE, 0600, true, true);
    private static final Duration DELAY = Duration.ofNanos(1);
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private AllocationMain() {}

    /** What is done once. */
    private interface Step {
        void run() throws IOException;
    }

    public static void main(String[] args) throws Exception {
        AsyncType type = AsyncType.valueOf(args[0].toUpperCase(Locale.ROOT));
        try (Tardy tardy =
                Tardy.builder()
                        .async(type)
                        .threading(Threading.single())
                        .threadFactory(
                                body -> {
                                    Thread thread = Thread.ofPlatform().unstarted(body);
                                    runtimeThread.set(thread.threadId());
                                    return thread;
                                })
                        .build()) {
            tardy.entry(tardy, (rt, itself) -> rt.spawn(() -> measure(rt)));
        }
    }

    private static final AtomicLong runtimeThread = new AtomicLong();

    private static void measure(TardyRuntime rt) throws Exception {
        System.out.println("echo " + echo(rt));
        System.out.println("lent " + lent(rt));
        Path path = Files.createTempFile("tardy", "allocation");
        try (File file = File.create(path, READ_WRITE)) {
            ByteBuffer block = ByteBuffer.allocateDirect(MESSAGE_BYTES);
            System.out.println("write " + least(() -> file.write(block.clear(), 0)));
            System.out.println("read " + least(() -> file.read(block.clear(), 0)));
        } finally {
            Files.delete(path);
        }
        System.out.println("delay " + least(() -> Frame.delay(DELAY)));
    }

    private static long least(Step step) throws IOException {
        long least = Long.MAX_VALUE;
        for (int round = 0; round < ROUNDS; round++) {
            long before = allocated();
            for (int i = 0; i < ROUND; i++) {
                step.run();
            }
            least = Math.min(least, (allocated() - before) / ROUND);
        }
        return least;
    }

    private static long echo(TardyRuntime rt) throws Exception {
        try (Socket listener = Socket.tcp("127.0.0.1", 0).bind().listen(1)) {
            InetSocketAddress address = (InetSocketAddress) listener.localAddress();
            Thread client = Thread.ofPlatform().start(() -> ask(address));
            try (Socket peer = listener.accept()) {
                ByteBuffer buffer = ByteBuffer.allocateDirect(MESSAGE_BYTES);
                long least =
                        least(
                                () -> {
                                    peer.recv(buffer.clear());
                                    peer.sendAll(buffer.flip());
                                });
                peer.shutdownOutput();
                rt.offload(
                        () -> {
                            client.join();
                            return null;
                        });
                return least;
            }
        }
    }

    /** Of several connections, so that no memory is always the same one's. */
    private static long lent(TardyRuntime rt) throws Exception {
        try (Socket listener = Socket.tcp("127.0.0.1", 0).bind().listen(CONNECTIONS)) {
            InetSocketAddress address = (InetSocketAddress) listener.localAddress();
            Thread client = Thread.ofPlatform().start(() -> askAll(address));
            List<Frame<Void>> frames = new ArrayList<>();
            long[] messages = new long[1];
            for (int i = 0; i < CONNECTIONS; i++) {
                Socket peer = listener.accept();
                frames.add(
                        rt.spawn(
                                () -> {
                                    try (peer) {
                                        for (ByteBuffer data; (data = peer.recvNext()) != null; ) {
                                            messages[0]++;
                                            peer.sendAll(data);
                                        }
                                    }
                                }));
            }
            long least = Long.MAX_VALUE;
            for (int round = 1; round < ROUNDS; round++) { // the last one is cut short
                long before = allocated();
                long from = messages[0];
                while (messages[0] < (long) round * ROUND) {
                    Frame.delay(Duration.ofMillis(1));
                }
                least = Math.min(least, (allocated() - before) / (messages[0] - from));
            }
            for (Frame<Void> frame : frames) {
                frame.join();
            }
            rt.offload(
                    () -> {
                        client.join();
                        return null;
                    });
            return least;
        }
    }

    private static void askAll(InetSocketAddress address) {
        List<SocketChannel> channels = new ArrayList<>();
        try {
            for (int i = 0; i < CONNECTIONS; i++) {
                channels.add(SocketChannel.open(address));
            }
            ByteBuffer message = ByteBuffer.allocateDirect(MESSAGE_BYTES);
            for (int i = 0; i < ROUNDS * ROUND / CONNECTIONS; i++) {
                for (SocketChannel channel : channels) {
                    writeAll(channel, message.clear());
                }
                for (SocketChannel channel : channels) {
                    readAll(channel, message.clear());
                }
            }
            for (SocketChannel channel : channels) {
                channel.close();
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static void writeAll(SocketChannel channel, ByteBuffer message) throws IOException {
        while (message.hasRemaining()) {
            channel.write(message);
        }
    }

    private static void readAll(SocketChannel channel, ByteBuffer message) throws IOException {
        while (message.hasRemaining()) {
            if (channel.read(message) < 0) {
                throw new AssertionError("the echo has ended");
            }
        }
    }

    private static void ask(InetSocketAddress address) {
        try (SocketChannel channel = SocketChannel.open(address)) {
            ByteBuffer message = ByteBuffer.allocateDirect(MESSAGE_BYTES);
            for (int i = 0; i < ROUNDS * ROUND; i++) {
                writeAll(channel, message.clear());
                readAll(channel, message.clear());
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static long allocated() {
        return THREADS.getThreadAllocatedBytes(runtimeThread.get());
    }
}
