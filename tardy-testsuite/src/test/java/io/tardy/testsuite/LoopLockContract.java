package io.tardy.testsuite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.EventLoop;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;
import io.netty.channel.IoHandlerFactory;
import io.netty.util.concurrent.Future;
import io.tardy.Frame;
import io.tardy.FrameFailedException;
import io.tardy.TardyRuntime;
import io.tardy.aio.AsyncType;
import io.tardy.aio.OpenSocket;
import io.tardy.aio.SocketKind;
import io.tardy.aio.TardyIOException;
import io.tardy.netty.TardyEventLoopGroup;
import io.tardy.spi.AsyncBackend;
import io.tardy.spi.BackendContext;
import io.tardy.spi.DelegatingIoHandler;
import io.tardy.spi.DelegatingIoHandlerContext;
import io.tardy.spi.Transport;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A loop and its frames share locks with each other and with anybody. Whoever waits for one is
 * suspended; nobody else is. The time limits are on threads of their own, for a loop that stands
 * still would hold the test's.
 */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
@NotSimulated("threads of the JDK hold the locks that the loops take")
interface LoopLockContract extends GroupFixture {

    @Test
    default void aLoopQueuesForALockBehindItsFrame() throws Exception {
        loopQueuesBehindFrame(Locked.by(new ReentrantLock()));
        loopQueuesBehindFrame(Locked.by(new ReentrantLock(true)));
    }

    @Test
    default void aLoopQueuesForAMonitorBehindItsFrame() throws Exception {
        loopQueuesBehindFrame(Locked.monitor());
    }

    private static void runLocked(ReentrantLock lock, Runnable inside) {
        lock.lock();
        try {
            inside.run();
        } finally {
            lock.unlock();
        }
    }

    /** The test's thread has the lock, a frame waits for it, then the loop. */
    private void loopQueuesBehindFrame(Locked lock) throws Exception {
        withLoop(
                (loop, rt) -> {
                    AtomicReference<Thread> inFrame = new AtomicReference<>();
                    AtomicReference<Thread> onLoop = new AtomicReference<>();
                    List<Frame<Void>> frames = new ArrayList<>();
                    List<Future<?>> tasks = new ArrayList<>();
                    Queue<String> order = new ConcurrentLinkedQueue<>();
                    lock.run(
                            () -> {
                                frames.add(
                                        rt.spawn(
                                                () -> {
                                                    inFrame.set(Thread.currentThread());
                                                    lock.run(() -> order.add("frame"));
                                                }));
                                awaitWaiting(inFrame);
                                tasks.add(
                                        loop.submit(
                                                () -> {
                                                    onLoop.set(Thread.currentThread());
                                                    lock.run(() -> order.add("loop"));
                                                    return null;
                                                }));
                                awaitWaiting(onLoop);
                                // Spawning needs the loop, which waits: this was begun before.
                                assertThat(order).isEmpty();
                            });
                    for (Frame<Void> frame : frames) {
                        frame.join();
                    }
                    for (Future<?> task : tasks) {
                        assertThat(task.await(patience().toSeconds(), TimeUnit.SECONDS)).isTrue();
                    }
                    assertThat(order).containsExactlyInAnyOrder("frame", "loop");
                });
    }

    @Test
    default void framesGoOnWhileTheLoopWaitsForALock() throws Exception {
        withLoop(
                (loop, rt) -> {
                    ReentrantLock lock = new ReentrantLock();
                    AtomicReference<Thread> onLoop = new AtomicReference<>();
                    CompletableFuture<Void> goOn = new CompletableFuture<>();
                    Frame<String> frame =
                            rt.spawnCall(
                                    () -> {
                                        goOn.get();
                                        return "went on";
                                    });
                    Future<?> task;
                    lock.lock();
                    try {
                        task =
                                loop.submit(
                                        () -> {
                                            onLoop.set(Thread.currentThread());
                                            runLocked(lock, () -> {});
                                        });
                        awaitWaiting(onLoop);
                        goOn.complete(null);
                        assertThat(frame.join()).isEqualTo("went on");
                        assertThat(task.isDone()).isFalse();
                    } finally {
                        lock.unlock();
                    }
                    task.sync();
                });
    }

