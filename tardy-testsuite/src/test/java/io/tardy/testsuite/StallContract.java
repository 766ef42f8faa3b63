package io.tardy.testsuite;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.tardy.Frame;
import io.tardy.Stall;
import io.tardy.TardyRuntime;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketAddress;
import java.nio.channels.Selector;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A loop that stands still is told of, once, with who holds it. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
@NotSimulated("a stall is of real time, and a watching thread finds it")
interface StallContract extends TransportFixture {

    Duration SHORT = Duration.ofMillis(20);

    /** The body of a test, and what its runtime was told of. */
    @FunctionalInterface
    interface Watched {
        void run(TardyRuntime rt, BlockingQueue<Stall> stalls) throws Exception;
    }

    private void whileWatched(Watched body) throws Exception {
        BlockingQueue<Stall> stalls = new LinkedBlockingQueue<>();
        inFrame(
                tardy().stallAfter(SHORT).stalled((rt, stall) -> stalls.add(stall)),
                rt -> body.run(rt, stalls));
    }

    private Stall next(BlockingQueue<Stall> stalls) throws InterruptedException {
        Stall stall = stalls.poll(patience().toSeconds(), TimeUnit.SECONDS);
        assertThat(stall).as("told within %s", patience()).isNotNull();
        assertThat(stall.atLeast()).isGreaterThanOrEqualTo(SHORT);
        return stall;
    }

    @Test
    default void aFrameThatDoesNotGiveWayIsTold() throws Exception {
        whileWatched(
                (rt, stalls) -> {
                    Frame<Stall> busy =
                            rt.spawnCall(
                                    "busy",
                                    () -> {
                                        while (stalls.isEmpty()) {
                                            Thread.onSpinWait();
                                        }
                                        return next(stalls);
                                    });
                    Stall stall = busy.join();
                    assertThat(stall.holder().getName()).isEqualTo("busy");
                    assertThat(stall.toString()).contains("held by busy");
                    assertThat(stall.stack()).isNotEmpty();
                    assertThat(rt.stalls()).isPositive();
                });
    }

    /** It may throw what is checked, as one in Kotlin does. */
    @Test
    default void aHandlerThatThrowsHearsOfTheNextStallToo() throws Exception {
        inFrame(
                tardy().stallAfter(SHORT).stalled((rt, stall) -> fail(new IOException("of it"))),
                rt -> {
                    for (int i = 0; i < 2; i++) {
                        long before = rt.stalls();
                        while (rt.stalls() == before) {
                            Thread.onSpinWait();
                        }
                        Frame.delay(SHORT); // the loop turns
                    }
                });
    }

    @SuppressWarnings("unchecked")
    private static <E extends Throwable> void fail(Throwable failure) throws E {
        throw (E) failure;
    }

    @Test
    default void aTaskThatWaitsForALockIsToldWithTheLock() throws Exception {
        whileWatched(
                (rt, stalls) -> {
                    Thread foreign = makeTheLoopWaitForALock(rt);
                    foreign.join();
                    Stall stall = next(stalls);
                    assertThat(stall.lock()).isNotNull();
                    assertThat(stall.holder().isVirtual()).isTrue();
                    assertThat(stall.lockOwner()).isEqualTo("owner (#" + foreign.threadId() + ")");
                    assertThat(stall.toString()).contains(", which owner (#");
                });
    }

    /** Frames go on beside a loop that waits for a lock, and have nothing to do with it. */
    @Test
    default void aLoopThatWaitsForALockIsToldAlthoughFramesGoOn() throws Exception {
        whileWatched(
                (rt, stalls) -> {
                    Thread foreign = makeTheLoopWaitForALock(rt);
                    while (foreign.isAlive()) { // this frame has the thread nearly always
                        Frame.yield();
                    }
                    assertThat(next(stalls).lockOwner()).startsWith("owner");
                });
    }

