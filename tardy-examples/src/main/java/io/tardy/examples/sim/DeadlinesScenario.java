package io.tardy.examples.sim;

import io.tardy.Deadline;
import io.tardy.Frame;
import io.tardy.Scope;
import io.tardy.TardyRuntime;
import io.tardy.aio.AsyncOpenFlags;
import io.tardy.aio.CancelledException;
import io.tardy.aio.DeadlineExceededException;
import io.tardy.aio.FileMode;
import io.tardy.channel.Spsc;
import io.tardy.fs.File;
import io.tardy.net.Socket;
import io.tardy.sim.Sim;
import io.tardy.sim.SimHost;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;

/**
 * Every kind of wait, ended by a deadline, by a cancellation or by both at once: it ends then, not
 * before and not much later, and leaves no socket, no task and no timer behind.
 */
final class DeadlinesScenario implements Scenario {

    private static final int PORT = 80;
    private static final Path FILE = Path.of("/file");

    @Override
    public String name() {
        return "deadlines";
    }

    @Override
    public void run(Sim sim) throws Exception {
        SimHost silent = sim.host("silent").tolerate(IOException.class);
        SimHost dark = sim.host("dark");
        SimHost client = sim.host("client");
        silent.start(
                rt -> {
                    Socket listener = Socket.tcp("0.0.0.0", PORT).bind().listen(64);
                    rt.spawn("accept", () -> listener.serve(DeadlinesScenario::hold));
                });
        sim.partition(client, dark);
        SplittableRandom random = new SplittableRandom(sim.random(1 << 30));
        client.start(
                rt -> {
                    List<Frame<?>> frames = new ArrayList<>();
                    for (int i = random.nextInt(1, 8); i > 0; i--) {
                        begin(sim, rt, random.split(), frames);
                    }
                    Remainder.check(rt, frames);
                });
        client.await();
        Check.equal(List.of(), client.openSockets(), "sockets left");
        sim.delay(Duration.ofSeconds(30));
        Check.equal(1, silent.openSockets().size(), "sockets of the server with its listener");
    }

    /** Keeps the connection, and neither sends nor reads until it ends. */
    private static void hold(Socket peer) throws IOException {
        Frame.delay(Duration.ofSeconds(20));
        peer.recv(ByteBuffer.allocate(1));
    }

    private static void begin(
            Sim sim, TardyRuntime rt, SplittableRandom random, List<Frame<?>> frames) {
        int kind = random.nextInt(12);
        boolean isScope = kind == 10; // would tell the handler of frames that are late just then
        boolean isLate = isScope || random.nextBoolean();
        Duration late = isLate ? Duration.ofMillis(random.nextInt(500)) : Duration.ofSeconds(15);
        Duration cancelled = random.nextBoolean() ? late : Duration.ofMillis(random.nextInt(500));
        boolean isCancelled = !isLate || !isScope && random.nextBoolean();
        Frame<?> waiting =
                rt.spawn(
                        "wait " + kind,
                        () -> {
                            Duration from = sim.now();
                            try {
                                Deadline.within(late, () -> await(rt, kind, random));
                            } catch (DeadlineExceededException e) {
                                Duration waited = sim.now().minus(from);
                                Check.that(
                                        waited.compareTo(late) >= 0,
                                        "late after " + waited + ", before " + late);
                            } catch (CancelledException e) {
                                Check.that(isCancelled, "cancelled though nobody does");
                            }
                        });
        frames.add(waiting);
        if (isCancelled) {
            frames.add(
                    rt.spawn(
                            "cancel " + kind,
                            () -> {
                                Frame.delay(cancelled);
                                waiting.cancel();
                            }));
        }
    }

    private static void await(TardyRuntime rt, int kind, SplittableRandom random) throws Exception {
        switch (kind) {
            case 0 -> Frame.delay(Duration.ofHours(1));
            case 1 -> withConnection(socket -> socket.recv(ByteBuffer.allocate(10)));
            case 2 -> withConnection(socket -> socket.sendAll(ByteBuffer.allocate(2 << 20)));
            case 3 -> withConnection(socket -> socket.recv());
            case 4 -> {
                try (Socket socket = Socket.tcp("dark", PORT)) {
                    socket.connect();
                }
            }
            case 5 -> {
                try (Socket socket = Socket.tcp("0.0.0.0", 0).bind().listen(1)) {
                    socket.accept();
                }
            }
            case 6 -> {
                try (Socket socket = Socket.udp("0.0.0.0", 0).bind()) {
                    socket.recvFrom(ByteBuffer.allocate(10));
                }
            }
            case 7 -> new Spsc<String>(1).consumer(rt).recv();
            case 8 -> {
                Spsc<Integer>.Producer producer = new Spsc<Integer>(4).producer(rt);
                for (; ; ) {
                    producer.send(1);
                }
            }
            case 9 -> rt.await(new CompletableFuture<Void>());
            case 10 -> {
                try (Scope scope = Scope.open()) {
                    scope.fork(() -> await(rt, random.nextInt(10), random));
                    scope.fork(() -> Frame.delay(Duration.ofHours(1)));
                    scope.join();
                }
            }
            default -> files();
        }
    }

    /** For ever, with the disk. */
    private static void files() throws IOException {
        AsyncOpenFlags flags =
                AsyncOpenFlags.of(FileMode.READ_WRITE)
                        .withCreate()
                        .withPermissions(0600)
                        .withSync();
        for (; ; ) {
            try (File file = File.open(FILE, flags)) {
                for (int i = 0; i < 20; i++) {
                    file.write(ByteBuffer.allocate(1000), 0);
                    file.read(ByteBuffer.allocate(1000), 0);
                    file.stat();
                    Frame.delay(Duration.ofMillis(20));
                }
            } catch (CancelledException | DeadlineExceededException e) {
                throw e;
            } catch (IOException e) {
                Frame.delay(Duration.ofMillis(20)); // the disk's faults
            }
        }
    }

    /** Something with a socket. */
    private interface Use {
        void of(Socket socket) throws IOException;
    }

    private static void withConnection(Use use) throws IOException {
        for (; ; ) {
            try (Socket socket = Socket.tcp("silent", PORT)) {
                use.of(socket.connect());
                return;
            } catch (CancelledException | DeadlineExceededException e) {
                throw e;
            } catch (IOException e) {
                Frame.delay(Duration.ofMillis(50)); // the network's faults
            }
        }
    }
}