    /** Questions that a handler asks before it waits. */
    int QUESTIONS_MAX = 6;

    /**
     * A transport whose loop meets a lock before it waits: in every turn at another of the
     * questions that the handler asks.
     */
    record LateLock(Transport real, ReentrantLock lock) implements Transport {

        @Override
        public AsyncType type() {
            return real.type();
        }

        @Override
        public Optional<String> unavailableBecause() {
            return real.unavailableBecause();
        }

        @Override
        public IoHandlerFactory ioHandlerFactory(int aioReapMax) {
            return DelegatingIoHandler.factory(
                    real.ioHandlerFactory(aioReapMax), handler -> new Handler(handler, lock));
        }

        @Override
        public AsyncBackend newBackend(BackendContext context) {
            return real.newBackend(context);
        }

        @Override
        public OpenSocket openSocket(SocketKind kind) throws TardyIOException {
            return real.openSocket(kind);
        }

        private static final class Handler extends DelegatingIoHandler {
            private final ReentrantLock lock;
            private int turns;

            Handler(IoHandler real, ReentrantLock lock) {
                super(real);
                this.lock = lock;
            }

            @Override
            public int run(IoHandlerContext context) {
                return super.run(new Context(context, lock, turns++ % QUESTIONS_MAX));
            }
        }

        private static final class Context extends DelegatingIoHandlerContext {
            private final IoHandlerContext real;
            private final ReentrantLock lock;
            private int questionsLeft;

            Context(IoHandlerContext real, ReentrantLock lock, int questionsLeft) {
                this.real = real;
                this.lock = lock;
                this.questionsLeft = questionsLeft;
            }

            @Override
            protected IoHandlerContext loop() {
                return real;
            }

            private <T> T beforeLock(T answer) {
                if (questionsLeft-- == 0) {
                    runLocked(lock, () -> {});
                }
                return answer;
            }

            @Override
            public boolean canBlock() {
                return beforeLock(super.canBlock());
            }

            @Override
            public long delayNanos(long currentTimeNanos) {
                return beforeLock(super.delayNanos(currentTimeNanos));
            }

            @Override
            public long deadlineNanos() {
                return beforeLock(super.deadlineNanos());
            }
        }
    }

    @Test
    default void whatFramesAskForWhileTheLoopIsHeldUpBeforeItsWaitIsNotLeftBehind()
            throws Exception {
        ReentrantLock lock = new ReentrantLock();
        try (var threads = Executors.newSingleThreadExecutor()) {
            inFrame(
                    tardy().async(new LateLock(provider(), lock)),
                    rt -> {
                        for (int round = 0; round < 20 * QUESTIONS_MAX; round++) {
                            CompletableFuture<Void> goOn = new CompletableFuture<>();
                            lock.lock();
                            threads.execute(
                                    () -> {
                                        // The loop is held up, or waits; so does its carrier.
                                        LockSupport.parkNanos(2_000_000);
                                        goOn.complete(null);
                                    });
                            goOn.join();
                            lock.unlock(); // the loop may go on
                            Frame.delay(Duration.ofNanos(1)); // and must hear of this
                        }
                    });
        }
    }

    @Test
    default void aHandlerMayWaitForWhatAFrameOfItsRuntimeDoesWithoutTheLoop() throws Exception {
        withLoop(
                (loop, rt) -> {
                    CompletableFuture<String> asked = new CompletableFuture<>();
                    CompletableFuture<String> answered = new CompletableFuture<>();
                    rt.spawn(() -> answered.complete(asked.get() + "!"));
                    assertThat(
                                    loop.submit(
                                                    () -> {
                                                        asked.complete("hello");
                                                        return answered.get();
                                                    })
                                            .get())
                            .isEqualTo("hello!");
                });
    }

    @Test
    default void aVirtualThreadOfAHandlersIsTheJdks() throws Exception {
        withGroup(
                1,
                group -> {
                    AtomicInteger ran = new AtomicInteger();
                    group.submit(
                                    () -> {
                                        Thread started =
                                                Thread.ofVirtual()
                                                        .start(
                                                                () -> {
                                                                    Thread.yield();
                                                                    ran.incrementAndGet();
                                                                });
                                        // The loop holds its thread meanwhile.
                                        awaitTrue(() -> ran.get() == 1);
                                        return started.getName();
                                    })
                            .get();
                    assertThat(ran).hasValue(1);
                });
    }