    @Test
    default void aVirtualThreadThatAFrameHasStartedIsToldAsTheThreadThatRunsIt() throws Exception {
        whileWatched(
                (rt, stalls) -> {
                    Thread other =
                            Thread.startVirtualThread(
                                    () -> {
                                        while (rt.stalls() == 0) {
                                            Thread.onSpinWait();
                                        }
                                    });
                    other.join();
                    Stall stall = next(stalls);
                    assertThat(stall.holder().isVirtual()).isFalse();
                });
    }

    @Test
    default void aHandlerThatWaitsForEventsOfItsOwnStandsStill() throws Exception {
        whileWatched(
                (rt, stalls) -> {
                    try (Selector selector = Selector.open()) {
                        rt.eventLoop()
                                .submit(
                                        () -> {
                                            while (rt.stalls() == 0) {
                                                selector.select(5);
                                            }
                                            return null;
                                        });
                        while (rt.stalls() == 0) {
                            Frame.delay(Duration.ofMillis(1));
                        }
                    }
                    assertThat(next(stalls).stack().toString()).contains("select");
                });
    }

    /** A lock that the thread, named owner, holds until somebody is told. */
    private static Thread makeTheLoopWaitForALock(TardyRuntime rt) throws IOException {
        ReentrantLock lock = new ReentrantLock();
        Thread owner = Thread.ofPlatform().name("owner").start(() -> holdUntilTold(lock, rt));
        while (!lock.isLocked()) {
            Frame.delay(Duration.ofNanos(1));
        }
        rt.eventLoop()
                .execute(
                        () -> {
                            lock.lock();
                            lock.unlock();
                        });
        return owner;
    }

    private static void holdUntilTold(ReentrantLock lock, TardyRuntime rt) {
        lock.lock();
        try {
            while (rt.stalls() == 0) {
                Thread.onSpinWait();
            }
        } finally {
            lock.unlock();
        }
    }

    @Test
    default void aLoopThatWaitsForEventsStandsNotStill() throws Exception {
        whileWatched(
                (rt, stalls) -> {
                    Frame.delay(SHORT.multipliedBy(10));
                    assertThat(stalls).isEmpty();
                });
    }

    /**
     * What wakes a loop that has waited for long runs in the turn that began before; that time is
     * no stall. The handler holds the loop for less than one, but longer than between two looks.
     */
    @Test
    default void theTimeThatALoopHasWaitedIsNotWhoWakesItsFault() throws Exception {
        BlockingQueue<Stall> stalls = new LinkedBlockingQueue<>();
        Duration stall = Duration.ofSeconds(1);
        inFrame(
                tardy().stallAfter(stall).stalled((rt, told) -> stalls.add(told)),
                rt -> {
                    ServerBootstrap server =
                            new ServerBootstrap()
                                    .group(rt.eventLoop())
                                    .channel(rt.channelTypes().serverSocket())
                                    .childHandler(new Holding(stall.dividedBy(10).multipliedBy(6)));
                    Channel listener = rt.await(server.bind("127.0.0.1", 0));
                    rt.offload(() -> visit(listener.localAddress(), stall.multipliedBy(2)));
                    rt.await(listener.close());
                });
        assertThat(stalls).isEmpty();
    }

    private Void visit(SocketAddress address, Duration silence)
            throws IOException, InterruptedException {
        try (Socket peer = new Socket()) {
            peer.connect(address);
            peer.setSoTimeout((int) patience().toMillis());
            Thread.sleep(silence); // in which nothing happens on the loop
            peer.getOutputStream().write(1);
            assertThat(peer.getInputStream().read()).isEqualTo(1);
            return null;
        }
    }

    /** Sends back what it gets, after it has held the loop for a while. */
    final class Holding extends ChannelInboundHandlerAdapter {

        private final Duration hold;

        Holding(Duration hold) {
            this.hold = hold;
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            long began = System.nanoTime();
            while (System.nanoTime() - began < hold.toNanos()) {
                Thread.onSpinWait();
            }
            context.writeAndFlush(message);
        }
    }
}
