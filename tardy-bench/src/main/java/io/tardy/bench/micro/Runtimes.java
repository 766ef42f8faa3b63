package io.tardy.bench.micro;

import io.tardy.Frame;
import io.tardy.FrameBody;
import io.tardy.Tardy;
import io.tardy.TardyEntry;
import io.tardy.TardyRuntime;
import io.tardy.Threading;
import io.tardy.aio.AsyncType;
import java.util.function.IntFunction;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** Two runtimes, which run for as long as something is measured, and the way into their frames. */
@State(Scope.Benchmark)
public class Runtimes {

    /** {@code auto}, {@code io_uring}, {@code epoll} or {@code poll}. */
    @Param("auto")
    public String transport;

    private Tardy tardy;
    private TardyEntry entry;

    @Setup
    public void start() {
        tardy =
                Tardy.builder()
                        .async(AsyncType.ofLabel(transport))
                        .threading(Threading.multi(2))
                        .build();
        entry = tardy.entryInNewThread("", (rt, nothing) -> rt.spawn(() -> stay(rt)));
    }

    /** A runtime ends with its last frame. */
    private static void stay(TardyRuntime rt) throws Exception {
        for (; ; ) {
            rt.scheduler().triggerAwait();
        }
    }

    @TearDown
    public void stop() throws Exception {
        entry.stop();
        entry.await();
        tardy.close();
    }

    TardyRuntime first() {
        return entry.runtimes().get(0);
    }

    TardyRuntime second() {
        return entry.runtimes().get(1);
    }

    /** Runs in a frame of the first, and waits for its end. */
    void run(FrameBody body) throws Exception {
        first().spawn(body).join();
    }

    /** Runs in so many frames of the first at once, by their numbers, and waits for their ends. */
    void runAll(int frames, IntFunction<FrameBody> bodies) throws Exception {
        run(
                () -> {
                    Frame<?>[] all = new Frame<?>[frames];
                    for (int i = 0; i < frames; i++) {
                        all[i] = first().spawn(bodies.apply(i));
                    }
                    for (Frame<?> frame : all) {
                        frame.join();
                    }
                });
    }
}
