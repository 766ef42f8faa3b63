package io.tardy.testsuite;

import io.tardy.EmbeddedRuntime;
import io.tardy.Frame;
import io.tardy.Tardy;
import io.tardy.TardyRuntime;
import io.tardy.Threading;
import io.tardy.aio.AsyncType;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;

/**
 * A program whose threads complete what frames wait for where their stacks are full, at every
 * depth. A frame may be lost on that; prints whether its runtime goes on.
 */
final class FutureOverflowMain {

    private static final int THREADS = 30;
    private static final int STACK_SIZE = 200_000;

    /** So many bytes the next stack is larger. */
    private static final int MORE = 777;

    private static final int FRAMES = 600;

    private FutureOverflowMain() {}

    /**
     * @param args the transport
     */
    public static void main(String[] args) throws Exception {
        Tardy tardy =
                Tardy.builder()
                        .async(AsyncType.ofLabel(args[0]))
                        .threading(Threading.single())
                        .build();
        EmbeddedRuntime embedded = tardy.embed();
        for (int i = 0; i < THREADS; i++) {
            Deque<CompletableFuture<String>> awaited = new ArrayDeque<>();
            while (awaited.size() < FRAMES) {
                awaited.add(awaited(embedded.runtime(), i % 2 == 0));
            }
            embedded.run(() -> Frame.delay(Duration.ofMillis(10)));
            int size = STACK_SIZE + i * MORE;
            Thread thread = new Thread(null, () -> completeAtEachDepth(awaited), "full", size);
            thread.start();
            thread.join();
            embedded.run(() -> Frame.delay(Duration.ofMillis(10)));
        }
        System.out.println("goes on");
        System.out.flush();
        Runtime.getRuntime().halt(0); // whoever was lost does not end
    }

    private static CompletableFuture<String> awaited(TardyRuntime rt, boolean byTheJdk) {
        CompletableFuture<String> future = new CompletableFuture<>();
        rt.spawn(
                () -> {
                    if (byTheJdk) {
                        future.get();
                    } else {
                        rt.await(future);
                    }
                });
        return future;
    }

    /** How many calls are between this one and the end of the stack. */
    private static int completeAtEachDepth(Deque<CompletableFuture<String>> awaited) {
        int left;
        try {
            left = completeAtEachDepth(awaited) + 1;
        } catch (StackOverflowError e) {
            return 0;
        }
        CompletableFuture<String> next = awaited.poll();
        if (next != null) {
            try {
                next.complete("done");
            } catch (StackOverflowError e) {
                // there is more room further up
            }
        }
        return left;
    }
}
