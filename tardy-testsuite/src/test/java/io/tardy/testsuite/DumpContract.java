package io.tardy.testsuite;

import static io.tardy.testsuite.Dumps.besideAnother;
import static io.tardy.testsuite.Dumps.find;
import static io.tardy.testsuite.Dumps.onAThread;
import static io.tardy.testsuite.Dumps.waiting;
import static org.assertj.core.api.Assertions.assertThat;

import io.tardy.Deadline;
import io.tardy.Frame;
import io.tardy.FrameDump;
import io.tardy.FrameStatus;
import io.tardy.RuntimeDump;
import io.tardy.Stall;
import io.tardy.TardyRuntime;
import io.tardy.aio.TaskState;
import io.tardy.channel.Channel;
import io.tardy.channel.Select;
import io.tardy.net.Socket;
import io.tardy.sync.Mutex;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a runtime tells of its frames: what each waits for, and since when. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
interface DumpContract extends ConnectedFixture {

    Duration LONG = Duration.ofHours(1);

    private static void assertWaits(
            TardyRuntime rt, String name, TaskState state, String operation, String target)
            throws Exception {
        FrameDump frame = waiting(rt, name);
        assertThat(frame.operation()).as("%s", frame).isEqualTo(operation);
        assertThat(frame.state()).as("%s", frame).isEqualTo(state);
        if (target == null) {
            assertThat(frame.target()).isNull();
        } else {
            assertThat(frame.target()).contains(target);
        }
        assertThat(frame.isRunning()).isFalse();
        assertThat(frame.toString()).startsWith(name + " waits for " + operation);
    }

    private static void cancel(List<Frame<?>> frames) throws Exception {
        for (Frame<?> frame : frames) {
            frame.cancel();
        }
        for (Frame<?> frame : frames) {
            while (frame.status() == FrameStatus.ALIVE) {
                Frame.delay(Duration.ofMillis(1));
            }
        }
    }

    @Test
    default void operationsOnSocketsAreToldWithTheirAddresses() throws Exception {
        whenConnected(
                (rt, listener, client, peer) -> {
                    List<Frame<?>> frames = new ArrayList<>();
                    frames.add(rt.spawn("receives", () -> client.recv(ByteBuffer.allocate(9))));
                    frames.add(rt.spawn("borrows", () -> peer.recvNext()));
                    frames.add(rt.spawn("accepts", () -> listener.accept().close()));
                    String port = ":" + TransportFixture.port(listener);
                    assertWaits(rt, "receives", TaskState.WAIT_FOR_IO, "recv", port);
                    assertThat(find(rt.dump(), "receives").target()).contains("peer ");
                    assertWaits(rt, "borrows", TaskState.WAIT_FOR_IO, "recv", port);
                    assertWaits(rt, "accepts", TaskState.WAIT_FOR_IO, "accept", port);
                    cancel(frames);
                });
    }

    @Test
    default void waitsForOthersAreToldWithWhatTheyWaitAt() throws Exception {
        inFrame(
                rt -> {
                    Mutex mutex = new Mutex();
                    Channel<String> channel = Channel.buffered(1);
                    CompletableFuture<Void> future = new CompletableFuture<>();
                    List<Frame<?>> frames = new ArrayList<>();
                    Frame<Void> sleeper = rt.spawn("sleeps", () -> Frame.delay(LONG));
                    frames.add(sleeper);
                    frames.add(rt.spawn("joins", () -> sleeper.join()));
                    frames.add(rt.spawn("takes", () -> channel.recv()));
                    frames.add(rt.spawn("awaits", () -> rt.await(future)));
                    frames.add(rt.spawn("triggered", () -> rt.scheduler().triggerAwait()));
                    Select<String> select =
                            new Select<String>().recv(channel, it -> it).after(LONG, () -> "late");
                    frames.add(rt.spawn("selects", select::run));
                    mutex.lock();
                    frames.add(rt.spawn("locks", mutex::lock));
                    TaskState trigger = TaskState.WAIT_FOR_TRIGGER;
                    assertWaits(rt, "sleeps", TaskState.WAIT_FOR_IO, "timer", LONG.toString());
                    assertWaits(rt, "joins", trigger, "join", "frame sleeps");
                    assertWaits(rt, "takes", trigger, "recv", "channel with 0 messages");
                    assertWaits(rt, "awaits", trigger, "await", "CompletableFuture@");
                    assertWaits(rt, "triggered", trigger, "triggerAwait", null);
                    assertWaits(rt, "locks", trigger, "lock", "mutex that test body holds");
                    assertWaits(rt, "selects", trigger, "select", "recv channel with 0 messages");
                    assertThat(find(rt.dump(), "selects").target()).endsWith("; after " + LONG);
                    mutex.unlock();
                    cancel(frames);
                });
    }