    @Test
    default void handlersOfUncaughtFailuresRunOnTheLoopAndMayWaitForLocks() throws Exception {
        CompletableFuture<Boolean> inLoop = new CompletableFuture<>();
        CompletableFuture<Void> goOn = new CompletableFuture<>();
        inFrame(
                tardy().uncaughtFrame(
                                (frame, failure) -> {
                                    goOn.join();
                                    inLoop.complete(
                                            TardyRuntime.current().eventLoop().inEventLoop());
                                }),
                rt -> {
                    rt.spawn(
                            () -> {
                                throw new IllegalStateException("nobody joins me");
                            });
                    Frame.yield();
                    goOn.complete(null);
                    assertThat(inLoop.get()).isTrue();
                });
    }

    @Test
    default void everybodyMayPrintAllocateAndLock() throws Exception {
        int turns = 2_000;
        ReentrantLock lock = new ReentrantLock();
        Object monitor = new Object();
        AtomicInteger inside = new AtomicInteger();
        Runnable turn =
                () -> {
                    ByteBuf buffer = PooledByteBufAllocator.DEFAULT.directBuffer(5_000);
                    try {
                        runLocked(
                                lock,
                                () -> {
                                    synchronized (monitor) {
                                        assertThat(inside.incrementAndGet()).isOne();
                                        buffer.writeLong(inside.decrementAndGet());
                                    }
                                });
                    } finally {
                        buffer.release();
                    }
                };
        withGroup(
                2,
                group -> {
                    List<Frame<Void>> frames = new ArrayList<>();
                    List<Future<?>> tasks = new ArrayList<>();
                    Thread foreign =
                            Thread.ofPlatform()
                                    .start(
                                            () -> {
                                                for (int i = 0; i < turns; i++) {
                                                    turn.run();
                                                }
                                            });
                    for (int loops = 0; loops < 2; loops++) {
                        EventLoop loop = group.next();
                        TardyRuntime rt = GroupFixture.runtimeOf(loop);
                        for (int i = 0; i < 4; i++) {
                            frames.add(
                                    rt.spawn(
                                            () -> {
                                                for (int n = 0; n < turns; n++) {
                                                    turn.run();
                                                    if (n % 100 == 0) {
                                                        Frame.delay(Duration.ofNanos(1));
                                                    }
                                                    Frame.yield();
                                                }
                                            }));
                        }
                        for (int i = 0; i < turns; i++) {
                            tasks.add(loop.submit(turn));
                        }
                    }
                    for (Frame<Void> frame : frames) {
                        frame.join();
                    }
                    for (Future<?> task : tasks) {
                        task.sync();
                    }
                    foreign.join();
                });
    }

    @Test
    default void aLoopThatRunsInAVirtualThreadHasNoFrames() throws Exception {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            withGroup(
                    TardyEventLoopGroup.builder().threads(1).executor(threads).async(transport()),
                    group -> {
                        assertThat(group.submit(() -> "runs").get()).isEqualTo("runs");
                        TardyRuntime rt = GroupFixture.runtimeOf(group.next());
                        Frame<Void> frame = rt.spawn(() -> {});
                        assertThatExceptionOfType(FrameFailedException.class)
                                .isThrownBy(frame::join)
                                .withStackTraceContaining("platform threads");
                        assertThat(rt.tasks()).isZero();
                    });
        }
    }

    private void awaitWaiting(AtomicReference<Thread> thread) {
        awaitTrue(
                () ->
                        thread.get() != null
                                && (thread.get().getState() == Thread.State.WAITING
                                        || thread.get().getState() == Thread.State.BLOCKED));
    }

    private void awaitTrue(BooleanSupplier condition) {
        long began = System.nanoTime();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - began > patience().toNanos()) {
                throw new AssertionError("in vain for " + patience());
            }
            Thread.onSpinWait();
        }
    }
}
