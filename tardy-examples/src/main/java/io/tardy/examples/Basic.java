package io.tardy.examples;

import io.tardy.Frame;
import io.tardy.Tardy;
import io.tardy.TardyRuntime;
import java.io.IOException;
import java.time.Duration;

/** Frames and timers: two frames wait side by side on one thread, a third waits for both. */
final class Basic {

    private Basic() {}

    static void run(Tardy tardy) throws IOException {
        tardy.entry(
                rt ->
                        rt.spawn(
                                "both",
                                () -> {
                                    Frame<Integer> quick =
                                            rt.spawnCall("quick", () -> tick(rt, 5, 20));
                                    Frame<Integer> slow =
                                            rt.spawnCall("slow", () -> tick(rt, 2, 50));
                                    int ticks = quick.join() + slow.join();
                                    System.out.println(ticks + " ticks on " + rt);
                                }));
    }

    private static int tick(TardyRuntime rt, int count, int delayMillis) throws IOException {
        for (int i = 1; i <= count; i++) {
            Frame.delay(Duration.ofMillis(delayMillis));
            System.out.printf(
                    "%s, tick %d of %d, runtime %d%n",
                    Thread.currentThread().getName(), i, count, rt.id());
        }
        return count;
    }
}