    @Test
    default void theFrameThatAsksRunsAndOthersMayNotHaveBegun() throws Exception {
        inFrame(
                rt -> {
                    Frame<Void> other = rt.spawn("other", () -> Frame.yield());
                    FrameDump self = find(rt.dump(), "test body");
                    assertThat(rt.dump().framesOmitted()).as("it has not begun").isEqualTo(1);
                    assertThat(self.isRunning()).isTrue();
                    assertThat(self.operation()).isNull();
                    assertThat(self.target()).isNull();
                    assertThat(self.waiting()).isNull();
                    assertThat(self.turns()).isZero();
                    assertThat(self.deadlineIn()).isNull();
                    assertThat(self.toString()).isEqualTo("test body runs");
                    other.join();
                });
    }

    @Test
    default void aDeadlineAndACancelAreTold() throws Exception {
        inFrame(
                rt -> {
                    Frame<Void> late =
                            rt.spawn(
                                    "late",
                                    () ->
                                            Deadline.within(
                                                    LONG, () -> Frame.delay(LONG.plus(LONG))));
                    FrameDump frame = waiting(rt, "late");
                    assertThat(frame.deadlineIn()).isPositive().isLessThanOrEqualTo(LONG);
                    assertThat(frame.isCancelled()).isFalse();
                    AtomicReference<RuntimeDump> inCleanUp = new AtomicReference<>();
                    Frame<Void> cleaning =
                            rt.spawn(
                                    "cleaning",
                                    () -> {
                                        try {
                                            Frame.delay(LONG);
                                        } finally {
                                            inCleanUp.set(rt.dump());
                                        }
                                    });
                    waiting(rt, "cleaning");
                    cancel(List.of(late, cleaning));
                    assertThat(find(inCleanUp.get(), "cleaning").isCancelled()).isTrue();
                });
    }

    /** The turn that a wait has begun in is known at once, the time when somebody has looked. */
    @Test
    default void aWaitBecomesOlderWithEachTurn() throws Exception {
        inFrame(
                tardy().stallAfter(Duration.ofMillis(20)),
                rt -> {
                    long began = TransportFixture.nanoTime();
                    Frame<Void> first = rt.spawn("first", () -> Frame.delay(LONG));
                    waiting(rt, "first");
                    Frame.delay(Duration.ofMillis(5));
                    Frame<Void> second = rt.spawn("second", () -> Frame.delay(LONG));
                    waiting(rt, "second");
                    FrameDump older;
                    do {
                        Frame.delay(Duration.ofMillis(5));
                        older = find(rt.dump(), "first");
                    } while (older.waiting().compareTo(Duration.ofMillis(30)) < 0);
                    FrameDump younger = find(rt.dump(), "second");
                    assertThat(younger.turns()).isPositive().isLessThan(older.turns());
                    assertThat(younger.waiting())
                            .isLessThanOrEqualTo(find(rt.dump(), "first").waiting());
                    assertThat(older.waiting().toNanos())
                            .isLessThanOrEqualTo(
                                    TransportFixture.nanoTime()
                                            - began
                                            + Duration.ofSeconds(1).toNanos());
                    cancel(List.of(first, second));
                });
    }

    @Test
    @NotSimulated("it has no thread that looks at real time")
    default void whereNobodyLooksTheTurnsAreKnownAndTheTimeIsNot() throws Exception {
        inFrame(
                tardy().stallAfter(Duration.ZERO),
                rt -> {
                    Frame<Void> sleeper = rt.spawn("sleeps", () -> Frame.delay(LONG));
                    waiting(rt, "sleeps");
                    Frame.delay(Duration.ofMillis(5));
                    FrameDump frame = find(rt.dump(), "sleeps");
                    assertThat(frame.turns()).isPositive();
                    assertThat(frame.waiting()).isNull();
                    assertThat(frame.toString()).contains(" for " + frame.turns() + " turn");
                    cancel(List.of(sleeper));
                });
    }

