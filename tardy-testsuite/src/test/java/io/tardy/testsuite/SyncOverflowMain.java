package io.tardy.testsuite;

import io.tardy.Deadline;
import io.tardy.Frame;
import io.tardy.FrameBody;
import io.tardy.Pooling;
import io.tardy.Scope;
import io.tardy.Tardy;
import io.tardy.TardyRuntime;
import io.tardy.Threading;
import io.tardy.aio.AsyncType;
import io.tardy.aio.DeadlineExceededException;
import io.tardy.aio.TaskState;
import io.tardy.channel.Channel;
import io.tardy.channel.Spsc;
import io.tardy.sync.Barrier;
import io.tardy.sync.Held;
import io.tardy.sync.Latch;
import io.tardy.sync.Mutex;
import io.tardy.sync.Semaphore;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;

/**
 * A program whose frame hands something to a frame of another runtime where its stack is full, at
 * every depth around that one, and catches the overflow. Prints how many frames did not hear of
 * what they were given, and how many locks were in no state.
 *
 * <p>For a JVM of its own, which interprets: there an overflow comes at the same depth each time.
 */
final class SyncOverflowMain {

    /** So many depths around the one that overflows are tried. */
    private static final int STEPS = 80;

    /** And so many above it, where a check before a wake may overflow. */
    private static final int STEPS_ABOVE = 200;

    private static final int LEVELS_OF_A_STEP_ABOVE = 10;

    /** How many frames a runtime has room for. */
    private static final int TASKS = 8;

    /** More than that takes. */
    private static final int LEVELS_OF_A_FUTURE = 100;

    /** After so many the rest is known. */
    private static final int HUNG_MAX = 3;

    private final TardyRuntime other;
    private int hung;
    private int wrong;

    private SyncOverflowMain(TardyRuntime other) {
        this.other = other;
    }

    /**
     * @param args the transport
     */
    public static void main(String[] args) throws Exception {
        CompletableFuture<TardyRuntime> other = new CompletableFuture<>();
        try (Tardy tardy =
                Tardy.builder()
                        .async(AsyncType.ofLabel(args[0]))
                        .threading(Threading.multi(2))
                        .pooling(Pooling.STATIC)
                        .tasksInitial(TASKS)
                        .build()) {
            tardy.entry(
                    "x",
                    (rt, x) -> {
                        if (rt.id() == 0) {
                            rt.spawn(() -> new SyncOverflowMain(rt.await(other)).run());
                        } else {
                            rt.spawn(() -> rt.scheduler().triggerAwait());
                            other.complete(rt);
                        }
                    });
        }
    }

    private void run() throws Exception {
        try {
            around(this::holdsAlone);
            around(this::sendsAlone);
            around(this::receivesAlone);
            around(this::unlocks);
            around(this::releases);
            around(this::countsDown);
            around(this::comesLast);
            around(this::sends);
            around(this::sendsOneToOne);
            around(this::completes);
            around(this::forks);
            around(this::waitsForRoom);
            System.out.println(hung + " hung, " + wrong + " wrong");
        } finally {
            other.stop();
        }
    }

    /** What is done so many calls deep. */
    private interface Attempt {
        /** Whether it has overflowed. */
        boolean at(int levels) throws Exception;
    }

    private void around(Attempt attempt) throws Exception {
        int before = hung;
        int low = 100;
        int high = 100_000;
        while (high - low > 1 && hung - before < HUNG_MAX) {
            int middle = (low + high) >>> 1;
            if (attempt.at(middle)) {
                high = middle;
            } else {
                low = middle;
            }
        }
        for (int step = 0; step < STEPS && hung - before < HUNG_MAX; step++) {
            attempt.at(high + STEPS / 4 - step);
        }
        for (int step = 0; step < STEPS_ABOVE && hung - before < HUNG_MAX; step++) {
            attempt.at(high - step * LEVELS_OF_A_STEP_ABOVE);
        }
    }

    private static boolean overflows(int levels, FrameBody body) throws Exception {
        try {
            OverflowMain.dive(levels, body);
            return false;
        } catch (StackOverflowError e) {
            return true;
        }
    }

    private boolean holdsAlone(int levels) throws Exception {
        Mutex mutex = new Mutex();
        boolean hasOverflowed =
                overflows(
                        levels,
                        () -> {
                            try (Held held = mutex.hold()) {
                                held.toString();
                            }
                        });
        if (mutex.isLocked()) {
            wrong++;
        }
        return hasOverflowed;
    }

    private boolean sendsAlone(int levels) throws Exception {
        Channel<String> channel = Channel.buffered(1);
        boolean hasOverflowed = overflows(levels, () -> channel.send("message"));
        if (channel.count() != (hasOverflowed ? 0 : 1)) {
            wrong++;
        }
        return hasOverflowed;
    }

