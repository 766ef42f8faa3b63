package io.tardy.testsuite;

import static io.tardy.testsuite.Dumps.besideAnother;
import static io.tardy.testsuite.Dumps.find;
import static io.tardy.testsuite.Dumps.onAThread;
import static org.assertj.core.api.Assertions.assertThat;

import io.tardy.Frame;
import io.tardy.FrameDump;
import io.tardy.RuntimeDump;
import io.tardy.TardyRuntime;
import io.tardy.aio.TaskState;
import io.tardy.sync.Mutex;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A dump tells the truth to whoever asks, in whatever state, of whatever a runtime is in. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
interface DumpAskerContract extends TransportFixture {

    Duration VERY_LONG = Duration.ofHours(1);

    @Test
    @NotSimulated("the thread that asks is of the JDK")
    default void anInterruptedThreadIsAnsweredTooAndStaysInterrupted() throws Exception {
        inFrame(
                rt -> {
                    CompletableFuture<RuntimeDump> asked = new CompletableFuture<>();
                    CompletableFuture<Boolean> isInterrupted = new CompletableFuture<>();
                    Thread.ofPlatform()
                            .start(
                                    () -> {
                                        Thread.currentThread().interrupt();
                                        asked.complete(rt.dump());
                                        isInterrupted.complete(Thread.interrupted());
                                    });
                    RuntimeDump dump = rt.await(asked);
                    assertThat(dump.stall()).as("%s", dump).isNull();
                    assertThat(find(dump, "test body").operation()).isEqualTo("await");
                    assertThat(rt.await(isInterrupted)).isTrue();
                });
    }

    @Test
    default void aFrameThatIsCancelledIsAnsweredByAnotherRuntime() throws Exception {
        besideAnother(
                this,
                (rt, other) -> {
                    while (other.dump().frames().isEmpty()) {
                        Frame.yield();
                    }
                    CompletableFuture<RuntimeDump> inCleanUp = new CompletableFuture<>();
                    Frame<Void> cleaning =
                            rt.spawn(
                                    "cleaning",
                                    () -> {
                                        try {
                                            Frame.delay(VERY_LONG);
                                        } finally {
                                            inCleanUp.complete(other.dump());
                                        }
                                    });
                    Frame.delay(Duration.ofMillis(1));
                    cleaning.cancel();
                    RuntimeDump dump = rt.await(inCleanUp);
                    assertThat(dump.stall()).as("%s", dump).isNull();
                    assertThat(find(dump, "test body").state()).isNotEqualTo(TaskState.DEAD);
                });
    }

    /** It is resumed when the frame that has woken it is suspended, which asks before. */
    @Test
    default void aFrameThatTheAskingOneHasWokenWaitsForNothing() throws Exception {
        inFrame(
                rt -> {
                    Mutex mutex = new Mutex();
                    mutex.lock();
                    Frame<Void> locks = rt.spawn("locks", mutex::lock);
                    while (rt.dump().frames().stream()
                            .noneMatch(frame -> "lock".equals(frame.operation()))) {
                        Frame.yield();
                    }
                    assertThat(find(rt.dump(), "locks").operation()).isEqualTo("lock");
                    mutex.unlock();
                    FrameDump woken = find(rt.dump(), "locks");
                    assertThat(woken.operation()).as("%s", woken).isNull();
                    assertThat(woken.state()).isEqualTo(TaskState.RUNNABLE);
                    assertThat(woken.target()).isNull();
                    assertThat(woken.toString()).isEqualTo("locks is runnable");
                    locks.join();
                });
    }

    @Test
    @NotSimulated("a stall is of real time")
    default void theNameOfWhoHoldsTheThreadIsOneLineOfTheText() throws Exception {
        inFrame(
                rt -> {
                    String name = "forged\n  99  accept\u009b2J\u202e";
                    Frame<Void> busy =
                            rt.spawn(
                                    name,
                                    () -> {
                                        FrameDump own = find(rt.dump(), name);
                                        assertThat(own.toString()).doesNotContain("\n", "\u009b");
                                        CompletableFuture<RuntimeDump> asked = onAThread(rt);
                                        while (!asked.isDone()) {
                                            Thread.onSpinWait();
                                        }
                                        assertThat(asked.join().stall()).isNotNull();
                                        assertThat(asked.join().toString())
                                                .contains("held by forged?  99  accept?2J?")
                                                .doesNotContain("\u009b", "\u202e");
                                    });
                    busy.join();
                });
    }

