package io.tardy.testsuite;

import io.tardy.Frame;
import io.tardy.FrameFailedException;
import io.tardy.Scope;
import io.tardy.Tardy;
import io.tardy.Threading;
import io.tardy.aio.AsyncType;
import java.time.Duration;

/**
 * A program for a JVM of its own, with a small heap, that one frame of a scope fills before it
 * fails. Prints what the owner of the scope has heard, and what its runtime does then.
 */
final class ScopeHeapMain {

    private static final int FRAMES = 1_000;

    /** As many bytes as may be left: none of the others can be cancelled with them. */
    private static final int LEFT_OVER = 64;

    private static final FullHeap HEAP = new FullHeap(LEFT_OVER);

    // Both of the one runtime's frames.
    private static String heard = "nothing";

    private ScopeHeapMain() {}

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
            tardy.run(
                    () -> {
                        failIn(() -> {}); // what that needs is loaded
                        failIn(HEAP::fill);
                        Frame.delay(Duration.ofMillis(1));
                        System.out.println(heard + ", and goes on");
                    });
        }
    }

    private static void failIn(Runnable before) throws Exception {
        RuntimeException failure = new IllegalStateException("of the test");
        try (Scope scope = Scope.open()) {
            for (int i = 0; i < FRAMES; i++) {
                scope.fork(() -> Frame.delay(Duration.ofDays(1)));
            }
            scope.fork(
                    () -> {
                        Frame.delay(Duration.ofMillis(1));
                        before.run();
                        throw failure;
                    });
            join(scope);
        }
    }

    private static void join(Scope scope) throws Exception {
        try {
            scope.join();
        } catch (OutOfMemoryError e) {
            HEAP.giveBack();
            heard = "OutOfMemoryError";
        } catch (FrameFailedException e) {
            heard = "the failure";
        }
    }
}
