package io.tardy.testsuite;

import io.tardy.EmbeddedRuntime;
import io.tardy.Frame;
import io.tardy.FrameBody;
import io.tardy.Tardy;
import io.tardy.TardyRuntime;
import io.tardy.Threading;
import io.tardy.aio.AsyncType;
import java.time.Duration;

/**
 * A program whose threads spawn the first frames where their stacks are full, at every depth. What
 * the JVM links there for the first time, and cannot, it may never link again; and a loop that is
 * woken by halves is not woken any more. Prints what a spawn does then.
 */
final class FirstOverflowMain {

    private static final int THREADS = 20;

    private static final int STACK_SIZE = 256 << 10;

    /** So many bytes the next stack is larger. */
    private static final int MORE = 1_000;

    /** As many calls from the end of the stack on; then there is room. */
    private static final int LEVELS = 1_000;

    // The program's own are made beforehand.
    private static final FrameBody BODY = () -> {};
    private static final Runnable TASK = () -> {};

    private FirstOverflowMain() {}

    /**
     * @param args the transport
     */
    public static void main(String[] args) throws Exception {
        try (Tardy tardy =
                        Tardy.builder()
                                .async(AsyncType.ofLabel(args[0]))
                                .threading(Threading.single())
                                .stopTimeout(Duration.ofSeconds(1))
                                .build();
                EmbeddedRuntime embedded = tardy.embed()) {
            TardyRuntime rt = embedded.runtime();
            for (int i = 0; i < THREADS; i++) {
                int size = STACK_SIZE + i * MORE;
                Thread thread = new Thread(null, () -> spawnAtEachDepth(rt), "full", size);
                thread.start();
                thread.join();
            }
            Frame<String> last = rt.spawnCall(() -> "spawned");
            String value = last.join();
            System.out.println(value + ", tasks " + rt.tasks());
        }
    }

    /** How many calls are between this one and the end of the stack. */
    private static int spawnAtEachDepth(TardyRuntime rt) {
        int left;
        try {
            left = spawnAtEachDepth(rt) + 1;
        } catch (StackOverflowError e) {
            return 0;
        }
        if (left < LEVELS) {
            tryAll(rt);
        }
        return left;
    }

    private static void tryAll(TardyRuntime rt) {
        try {
            rt.spawn(BODY);
        } catch (StackOverflowError e) {
            // there is more room further up
        }
        try {
            rt.eventLoop().execute(TASK);
        } catch (StackOverflowError e) {
            // the same
        }
    }
}
