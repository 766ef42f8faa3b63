package io.tardy.process;

import io.tardy.TardyRuntime;
import io.tardy.aio.AsyncType;
import io.tardy.aio.Errno;
import io.tardy.aio.TardyIOException;
import io.tardy.os.ChildPipe;
import io.tardy.os.ErrnoException;
import io.tardy.os.FreeDescriptors;
import io.tardy.runtime.RuntimeSettings;
import io.tardy.runtime.TaskScheduler;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The start of one process: on a thread of the pool, for fork and exec take their time. Whatever
 * becomes of the frame meanwhile, no pipe and no process is left that nobody has.
 */
final class Starting {

    /**
     * More than the JDK takes besides, and the program with which it starts the one that is meant.
     * Where it finds too few, the JDK (25.0.3) closes descriptor 0 of this process.
     */
    private static final int DESCRIPTORS = 16;

    private final ProcessBuilder builder;

    /** Whether the transport of the frame's runtime polls descriptors; set in the frame. */
    private boolean isPolled;

    private final HandOver<ChildProcess> handOver = new HandOver<>();
    private final List<ChildPipe> pipes = new ArrayList<>(3);
    private final List<PipeEnd> ours = new ArrayList<>(3);

    /**
     * @param given stays as it is
     */
    Starting(ProcessBuilder given) {
        if (given.command().isEmpty()) {
            throw new IllegalArgumentException("the command is empty: name a program");
        }
        this.builder = copyOf(given);
    }

    private static ProcessBuilder copyOf(ProcessBuilder given) {
        ProcessBuilder copy =
                new ProcessBuilder(List.copyOf(given.command()))
                        .directory(given.directory())
                        .redirectInput(given.redirectInput())
                        .redirectOutput(given.redirectOutput())
                        .redirectError(given.redirectError())
                        .redirectErrorStream(given.redirectErrorStream());
        copy.environment().clear();
        copy.environment().putAll(given.environment());
        return copy;
    }

    /** In the frame that asks. */
    ChildProcess start() throws IOException {
        RuntimeSettings settings =
                TaskScheduler.taskHere("ChildProcess.start").scheduler().runtime().settings();
        requireSupported(settings);
        isPolled = settings.transport().type() == AsyncType.EPOLL;
        try {
            TardyRuntime.current()
                    .offload(
                            () -> {
                                run();
                                return null;
                            });
        } catch (IOException | RuntimeException | Error e) {
            giveUp();
            throw e;
        } catch (Exception e) {
            giveUp();
            throw new AssertionError("a start fails with an IOException", e);
        }
        return handOver.takeOrGiveUp();
    }

    private static void requireSupported(RuntimeSettings settings) {
        if (settings.simulation() != null) {
            throw new UnsupportedOperationException(
                    "a simulation starts no processes: have the program take a class of yours that"
                            + " does, and the test another");
        }
        if (!ChildPipe.isSupported()) {
            throw new UnsupportedOperationException(
                    "processes are started on Linux only so far: elsewhere use ProcessBuilder, and"
                            + " rt.offload to read its streams");
        }
    }

    /** The frame was cancelled, late, or left behind: perhaps before the process was started. */
    private void giveUp() {
        ChildProcess started = handOver.takeOrGiveUp();
        if (started != null) {
            started.abandon();
        }
    }

    /** On a thread of the pool. */
    private void run() throws IOException {
        ChildProcess started;
        try {
            started = startNow();
        } catch (IOException | RuntimeException | Error e) {
            for (PipeEnd each : ours) {
                each.close();
            }
            throw e;
        } finally {
            pipes.forEach(ChildPipe::closeTheirs);
        }
        if (!handOver.offer(started)) {
            started.abandon();
        }
    }

    private ChildProcess startNow() throws IOException {
        PipeEnd stdin = null;
        PipeEnd stdout = null;
        PipeEnd stderr = null;
        if (builder.redirectInput() == Redirect.PIPE) {
            stdin = pipe(false);
            builder.redirectInput(Redirect.from(pipes.getLast().theirs()));
        }
        if (builder.redirectOutput() == Redirect.PIPE) {
            stdout = pipe(true);
            builder.redirectOutput(Redirect.to(pipes.getLast().theirs()));
        }
        if (builder.redirectErrorStream()) {
            builder.redirectError(Redirect.DISCARD); // the JDK would make a pipe that nobody reads
        } else if (builder.redirectError() == Redirect.PIPE) {
            stderr = pipe(true);
            builder.redirectError(Redirect.to(pipes.getLast().theirs()));
        }
        if (!FreeDescriptors.areThere(DESCRIPTORS)) {
            throw StartFailure.of(builder, new ErrnoException(Errno.EMFILE));
        }
        try {
            return started(builder.start(), stdin, stdout, stderr);
        } catch (IOException e) {
            throw StartFailure.of(builder, e);
        } catch (OutOfMemoryError e) {
            // The JDK starts a process, and then the thread that waits for it: of one without a
            // thread nobody would ever hear.
            pipes.forEach(ChildPipe::endHolders);
            throw StartFailure.of(builder, e);
        }
    }

    private ChildProcess started(
            Process process,
            @Nullable PipeEnd stdin,
            @Nullable PipeEnd stdout,
            @Nullable PipeEnd stderr) {
        try {
            return new ChildProcess(process, builder.command().getFirst(), stdin, stdout, stderr);
        } catch (RuntimeException | Error e) { // nobody would have it
            process.destroyForcibly();
            throw e;
        }
    }

    private PipeEnd pipe(boolean weRead) throws TardyIOException {
        try {
            ChildPipe pipe = ChildPipe.open(weRead);
            pipes.add(pipe);
            ours.add(PipeEnd.of(pipe, isPolled));
            return ours.getLast();
        } catch (ErrnoException e) {
            throw StartFailure.of(builder, e);
        }
    }
}
