package io.tardy.testsuite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.tardy.Deadline;
import io.tardy.Frame;
import io.tardy.Tardy;
import io.tardy.TardyEntry;
import io.tardy.TardyRuntime;
import io.tardy.aio.AsyncOpenFlags;
import io.tardy.aio.AsyncSubmission;
import io.tardy.aio.DeadlineExceededException;
import io.tardy.aio.FileMode;
import io.tardy.fs.File;
import io.tardy.os.FileCalls;
import io.tardy.os.FileHandle;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Calls that block, on threads of the pool. */
interface OffloadContract extends TransportFixture {

    @Test
    @NotSimulated(NotSimulated.BLOCKS)
    default void whatIsOffloadedReturnsThrowsAndCanBeCancelled() throws Exception {
        inFrame(
                rt -> {
                    Thread worker = rt.offload(Thread::currentThread);
                    assertThat(worker.isVirtual()).isFalse();
                    assertThat(rt.<String>offload(() -> null)).isNull();
                    assertThatExceptionOfType(IOException.class)
                            .isThrownBy(
                                    () ->
                                            rt.offload(
                                                    () -> {
                                                        throw new IOException("mine");
                                                    }))
                            .withMessage("mine");
                    AtomicInteger interrupted = new AtomicInteger();
                    Frame<Object> waiting =
                            rt.spawnCall(
                                    () ->
                                            rt.offload(
                                                    () -> {
                                                        try {
                                                            synchronized (interrupted) {
                                                                interrupted.wait();
                                                            }
                                                        } catch (InterruptedException e) {
                                                            interrupted.incrementAndGet();
                                                            throw e;
                                                        }
                                                        return null;
                                                    }));
                    Frame.delay(Duration.ofMillis(20));
                    waiting.cancel();
                    TransportFixture.assertFailedOf(waiting, InterruptedException.class);
                    assertThat(interrupted).hasValue(1);
                });
    }

    @Test
    @NotSimulated(NotSimulated.BLOCKS)
    default void aCallMayWaitForAFrameThatWaitsForAFile(@TempDir Path folder) throws Exception {
        Path path = Files.writeString(folder.resolve("file"), "text");
        CountDownLatch read = new CountDownLatch(1);
        inFrame(
                tardy().offloadThreadsMax(1),
                rt -> {
                    Frame<Boolean> calling =
                            rt.spawnCall(
                                    () ->
                                            rt.offload(
                                                    () ->
                                                            read.await(
                                                                    patience().toSeconds(),
                                                                    TimeUnit.SECONDS)));
                    Frame.delay(Duration.ofMillis(1));
                    try (File file = File.open(path)) {
                        assertThat(file.stat().size()).isEqualTo(4);
                    }
                    read.countDown();
                    assertThat(calling.join()).isTrue();
                });
    }

    /** Woken as it begins to wait, a frame has its turn before the call is handed over. */
    @Test
    @NotSimulated(NotSimulated.THREADS)
    default void whatIsOffloadedMayBeGivenUpBeforeItIsHandedOver() throws Exception {
        List<Thread> threads = new CopyOnWriteArrayList<>();
        AtomicBoolean ended = new AtomicBoolean();
        Thread waker =
                Thread.ofPlatform()
                        .start(
                                () -> {
                                    while (!ended.get()) {
                                        threads.forEach(LockSupport::unpark);
                                    }
                                });
        try {
            inFrame(
                    rt -> {
                        List<Frame<Void>> frames = new ArrayList<>();
                        for (int i = 0; i < 8; i++) {
                            frames.add(
                                    rt.spawn(
                                            () -> {
                                                threads.add(Thread.currentThread());
                                                offloadWithDeadlines(rt);
                                            }));
                        }
                        for (Frame<Void> frame : frames) {
                            frame.join();
                        }
                    });
        } finally {
            ended.set(true);
            waker.join();
        }
    }

    private static void offloadWithDeadlines(TardyRuntime rt) throws Exception {
        for (int i = 1; i <= 1_000; i++) {
            int expected = i;
            Duration within = Duration.ofNanos(i * 200L);
            try {
                int value = Deadline.callWithin(within, () -> rt.offload(() -> expected));
                assertThat(value).isEqualTo(expected);
            } catch (DeadlineExceededException e) {
                Frame.yield();
            }
        }
    }

    /** The call that opens something may be in the system when its runtime ends. */
    @Test
    @NotSimulated(NotSimulated.ENTRY)
    default void whatACallOpensForARuntimeThatHasEndedIsClosed(@TempDir Path folder)
            throws Exception {
        Path path = Files.writeString(folder.resolve("file"), "text");
        AsyncSubmission.Open open =
                new AsyncSubmission.Open(null, path, AsyncOpenFlags.of(FileMode.READ));
        CompletableFuture<FileHandle> opened = new CompletableFuture<>();
        CompletableFuture<Void> goOn = new CompletableFuture<>();
        try (Tardy tardy = tardy().stopTimeout(Duration.ofMillis(10)).build()) {
            TardyEntry entry =
                    tardy.entryInNewThread(
                            rt ->
                                    rt.spawn(
                                            () ->
                                                    rt.offload(
                                                            () -> {
                                                                Object handle =
                                                                        FileCalls.system()
                                                                                .tryRun(open, -1);
                                                                opened.complete(
                                                                        (FileHandle) handle);
                                                                goOn.join(); // not interruptible
                                                                return handle;
                                                            })));
            assertThat(opened.get(patience().toSeconds(), TimeUnit.SECONDS).isClosed()).isFalse();
            entry.stop();
            entry.await();
        }
        goOn.complete(null);
        for (long left = patience().toMillis(); !opened.join().isClosed(); left--) {
            assertThat(left).as("milliseconds left until it is closed").isPositive();
            LockSupport.parkNanos(1_000_000);
        }
    }
}
