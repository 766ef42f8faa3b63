package io.tardy.sim.broken;

import io.tardy.Frame;
import io.tardy.aio.OpenError;
import io.tardy.aio.TardyIOException;
import io.tardy.fs.File;
import io.tardy.sim.Sim;
import io.tardy.sim.SimBody;
import io.tardy.sim.SimHost;
import java.nio.ByteBuffer;
import java.time.Duration;

/** A host writes a {@link RecordLog}, loses its power, and must find all that was acknowledged. */
final class Crashes implements SimBody {

    private Sim sim;
    private int acknowledged;
    private boolean hasCrashed;

    @Override
    public void run(Sim sim) throws Exception {
        this.sim = sim;
        SimHost host = sim.host("a");
        host.start(rt -> rt.spawn(() -> use()));
        sim.delay(Duration.ofNanos(sim.random(50_000_000)));
        host.crash();
        hasCrashed = true;
        host.restart();
        host.await();
    }

    private void use() throws TardyIOException {
        if (hasCrashed) {
            check();
        } else {
            write();
        }
    }

    private void write() throws TardyIOException {
        try (RecordLog log = RecordLog.create()) {
            for (int i = 0; i < 100; i++) {
                log.append(i);
                acknowledged++;
                Frame.delay(Duration.ofNanos(sim.random(1_000_000)));
            }
        } catch (TardyIOException e) {
            // the disk fails, and the log takes no more
        }
    }

    private void check() throws TardyIOException {
        for (; ; ) {
            try (File file = File.open(RecordLog.PATH)) {
                check(file);
                return;
            } catch (TardyIOException e) {
                if (e.error() == OpenError.NOT_FOUND) {
                    requireNone();
                    return;
                } else if (e.errno() != Files.EIO) {
                    throw e;
                }
            }
        }
    }

    private void requireNone() {
        if (acknowledged > 0) {
            throw new AssertionError("lost the file of " + acknowledged + " records");
        }
    }

    private void check(File file) throws TardyIOException {
        ByteBuffer got = ByteBuffer.allocate(4 * acknowledged);
        while (got.hasRemaining() && file.read(got) >= 0) {}
        got.flip();
        for (int i = 0; i < acknowledged; i++) {
            if (got.remaining() < 4 || got.getInt() != i) {
                throw new AssertionError("lost record " + i + " of " + acknowledged);
            }
        }
    }
}
