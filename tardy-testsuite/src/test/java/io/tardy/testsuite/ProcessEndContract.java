package io.tardy.testsuite;

import static io.tardy.testsuite.ProcessFixture.assertLate;
import static io.tardy.testsuite.ProcessFixture.shell;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.tardy.Deadline;
import io.tardy.Frame;
import io.tardy.Tardy;
import io.tardy.aio.CancelledException;
import io.tardy.aio.DeadlineExceededException;
import io.tardy.process.ChildProcess;
import io.tardy.stream.ByteReader;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** The end of a process: of itself, by a close, with its frame or its runtime. */
@NotSimulated(NotSimulated.PROCESSES)
interface ProcessEndContract extends ProcessFixture {

    @Test
    @EnabledOnOs(OS.LINUX)
    default void closingEndsTheProcessAlsoInAFrameThatWasCancelled() throws Exception {
        AtomicReference<ChildProcess> started = new AtomicReference<>();
        inFrame(
                rt -> {
                    Frame<Integer> waiting =
                            rt.spawnCall(
                                    () -> {
                                        try (ChildProcess child = ChildProcess.start(SLEEP)) {
                                            started.set(child);
                                            return child.waitFor();
                                        }
                                    });
                    while (started.get() == null) {
                        Frame.delay(Duration.ofMillis(1));
                    }
                    waiting.cancel();
                    TransportFixture.assertFailedOf(waiting, CancelledException.class);
                    assertEnded(started.get());
                    ChildProcess ended = started.get();
                    ended.close();
                    assertThat(ended.stdout().isClosed()).isTrue();
                    assertThat(ended.waitFor()).isEqualTo(128 + 15);
                });
    }

    /** And nothing is left of it, no zombie either. */
    private static void assertEnded(ChildProcess child) {
        assertThat(child.isAlive()).isFalse();
        assertThat(Path.of("/proc/" + child.pid())).doesNotExist();
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    default void whoIgnoresSigtermIsKilled() throws Exception {
        inFrame(
                rt -> {
                    ProcessBuilder deaf = shell("trap '' TERM; echo deaf; exec sleep 60");
                    ChildProcess child = ChildProcess.start(deaf);
                    try (child) {
                        child.killAfter(Duration.ofMillis(20));
                        assertThat(child.stdout().reader().readLine()).isEqualTo("deaf");
                    }
                    assertEnded(child);
                    assertThat(child.waitFor()).isEqualTo(128 + 9);
                    ProcessBuilder dutiful =
                            shell(
                                    "trap 'echo saved; exit 7' TERM; echo up; while :; do sleep"
                                            + " 0.1; done");
                    ChildProcess saving = ChildProcess.start(dutiful);
                    ByteReader said = saving.stdout().reader();
                    assertThat(said.readLine()).isEqualTo("up");
                    Frame<String> last = rt.spawnCall(said::readLine);
                    Frame.yield();
                    saving.terminate();
                    assertThat(last.join()).isEqualTo("saved");
                    assertThat(saving.waitFor()).isEqualTo(7);
                    saving.close();
                });
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    default void aRuntimeThatStopsLeavesNoProcessBehind() throws Exception {
        Queue<ChildProcess> children = new ConcurrentLinkedQueue<>();
        try (Tardy tardy = tardy().build()) {
            tardy.entry(
                    rt -> {
                        for (int i = 0; i < 3; i++) {
                            rt.spawn(
                                    () -> {
                                        try (ChildProcess child = ChildProcess.start(SLEEP)) {
                                            children.add(child);
                                            if (children.size() == 3) {
                                                rt.stop();
                                            }
                                            child.stdout().read(ByteBuffer.allocate(1));
                                        }
                                    });
                        }
                    });
        }
        assertThat(children).hasSize(3).allSatisfy(ProcessEndContract::assertEnded);
    }

    /** What has inherited a pipe keeps it open; that is no reason to wait without an end. */
    @Test
    @EnabledOnOs(OS.LINUX)
    default void aProcessThatLeavesAnotherBehindHasEndedAllTheSame() throws Exception {
        ProcessBuilder leaving = shell("sleep 60 & echo $!; exit 4");
        inFrame(
                rt -> {
                    try (ChildProcess child = ChildProcess.start(leaving)) {
                        ByteReader said = child.stdout().reader();
                        long left = Long.parseLong(said.readLine());
                        assertThat(child.waitFor()).isEqualTo(4);
                        assertLate(said::readLine);
                        assertThat(ProcessHandle.of(left).orElseThrow().destroyForcibly()).isTrue();
                        assertThat(said.readLine()).isNull();
                    }
                });
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    default void outsideOfAFrameNothingWaitsAndClosingKills() throws Exception {
        assertThatIllegalStateException()
                .isThrownBy(() -> ChildProcess.start(SLEEP))
                .withMessageContaining("rt.spawn");
        AtomicReference<ChildProcess> started = new AtomicReference<>();
        inFrame(rt -> started.set(ChildProcess.start(SLEEP)));
        ChildProcess child = started.get();
        assertThatIllegalStateException().isThrownBy(child::waitFor);
        child.close();
        inFrame(rt -> assertThat(child.waitFor()).isEqualTo(128 + 9));
        assertThat(child.stdout().isClosed()).isTrue();
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    default void everyWaitHasADeadlineAndLeavesTheProcessAlone() throws Exception {
        inFrame(
                rt -> {
                    try (ChildProcess child = ChildProcess.start(SLEEP)) {
                        assertLate(child::waitFor);
                        assertLate(() -> child.stdout().read(ByteBuffer.allocate(1)));
                        assertLate(
                                () -> {
                                    for (; ; ) { // until the pipe is full
                                        child.stdin().writeAll(ByteBuffer.allocateDirect(4096));
                                    }
                                });
                        for (int i = 0; i < 10_000; i++) {
                            assertThatExceptionOfType(DeadlineExceededException.class)
                                    .isThrownBy(
                                            () ->
                                                    Deadline.callWithin(
                                                            Duration.ZERO, child::waitFor));
                        }
                        Frame<Integer> waiting = rt.spawnCall(child::waitFor);
                        Frame.yield();
                        waiting.cancel();
                        TransportFixture.assertFailedOf(waiting, CancelledException.class);
                        assertThat(child.isAlive()).isTrue();
                        child.terminate();
                        assertThat(child.waitFor()).isEqualTo(128 + 15);
                    }
                    assertThatExceptionOfType(DeadlineExceededException.class)
                            .isThrownBy(
                                    () ->
                                            Deadline.callWithin(
                                                    Duration.ofMillis(50),
                                                    () -> ChildProcess.run(SLEEP, 0)));
                });
    }

    /** Else a block would be over before the process that it has started. */
    @Test
    @EnabledOnOs(OS.LINUX)
    default void whoClosesItSecondWaitsForItsEndToo() throws Exception {
        inFrame(
                rt -> {
                    ChildProcess child =
                            ChildProcess.start(shell("trap '' TERM; echo deaf; exec sleep 60"));
                    child.killAfter(Duration.ofMillis(200));
                    assertThat(child.stdout().reader().readLine()).isEqualTo("deaf");
                    Frame<Void> first = rt.spawn(child::close);
                    while (!child.stdin().isClosed()) {
                        Frame.yield();
                    }
                    assertThat(child.isAlive()).isTrue();
                    child.close();
                    assertEnded(child);
                    first.join();
                });
    }
}