    /** For the JDK submits it once more then: see StackLookContract. */
    @Test
    @NotSimulated("the thread that looks at stacks is real")
    default void aLookAtTheStackDoesNotMakeAWaitYounger() throws Exception {
        inFrame(
                rt -> {
                    AtomicReference<Thread> thread = new AtomicReference<>();
                    Frame<Void> sleeper =
                            rt.spawn(
                                    "sleeps",
                                    () -> {
                                        thread.set(Thread.currentThread());
                                        rt.scheduler().triggerAwait();
                                    });
                    waiting(rt, "sleeps");
                    long turns = 0;
                    for (int i = 0; i < 20; i++) {
                        Thread looker =
                                Thread.ofPlatform().start(() -> thread.get().getStackTrace());
                        looker.join();
                        Frame.delay(Duration.ofMillis(1));
                        long now = waiting(rt, "sleeps").turns();
                        assertThat(now).isGreaterThan(turns);
                        turns = now;
                    }
                    cancel(List.of(sleeper));
                });
    }

    @Test
    @NotSimulated("threads of the JDK work with the runtime")
    default void waitsInTheJdkAreToldByTheirKind() throws Exception {
        inFrame(
                rt -> {
                    ReentrantLock lock = new ReentrantLock();
                    Object monitor = new Object();
                    List<Thread> entered = new ArrayList<>();
                    lock.lock();
                    List<Frame<?>> frames = new ArrayList<>();
                    CompletableFuture<Void> never = new CompletableFuture<>();
                    synchronized (monitor) {
                        frames.add(
                                rt.spawn(
                                        "locks",
                                        () -> {
                                            lock.lock();
                                            lock.unlock();
                                        }));
                        frames.add(
                                rt.spawn(
                                        "enters",
                                        () -> {
                                            synchronized (monitor) {
                                                entered.add(Thread.currentThread());
                                            }
                                        }));
                        frames.add(rt.spawn("gets", () -> never.get()));
                        frames.add(rt.spawn("sleeps", () -> Thread.sleep(LONG)));
                        assertWaits(
                                rt, "locks", TaskState.WAIT_FOR_TRIGGER, "lock", "ReentrantLock$");
                        assertWaits(rt, "enters", TaskState.WAIT_FOR_TRIGGER, "synchronized", null);
                        assertWaits(
                                rt, "gets", TaskState.WAIT_FOR_TRIGGER, "future", "CompletableF");
                        assertWaits(rt, "sleeps", TaskState.WAIT_FOR_TRIGGER, "sleep", null);
                        assertThat(entered).isEmpty();
                    }
                    lock.unlock();
                    never.complete(null);
                    frames.getLast().cancel();
                    for (Frame<?> frame : frames.subList(0, 3)) {
                        frame.join();
                    }
                    assertThat(entered).hasSize(1);
                });
    }

    @Test
    @NotSimulated("the thread that asks is of the JDK")
    default void anyThreadMayAsk() throws Exception {
        inFrame(
                rt -> {
                    Frame<Void> sleeper = rt.spawn("sleeps", () -> Frame.delay(LONG));
                    waiting(rt, "sleeps");
                    RuntimeDump dump = rt.await(onAThread(rt));
                    assertThat(dump.runtime()).isEqualTo(rt.toString());
                    assertThat(find(dump, "sleeps").operation()).isEqualTo("timer");
                    assertThat(find(dump, "test body").operation()).isEqualTo("await");
                    CompletableFuture<RuntimeDump> onLoop = new CompletableFuture<>();
                    rt.eventLoop().execute(() -> onLoop.complete(rt.dump()));
                    assertThat(find(rt.await(onLoop), "sleeps").operation()).isEqualTo("timer");
                    cancel(List.of(sleeper));
                });
    }

    @Test
    default void aFrameOfAnotherRuntimeMayAsk() throws Exception {
        besideAnother(
                this,
                (rt, other) -> {
                    RuntimeDump dump = other.dump();
                    while (dump.frames().isEmpty()
                            || dump.frames().getFirst().operation() == null) {
                        Frame.yield();
                        dump = other.dump();
                    }
                    assertThat(dump.runtime()).isEqualTo(other.toString());
                    assertThat(find(dump, "test body").operation()).isEqualTo("await");
                });
    }

