package io.tardy.testsuite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.util.concurrent.SingleThreadEventExecutor;
import io.tardy.TardyRuntime;
import io.tardy.netty.TardyEventLoopGroup;
import java.util.SplittableRandom;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A loop that gives its thread up, as auto-scaling groups have it do, and is wanted again at any
 * moment of that. On io_uring loops keep their threads, as Netty's do: a ring has one.
 */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
@NotSimulated("there are no threads that a loop could give up")
interface SuspensionContract extends GroupFixture {

    int TIMES = 300;

    @Test
    default void aLoopMayBeWantedAgainWhileItGivesItsThreadUp() throws Exception {
        SplittableRandom random =
                new SplittableRandom(Seeds.draw("aLoopMayBeWantedAgainWhileItGivesItsThreadUp"));
        withGroup(
                1,
                group -> {
                    SingleThreadEventExecutor loop = (SingleThreadEventExecutor) group.next();
                    TardyRuntime rt = GroupFixture.runtimeOf(group.next());
                    for (int i = 0; i < TIMES; i++) {
                        loop.trySuspend();
                        long began = System.nanoTime();
                        int pause = random.nextInt(100_000);
                        while (System.nanoTime() - began < pause) {
                            Thread.onSpinWait();
                        }
                        if (random.nextBoolean()) {
                            assertThat(rt.spawnCall(() -> 7).join()).isEqualTo(7);
                        } else {
                            assertThat(loop.submit(() -> 8).get(20, TimeUnit.SECONDS)).isEqualTo(8);
                        }
                    }
                });
    }

    @Test
    default void virtualThreadsOfHandlersDoNotTakeTheLoopsPlace() throws Exception {
        AtomicBoolean over = new AtomicBoolean();
        withGroup(
                TardyEventLoopGroup.builder()
                        .threads(1)
                        .async(transport())
                        .threadFactory(body -> new Thread(body, "carrier")),
                group -> {
                    SingleThreadEventExecutor loop = (SingleThreadEventExecutor) group.next();
                    loop.submit(() -> startSleepers(over)).get();
                    for (int i = 0; i < TIMES; i++) {
                        loop.trySuspend();
                        assertThat(
                                        loop.submit(() -> Thread.currentThread().toString())
                                                .get(20, TimeUnit.SECONDS))
                                .endsWith("@carrier");
                    }
                    over.set(true);
                });
    }

    private static void startSleepers(AtomicBoolean over) {
        for (int i = 0; i < 20; i++) {
            Thread.startVirtualThread(
                    () -> {
                        while (!over.get()) {
                            LockSupport.parkNanos(100_000);
                        }
                    });
        }
    }

    /** Another executor than a thread's may have none for it. */
    @Test
    default void aFrameForALoopThatIsRefusedAThreadLeavesNoTrace() throws Exception {
        AtomicBoolean refuses = new AtomicBoolean();
        AtomicReference<Thread> carrier = new AtomicReference<>();
        Executor executor =
                body -> {
                    if (refuses.get()) {
                        throw new RejectedExecutionException("of the test");
                    }
                    carrier.set(new Thread(body, "carrier"));
                    carrier.get().start();
                };
        withGroup(
                TardyEventLoopGroup.builder().threads(1).async(transport()).executor(executor),
                group -> {
                    SingleThreadEventExecutor loop = (SingleThreadEventExecutor) group.next();
                    TardyRuntime rt = GroupFixture.runtimeOf(group.next());
                    while (loop.trySuspend() && carrier.get().isAlive()) {
                        Thread.onSpinWait();
                    }
                    AtomicBoolean ran = new AtomicBoolean();
                    if (!carrier.get().isAlive()) {
                        refuses.set(true);
                        assertThatThrownBy(() -> rt.spawn(() -> ran.set(true)))
                                .isInstanceOf(RejectedExecutionException.class)
                                .hasMessage("of the test");
                        refuses.set(false);
                    }
                    for (int i = 0; i < 3; i++) {
                        assertThat(rt.spawnCall(() -> 7).join()).isEqualTo(7);
                    }
                    assertThat(ran).isFalse();
                    assertThat(rt.tasks()).isZero();
                });
    }
}
