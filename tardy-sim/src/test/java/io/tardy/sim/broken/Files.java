package io.tardy.sim.broken;

import io.tardy.Deadline;
import io.tardy.Frame;
import io.tardy.TardyRuntime;
import io.tardy.aio.DeadlineExceededException;
import io.tardy.aio.FileMode;
import io.tardy.aio.TardyIOException;
import io.tardy.fs.CreateFlags;
import io.tardy.fs.File;
import io.tardy.sim.Sim;
import io.tardy.sim.SimBody;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Frames that share the position of a file, some with deadlines. They write all of it, read all of
 * it once, and close it while others read.
 */
final class Files implements SimBody {

    private static final Path PATH = Path.of("/shared");
    private static final int FRAMES = 3;

    /** As Linux numbers it. */
    static final int EIO = 5;

    private Sim sim;
    private TardyRuntime other;
    private boolean isOver;
    private int written;
    private long sumWritten;
    private int read;
    private long sumRead;

    @Override
    public void run(Sim sim) throws Exception {
        this.sim = sim;
        sim.host("a").runtimes(2).start(this::start).await();
    }

    private void start(TardyRuntime rt) {
        if (rt.id() == 0) {
            rt.spawn(() -> all(rt));
        } else {
            other = rt;
            rt.spawn(this::awaitEnd);
        }
    }

    /** The runtime does not end before frames of the first have spawned all of theirs on it. */
    private void awaitEnd() throws IOException {
        while (!isOver) {
            Frame.delay(Duration.ofMillis(1));
        }
    }

    private void all(TardyRuntime rt) throws IOException {
        File file =
                retrying(
                        () ->
                                File.create(
                                        PATH,
                                        new CreateFlags(FileMode.READ_WRITE, 0644, true, true)));
        together(rt, () -> write(file));
        retrying(() -> closed(file));
        File again = retrying(() -> File.open(PATH));
        together(rt, () -> read(again));
        if (read != written || sumRead != sumWritten) {
            throw new AssertionError(
                    "wrote " + written + " bytes, and read " + read + " that are not the same");
        }
        retrying(() -> closed(again));
        File last = retrying(() -> File.open(PATH));
        for (int i = 0; i < FRAMES; i++) {
            rt.spawn(() -> readUntilClosed(last));
        }
        Frame.delay(Duration.ofNanos(sim.random(3_000_000)));
        retrying(() -> closed(last));
        isOver = true;
    }

    private static File closed(File file) throws TardyIOException {
        file.close();
        return file;
    }

    private interface Opening {
        File run() throws TardyIOException;
    }

    private static File retrying(Opening opening) throws TardyIOException {
        for (; ; ) {
            try {
                return opening.run();
            } catch (TardyIOException e) {
                requireDisksFault(e);
            }
        }
    }

    private interface Part {
        void run() throws IOException;
    }

    private void together(TardyRuntime rt, Part part) throws IOException {
        List<Frame<?>> frames = new ArrayList<>();
        for (int i = 0; i < FRAMES; i++) {
            TardyRuntime on = other == null || sim.random(2) == 0 ? rt : other;
            frames.add(on.spawn(part::run));
        }
        for (Frame<?> frame : frames) {
            frame.join();
        }
    }

    private void write(File file) throws IOException {
        for (int i = 0; i < 6; i++) {
            ByteBuffer some = ByteBuffer.allocate(1 + sim.random(500));
            while (some.hasRemaining()) {
                byte next = (byte) sim.random(256);
                some.put(next);
                sumWritten += weigh(next);
                written++;
            }
            for (some.flip(); some.hasRemaining(); ) {
                try {
                    within(() -> file.write(some));
                } catch (DeadlineExceededException e) {
                    // not written
                } catch (TardyIOException e) {
                    requireDisksFault(e);
                }
            }
        }
    }

    /** So that other bytes hardly ever have the same sum. */
    private static long weigh(byte value) {
        return (value + 1_000L) * (value + 77L) * (value + 333L);
    }

    private void read(File file) throws IOException {
        for (; ; ) {
            ByteBuffer some = ByteBuffer.allocate(1 + sim.random(700));
            try {
                if (within(() -> file.read(some)) < 0) {
                    return;
                }
            } catch (DeadlineExceededException e) {
                // not read
            } catch (TardyIOException e) {
                requireDisksFault(e);
            }
            for (some.flip(); some.hasRemaining(); read++) {
                sumRead += weigh(some.get());
            }
            if (read > written) {
                throw new AssertionError("read more than was written: " + read);
            }
        }
    }

    private interface Transfer {
        int run() throws TardyIOException;
    }

    /** Mostly long enough. */
    private int within(Transfer transfer) throws IOException {
        if (sim.random(3) > 0) {
            return transfer.run();
        }
        return Deadline.callWithin(random(), transfer::run);
    }

    /** Often just when an operation of the disk ends. */
    private Duration random() {
        return sim.random(2) == 0
                ? Duration.ofNanos(100_000L * sim.random(10))
                : Duration.ofNanos(sim.random(1_000_000));
    }

    private static void readUntilClosed(File file) throws IOException {
        ByteBuffer some = ByteBuffer.allocate(100);
        try {
            while (!file.isClosed()) {
                try {
                    file.read(some.clear());
                } catch (TardyIOException e) {
                    requireDisksFault(e);
                }
            }
        } catch (TardyIOException e) {
            if (!file.isClosed()) {
                throw e;
            }
        }
    }

    private static void requireDisksFault(TardyIOException e) throws TardyIOException {
        if (e.errno() != EIO) {
            throw e;
        }
    }
}
