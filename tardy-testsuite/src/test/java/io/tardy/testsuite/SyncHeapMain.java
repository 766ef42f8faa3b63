package io.tardy.testsuite;

import io.tardy.Frame;
import io.tardy.Tardy;
import io.tardy.TardyRuntime;
import io.tardy.Threading;
import io.tardy.aio.AsyncType;
import io.tardy.channel.Channel;
import io.tardy.sync.Mutex;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A program for a JVM of its own, with a small heap. Prints how many messages a channel has lost
 * that found no more room, and how many frames of another runtime went on that were given a mutex
 * while the heap was full.
 */
final class SyncHeapMain {

    private static final int FRAMES = 1_000;

    /** As many bytes as may be left. */
    private static final int LEFT_OVER = 64;

    private static final FullHeap HEAP = new FullHeap(LEFT_OVER);

    private static final Integer MESSAGE = 7;

    /** Whether the other runtime is kept from running, which would want memory of its own. */
    private static volatile boolean isHeld;

    private static volatile boolean isToBeHeld = true;

    private SyncHeapMain() {}

    /**
     * @param args the transport
     */
    public static void main(String[] args) throws Exception {
        CompletableFuture<TardyRuntime> other = new CompletableFuture<>();
        try (Tardy tardy =
                Tardy.builder()
                        .async(AsyncType.ofLabel(args[0]))
                        .threading(Threading.multi(2))
                        .stallAfter(Duration.ZERO)
                        .build()) {
            tardy.entry(
                    "x",
                    (rt, x) -> {
                        if (rt.id() == 0) {
                            rt.spawn(() -> run(rt.await(other)));
                        } else {
                            rt.spawn(() -> rt.scheduler().triggerAwait());
                            other.complete(rt);
                        }
                    });
        }
    }

    private static void run(TardyRuntime other) throws Exception {
        try {
            System.out.println(
                    lostByGrowing() + " lost, " + unlockedWithoutMemory(other) + " of " + FRAMES);
        } finally {
            other.stop();
        }
    }

    private static long lostByGrowing() throws Exception {
        Channel<Integer> channel = Channel.unlimited();
        long sent = 0;
        try {
            for (; ; ) {
                channel.send(MESSAGE);
                sent++;
            }
        } catch (OutOfMemoryError e) {
            while (channel.tryRecv() != null) {
                sent--;
            }
        }
        return sent;
    }

    private static int unlockedWithoutMemory(TardyRuntime other) throws Exception {
        Mutex[] mutexes = new Mutex[FRAMES];
        AtomicInteger wentOn = new AtomicInteger();
        for (int i = 0; i < FRAMES; i++) {
            Mutex mutex = new Mutex();
            mutexes[i] = mutex;
            mutex.lock();
            other.spawn(
                    () -> {
                        mutex.lock();
                        wentOn.incrementAndGet();
                    });
        }
        for (Mutex mutex : mutexes) {
            while (mutex.waiting() == 0) {
                Frame.delay(Duration.ofMillis(1));
            }
        }
        mutexes[0].unlock(); // what that needs is loaded
        while (wentOn.get() == 0) {
            Frame.delay(Duration.ofMillis(1));
        }
        other.spawn(SyncHeapMain::hold);
        while (!isHeld) {
            Frame.delay(Duration.ofMillis(1));
        }
        unlockRest(mutexes);
        isToBeHeld = false;
        for (int i = 0; i < 1_000 && wentOn.get() < FRAMES; i++) {
            Frame.delay(Duration.ofMillis(1));
        }
        return wentOn.get();
    }

    private static void hold() {
        isHeld = true;
        while (isToBeHeld) {
            Thread.onSpinWait();
        }
    }

    /** What cannot be unlocked for want of memory has perhaps been unlocked, and perhaps not. */
    private static void unlockRest(Mutex[] mutexes) {
        int unlocked = 1;
        HEAP.fill();
        try {
            for (; unlocked < FRAMES; unlocked++) {
                mutexes[unlocked].unlock();
            }
        } catch (OutOfMemoryError e) {
            unlocked++;
        }
        HEAP.giveBack();
        for (; unlocked < FRAMES; unlocked++) {
            mutexes[unlocked].unlock();
        }
    }
}