    @Test
    @NotSimulated("a stall is of real time")
    default void aRuntimeThatDoesNotAnswerIsToldWithWhoHasItsThread() throws Exception {
        inFrame(
                rt -> {
                    AtomicReference<RuntimeDump> dump = new AtomicReference<>();
                    Frame<Void> busy =
                            rt.spawn(
                                    "busy",
                                    () -> {
                                        Thread.ofPlatform().start(() -> dump.set(rt.dump()));
                                        while (dump.get() == null) {
                                            Thread.onSpinWait();
                                        }
                                    });
                    busy.join();
                    Stall stall = dump.get().stall();
                    assertThat(stall).isNotNull();
                    assertThat(stall.holder().getName()).isEqualTo("busy");
                    assertThat(stall.stack()).isNotEmpty();
                    assertThat(dump.get().frames()).isEmpty();
                    assertThat(dump.get().framesOmitted()).isEqualTo(2);
                    assertThat(dump.get().toString())
                            .contains("no answer")
                            .contains("held by busy")
                            .contains(DumpContract.class.getName());
                    assertThat(rt.dump().stall()).isNull();
                });
    }

    @Test
    @NotSimulated("a simulated runtime ends later, with its host")
    default void aRuntimeThatHasEndedHasNoFrames() throws Exception {
        AtomicReference<TardyRuntime> ended = new AtomicReference<>();
        inFrame(ended::set);
        assertThat(ended.get().dump().frames()).isEmpty();
        assertThat(ended.get().dump().framesOmitted()).isZero();
        assertThat(ended.get().dump().stall()).isNull();
        assertThat(ended.get().dump().toString()).endsWith(": 0 frames");
    }

    @Test
    default void equalWaitsAreOneLineOfTheText() throws Exception {
        whenConnected(
                (rt, listener, client, peer) -> {
                    List<Frame<?>> frames = new ArrayList<>();
                    for (int i = 0; i < 50; i++) {
                        frames.add(rt.spawn("sleeper-" + i, () -> Frame.delay(LONG)));
                    }
                    frames.add(rt.spawn("reader", () -> peer.recvNext()));
                    for (int i = 0; i < 50; i++) {
                        waiting(rt, "sleeper-" + i);
                    }
                    waiting(rt, "reader");
                    String text = rt.dump().toString();
                    assertThat(text.lines()).hasSize(5);
                    assertThat(text.lines().toList().getFirst()).isEqualTo(rt + ": 52 frames");
                    assertThat(text)
                            .containsPattern("\n +50  sleeper-\\* +timer +\\d+ ?\\w+ +PT1H")
                            .containsPattern("\n +1  reader +recv +\\d+ ?\\w+ +\\S.* peer ")
                            .containsPattern("\n +1  test body +\\(runs\\)");
                    cancel(frames);
                });
    }

    @Test
    default void theTextIsShortHoweverManyKindsOfFramesThereAre() throws Exception {
        inFrame(
                rt -> {
                    List<Frame<?>> frames = new ArrayList<>();
                    List<String> names = new ArrayList<>();
                    for (int i = 0; i < 99; i++) {
                        names.add(Character.toString('a' + i / 10) + (char) ('a' + i % 10));
                    }
                    for (String name : names) {
                        frames.add(rt.spawn(name, () -> Frame.delay(LONG)));
                    }
                    for (String name : names) {
                        waiting(rt, name);
                    }
                    assertThat(rt.dump().frames()).hasSize(100);
                    assertThat(rt.dump().toString().lines()).hasSize(43);
                    assertThat(rt.dump().toString()).endsWith("and 60 more kinds");
                    cancel(frames);
                });
    }

    @Test
    default void aNameThatHasLinesIsOneLineOfTheText() throws Exception {
        inFrame(
                rt -> {
                    String name = "forged\n  99  accept" + "x".repeat(500);
                    Frame<Void> frame = rt.spawn(name, () -> Frame.delay(LONG));
                    waiting(rt, name);
                    assertThat(rt.dump().toString().lines())
                            .hasSize(4)
                            .allMatch(line -> line.length() < 200);
                    assertThat(find(rt.dump(), name).name()).isEqualTo(name);
                    cancel(List.of(frame));
                });
    }

    @Test
    default void aSocketWithoutAPeerIsToldWithItsOwnAddress() throws Exception {
        inFrame(
                rt -> {
                    try (Socket udp = Socket.udp("127.0.0.1", 0).bind()) {
                        Frame<?> frame =
                                rt.spawn("waits", () -> udp.recvFrom(ByteBuffer.allocate(9)));
                        assertWaits(
                                rt,
                                "waits",
                                TaskState.WAIT_FOR_IO,
                                "recv",
                                ":" + TransportFixture.port(udp));
                        assertThat(find(rt.dump(), "waits").target()).doesNotContain("peer");
                        cancel(List.of(frame));
                    }
                });
    }
}
