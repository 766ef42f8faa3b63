package io.tardy.testsuite;

import io.tardy.Deadline;
import io.tardy.Frame;
import io.tardy.FrameBody;
import io.tardy.Tardy;
import io.tardy.TardyRuntime;
import io.tardy.Threading;
import io.tardy.aio.AsyncType;
import io.tardy.aio.DeadlineExceededException;
import io.tardy.aio.FileMode;
import io.tardy.fs.File;
import io.tardy.net.Socket;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/**
 * A program whose frame catches what an operation threw before it had begun, for its stack was full
 * or could not be suspended, and goes on. Prints what was lost.
 *
 * <p>For a JVM of its own, which interprets: there an overflow comes at the same depth each time.
 */
final class CaughtOverflowMain {

    /** So many depths around the one that overflows are tried. */
    private static final int STEPS = 480;

    /** And as many steps between two depths. */
    private static final int WIDE_STEPS = 8;

    private int hung;
    private int wrong;

    private CaughtOverflowMain() {}

    /**
     * @param args the transport
     */
    public static void main(String[] args) throws Exception {
        Path path = Files.writeString(Files.createTempFile("overflow", ".file"), "text");
        try (Tardy tardy =
                Tardy.builder()
                        .async(AsyncType.ofLabel(args[0]))
                        .threading(Threading.single())
                        .build()) {
            tardy.entry(path, (rt, file) -> rt.spawn(() -> new CaughtOverflowMain().run(rt, file)));
        } finally {
            Files.delete(path);
        }
    }

    private void run(TardyRuntime rt, Path path) throws Exception {
        ByteBuffer buffer = ByteBuffer.allocateDirect(8);
        try (File file = File.open(path)) {
            overflowAround(rt, () -> {}, () -> file.read(buffer.clear(), 0));
        }
        overflowAround(rt, () -> {}, () -> Frame.delay(Duration.ofNanos(1)));
        overflowAround(rt, () -> {}, () -> rt.offload(() -> "done"));
        FrameBody pause = () -> Frame.delay(Duration.ofNanos(1));
        Duration hour = Duration.ofHours(1);
        overflowAround(rt, () -> {}, () -> Deadline.within(hour, pause));
        overflowAround(rt, () -> {}, () -> Frame.uncancellable(hour, pause));
        rt.drain(hour); // from now on idleness has a timer
        overflowAround(rt, () -> {}, () -> Frame.idle(null, () -> hour));
        try (Socket listener = TransportFixture.listenAnywhere()) {
            receive(rt, listener, ByteBuffer.allocate(8));
            receive(rt, listener, ByteBuffer.allocateDirect(8));
        }
        int descriptors = descriptors();
        close(rt, path);
        for (PinnedPlace place : PinnedPlace.values()) {
            place.call(() -> rt.offload(() -> "done"));
            requireSound(rt);
        }
        System.out.println(
                hung
                        + " hung, "
                        + wrong
                        + " wrong, "
                        + (rt.timersActive() - 1) // the drain's
                        + " timers, "
                        + leftOpen(descriptors)
                        + " left open");
    }

    /** What an overflow has kept from closing is closed by the next close. */
    private void close(TardyRuntime rt, Path path) throws Exception {
        File[] file = new File[1];
        for (FileMode mode : new FileMode[] {FileMode.READ, FileMode.WRITE}) {
            overflowAround(rt, () -> file[0] = File.open(path, mode), () -> file[0].close());
        }
        Socket[] socket = new Socket[1];
        overflowAround(rt, () -> socket[0] = Socket.tcp("127.0.0.1", 0), () -> socket[0].close());
        overflowAround(rt, () -> {}, () -> File.open(path, FileMode.WRITE).close());
    }

    private static int descriptors() {
        return new java.io.File("/proc/self/fd").list().length;
    }

    /** Some are closed a moment later. */
    private static int leftOpen(int before) throws Exception {
        int more = descriptors() - before;
        for (int i = 0; more > 0 && i < 1_000; i++) {
            Frame.delay(Duration.ofMillis(1));
            more = descriptors() - before;
        }
        return Math.max(more, 0);
    }

    /** What the overflow has not let a receive take, the next one receives. */
    private void receive(TardyRuntime rt, Socket listener, ByteBuffer into) throws Exception {
        try (Socket sending = TransportFixture.connectTo(listener);
                Socket receiving = listener.accept()) {
            FrameBody arrive =
                    () -> {
                        sending.sendAll(ByteBuffer.wrap(new byte[] {7}));
                        Frame.delay(Duration.ofNanos(200_000)); // the loop has heard of it
                    };
            arrive.run();
            receiving.recv(into.clear()); // the transport knows the socket
            overflowAround(
                    rt,
                    () -> {
                        into.clear();
                        arrive.run();
                    },
                    () -> receiving.recv(into));
        }
    }

    private void overflowAround(TardyRuntime rt, FrameBody before, FrameBody operation)
            throws Exception {
        int low = 100;
        int high = 100_000;
        while (high - low > 1) {
            int middle = (low + high) >>> 1;
            if (overflows(before, middle, operation)) {
                high = middle;
                again(operation);
            } else {
                low = middle;
            }
        }
        for (int step = 0; step < STEPS; step++) {
            int wide = step % WIDE_STEPS;
            int levels = high + step / WIDE_STEPS - STEPS / WIDE_STEPS / 2 - wide;
            if (overflows(before, levels, () -> diveWide(wide, 0, operation))) {
                again(operation);
            }
            requireSound(rt);
        }
    }

    /** It has done nothing, and so it has all of it to do. */
    private void again(FrameBody operation) throws Exception {
        try {
            Deadline.within(Duration.ofSeconds(1), operation::run);
        } catch (DeadlineExceededException e) {
            hung++;
        }
    }

    /** Nothing that was left behind meets the next operations. */
    private void requireSound(TardyRuntime rt) throws Exception {
        Object mine = new Object();
        Frame.delay(Duration.ofNanos(1));
        if (rt.offload(() -> mine) != mine) {
            wrong++;
        }
    }

    private static boolean overflows(FrameBody before, int levels, FrameBody operation)
            throws Exception {
        before.run();
        try {
            OverflowMain.dive(levels, operation);
            return false;
        } catch (StackOverflowError e) {
            return true;
        }
    }

    /** Its stack frames are some bytes larger. */
    private static void diveWide(int levels, long wide, FrameBody operation) throws Exception {
        if (levels == 0) {
            operation.run();
        } else {
            diveWide(levels - 1, wide, operation);
        }
    }
}
