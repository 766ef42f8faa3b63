package io.tardy.testsuite;

import io.tardy.Tardy;
import io.tardy.TardyRuntime;
import io.tardy.Threading;
import io.tardy.aio.AsyncType;
import io.tardy.aio.TardyIOException;
import java.time.Duration;

/**
 * A program for a JVM of its own, with a small heap that one frame fills before it wakes all
 * others. Prints how many of those went on.
 */
final class HeapMain {

    private static final int FRAMES = 3_000;

    /** As many bytes as a queue for all of the frames does not find any more. */
    private static final int LEFT_OVER = 1_024;

    private static final FullHeap HEAP = new FullHeap(LEFT_OVER);

    private static final long[] TASKS = new long[FRAMES];

    // All of the one runtime's frames.
    private static int waiting;
    private static int wentOn;

    private HeapMain() {}

    /**
     * @param args the transport
     */
    public static void main(String[] args) throws Exception {
        try (Tardy tardy =
                Tardy.builder()
                        .async(AsyncType.ofLabel(args[0]))
                        .threading(Threading.single())
                        .stallAfter(Duration.ZERO)
                        .build()) {
            tardy.entry("x", (rt, x) -> rt.spawn(() -> spawnNext(rt)));
        }
        System.out.println(wentOn + " of " + FRAMES);
    }

    /** One by one, so that never many are runnable at once. */
    private static void spawnNext(TardyRuntime rt) throws TardyIOException {
        int own = waiting++;
        if (own == FRAMES) {
            wakeAllWithoutMemory(rt);
            return;
        }
        TASKS[own] = rt.scheduler().currentTask();
        rt.spawn(() -> spawnNext(rt));
        rt.scheduler().triggerAwait();
        HEAP.giveBack();
        wentOn++;
    }

    private static void wakeAllWithoutMemory(TardyRuntime rt) {
        HEAP.fill();
        for (int i = 0; i < FRAMES; i++) {
            rt.trigger(TASKS[i]);
        }
    }
}