    private boolean receivesAlone(int levels) throws Exception {
        Channel<String> channel = Channel.buffered(1);
        channel.send("message");
        boolean hasOverflowed = overflows(levels, channel::recv);
        if (channel.count() != (hasOverflowed ? 1 : 0)) {
            wrong++;
        }
        return hasOverflowed;
    }

    private boolean unlocks(int levels) throws Exception {
        Mutex mutex = new Mutex();
        mutex.lock();
        return handsOver(
                levels, () -> mutex.hold().close(), () -> mutex.waiting() == 1, mutex::unlock);
    }

    private boolean releases(int levels) throws Exception {
        Semaphore semaphore = new Semaphore(1);
        semaphore.acquire();
        return handsOver(
                levels, semaphore::acquire, () -> semaphore.waiting() == 1, semaphore::release);
    }

    private boolean countsDown(int levels) throws Exception {
        Latch latch = new Latch(1);
        return handsOver(levels, latch::await, () -> latch.waiting() == 1, latch::countDown);
    }

    private boolean comesLast(int levels) throws Exception {
        Barrier barrier = new Barrier(2);
        return handsOver(levels, barrier::await, () -> barrier.waiting() == 1, barrier::await);
    }

    private boolean sends(int levels) throws Exception {
        Channel<String> channel = Channel.rendezvous();
        return handsOver(
                levels,
                channel::recv,
                () -> channel.receiving() == 1,
                () -> {
                    if (!channel.trySend("message")) {
                        wrong++;
                    }
                });
    }

    private boolean sendsOneToOne(int levels) throws Exception {
        Spsc<String> channel = new Spsc<>(4);
        Spsc<String>.Producer producer = channel.producer(TardyRuntime.current());
        Spsc<String>.Consumer consumer = channel.consumer(other);
        return handsOver(
                levels,
                consumer::recv,
                () -> other.tasks(TaskState.WAIT_FOR_TRIGGER) == 2,
                () -> producer.send("message"));
    }

    /** A future of the JDK's, which swallows what its dependents throw, the last kilobytes too. */
    private boolean completes(int levels) throws Exception {
        CompletableFuture<String> future = new CompletableFuture<>();
        return handsOver(
                levels,
                () -> other.await(future),
                () -> other.tasks(TaskState.WAIT_FOR_TRIGGER) == 2,
                () -> {
                    OverflowMain.dive(LEVELS_OF_A_FUTURE, () -> {});
                    future.complete("value");
                });
    }

    /** No frame of a scope is left when it is closed. */
    private boolean forks(int levels) throws Exception {
        TardyRuntime here = TardyRuntime.current();
        int before = here.tasks();
        boolean hasOverflowed;
        try (Scope scope = Scope.open()) {
            hasOverflowed = overflows(levels, () -> scope.fork(Frame::yield));
        }
        if (here.tasks() != before) {
            wrong++;
        }
        return hasOverflowed;
    }

    /** Room that becomes free is for whoever waits for it, not for who has overflowed there. */
    private boolean waitsForRoom(int levels) throws Exception {
        TardyRuntime here = TardyRuntime.current();
        Latch isOver = new Latch(1);
        Latch isFree = new Latch(1);
        Frame<Void> first = here.spawn(isFree::await);
        Frame<Void> waiting = here.spawn(() -> spawnOnceThereIsRoom(here, isOver));
        List<Frame<Void>> others = new ArrayList<>();
        while (here.tasks() < TASKS) {
            others.add(here.spawn(isOver::await));
        }
        boolean hasOverflowed =
                overflows(
                        levels,
                        () -> {
                            try {
                                Deadline.within(
                                        Duration.ZERO, () -> here.spawnAwait(isOver::await));
                            } catch (DeadlineExceededException e) {
                                // there is none
                            }
                        });
        Frame.yield(); // it waits now
        isFree.countDown();
        first.join();
        try {
            Deadline.within(Duration.ofSeconds(2), waiting::join);
        } catch (DeadlineExceededException e) {
            hung++;
            waiting.cancel();
        }
        isOver.countDown();
        for (Frame<Void> each : others) {
            each.join();
        }
        while (here.tasks() > 1) {
            Frame.yield();
        }
        return hasOverflowed;
    }

    private static void spawnOnceThereIsRoom(TardyRuntime here, Latch isOver) throws IOException {
        here.spawnAwait(isOver::await);
    }

    /** What an overflow has kept from happening is done again. */
    private boolean handsOver(int levels, FrameBody wait, BooleanSupplier waits, FrameBody handOver)
            throws Exception {
        Frame<Void> waiting = other.spawn(wait);
        while (!waits.getAsBoolean()) {
            Frame.yield();
        }
        boolean hasOverflowed = overflows(levels, handOver);
        if (hasOverflowed) {
            try {
                handOver.run();
            } catch (IllegalStateException e) {
                wrong++;
            }
        }
        try {
            Deadline.within(Duration.ofSeconds(2), waiting::join);
        } catch (DeadlineExceededException e) {
            hung++;
            waiting.cancel();
        }
        return hasOverflowed;
    }
}