    @Test
    @NotSimulated("the thread that asks is of the JDK")
    default void aLoopThatTurnsIsNotSaidToStandStill() throws Exception {
        inFrame(
                rt -> {
                    long before = rt.stats().turns();
                    for (int i = 0; i < 4000; i++) {
                        rt.eventLoop().execute(DumpAskerContract::workForAWhile);
                    }
                    RuntimeDump dump = rt.await(onAThread(rt));
                    assertThat(rt.stats().turns()).isGreaterThan(before);
                    assertThat(dump.stall()).as("a queue that takes seconds").isNotNull();
                    assertThat(dump.stall().atLeast()).isZero();
                });
    }

    private static void workForAWhile() {
        long began = TransportFixture.nanoTime();
        while (TransportFixture.nanoTime() - began < 500_000) {
            Thread.onSpinWait();
        }
    }

    @Test
    @NotSimulated("a stall is of real time")
    default void whatTheHolderWaitsAtIsNotAskedForItsText() throws Exception {
        Object blocker =
                new Object() {
                    @Override
                    public String toString() {
                        throw new IllegalStateException("nobody is to ask for it");
                    }
                };
        inFrame(
                rt -> {
                    CompletableFuture<Thread> parked = new CompletableFuture<>();
                    CompletableFuture<Void> go = new CompletableFuture<>();
                    rt.eventLoop()
                            .execute(
                                    () -> {
                                        parked.complete(Thread.currentThread());
                                        while (!go.isDone()) {
                                            LockSupport.park(blocker);
                                        }
                                    });
                    CompletableFuture<RuntimeDump> asked = onAThread(rt);
                    while (!asked.isDone()) {
                        Frame.yield();
                    }
                    go.complete(null);
                    LockSupport.unpark(parked.join());
                    assertThat(asked.join().stall()).isNotNull();
                    assertThat(asked.join().stall().lock()).isSameAs(blocker);
                    assertThat(asked.join().toString())
                            .contains("which waits for " + blocker.getClass().getName() + "@");
                });
    }

    @Test
    @NotSimulated("the thread that asks is of the JDK")
    default void aRuntimeThatEndsMeanwhileIsNotSaidToStandStill() throws Exception {
        for (int round = 0; round < 100; round++) {
            CompletableFuture<RuntimeDump> last = new CompletableFuture<>();
            inFrame(
                    rt -> {
                        Thread.ofPlatform().start(() -> last.complete(firstThatIsHeldOrEmpty(rt)));
                        Frame.yield();
                    });
            assertThat(last.join().stall()).as("%s", last.join()).isNull();
        }
    }

    private static RuntimeDump firstThatIsHeldOrEmpty(TardyRuntime rt) {
        RuntimeDump dump;
        do {
            dump = rt.dump();
        } while (dump.stall() == null && !dump.frames().isEmpty());
        return dump;
    }

    @Test
    @NotSimulated("the thread that asks is of the JDK")
    default void aDumpFitsTogetherWhileFramesComeAndGo() throws Exception {
        inFrame(
                tardy().tasksInitial(1),
                rt -> {
                    CompletableFuture<String> seen = new CompletableFuture<>();
                    Thread.ofPlatform().start(() -> seen.complete(firstThatDoesNotFit(rt)));
                    for (int round = 1; !seen.isDone(); round++) {
                        List<Frame<Void>> frames = new ArrayList<>();
                        for (int i = 0; i < round % 500; i++) {
                            frames.add(rt.spawn(() -> Frame.delay(Duration.ofNanos(1))));
                        }
                        for (Frame<Void> frame : frames) {
                            frame.join();
                        }
                    }
                    assertThat(seen.join()).isEqualTo("none");
                });
    }

    private static String firstThatDoesNotFit(TardyRuntime rt) {
        for (int i = 0; i < 2000; i++) {
            RuntimeDump dump = rt.dump();
            Set<String> names = new HashSet<>();
            for (FrameDump frame : dump.frames()) {
                boolean waits = frame.state() != TaskState.RUNNABLE;
                if (!names.add(frame.name())
                        || frame.state() == TaskState.DEAD
                        || frame.isRunning()
                        || waits != (frame.operation() != null)
                        || frame.turns() < 0) {
                    return frame + " of " + dump;
                }
            }
            if (!names.contains("test body") || !dump.toString().contains("test body")) {
                return dump.toString();
            }
        }
        return "none";
    }
}
