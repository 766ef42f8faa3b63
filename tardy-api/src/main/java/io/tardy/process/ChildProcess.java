package io.tardy.process;

import io.tardy.Deadline;
import io.tardy.Frame;
import io.tardy.FrameFailedException;
import io.tardy.Scope;
import io.tardy.TardyRuntime;
import io.tardy.aio.CancelledException;
import io.tardy.aio.DeadlineExceededException;
import io.tardy.aio.StartError;
import io.tardy.aio.TardyIOException;
import io.tardy.aio.WriteError;
import io.tardy.runtime.TaskScheduler;
import io.tardy.stream.TooLongException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Another program that this one has started, with its three streams.
 *
 * <pre>{@code
 * try (ChildProcess child = ChildProcess.start(new ProcessBuilder("tr", "a-z", "A-Z"))) {
 *     child.stdin().writeAll(text);
 *     child.stdin().close(); // the process reads the end
 *     Stream.copy(child.stdout(), to);
 *     return child.waitFor();
 * }
 * }</pre>
 *
 * <p>The JDK's {@link ProcessBuilder} says what to start: the command, the environment, the working
 * directory, and where each stream leads that shall be no pipe. Started, read, written and waited
 * for in frames, of any runtime; only the frame waits, and ends its wait with a cancel or a {@link
 * Deadline}.
 *
 * <p>A pipe holds 64 KiB. A process that writes more than that to one of its outputs waits until
 * somebody reads it, and meanwhile reads nothing: give each stream a frame of its own, or have
 * {@link #run} do so.
 *
 * <p>A process that is neither closed nor waited for goes on by itself, and its pipes stay open.
 */
public final class ChildProcess implements AutoCloseable {

    /** How long {@link #close} waits between SIGTERM and SIGKILL, unless told otherwise. */
    public static final Duration KILL_AFTER = Duration.ofSeconds(5);

    /** SIGKILL is not waited for as long as the system needs: a disk may hold a process. */
    private static final Duration KILLED_WITHIN = Duration.ofSeconds(2);

    private static final int PART_BYTES = 32 * 1024;

    private static final System.Logger LOGGER = System.getLogger("io.tardy");

    private final Process process;
    private final String program;
    private final CompletableFuture<Process> end;
    private final @Nullable ProcessStream stdin;
    private final @Nullable ProcessStream stdout;
    private final @Nullable ProcessStream stderr;
    private final AtomicBoolean toldToEnd = new AtomicBoolean();
    private volatile Duration killAfter = KILL_AFTER;

    /** With our ends of its pipes; null where there is none. */
    ChildProcess(
            Process process,
            String program,
            @Nullable PipeEnd stdin,
            @Nullable PipeEnd stdout,
            @Nullable PipeEnd stderr) {
        this.process = process;
        this.program = program;
        // The JDK tells of it in its common pool, or that there was no thread to do so.
        this.end = process.onExit().exceptionally(noThread -> process);
        this.stdin = stdin == null ? null : new ProcessStream(stdin, name("input"), false);
        this.stdout = stdout == null ? null : new ProcessStream(stdout, name("output"), true);
        this.stderr = stderr == null ? null : new ProcessStream(stderr, name("error"), true);
    }

    private String name(String stream) {
        return "the standard " + stream + " of " + this;
    }

    /**
     * Starts a process. A stream for which the builder has {@code Redirect.PIPE}, which is what it
     * has by default, becomes a {@link ProcessStream}; every other redirection stays as it is. The
     * builder is copied, and not changed.
     *
     * <p>This takes a thread of {@link TardyRuntime#offload} for a moment. If the frame is
     * cancelled or late meanwhile, this returns the process all the same, or it throws, and nothing
     * of the process is left.
     *
     * @throws TardyIOException with a {@link StartError}, and a sentence that says what to do
     * @throws CancelledException if the frame was cancelled before
     * @throws DeadlineExceededException if the frame's deadline had passed before
     * @throws IllegalStateException outside of a frame
     * @throws UnsupportedOperationException on other systems than Linux; in a simulation
     */
    public static ChildProcess start(ProcessBuilder builder) throws IOException {
        return new Starting(builder).start();
    }

    /**
     * {@link #run(ProcessBuilder, ByteBuffer, int)} of a process that reads nothing.
     *
     * @param bytesMax how much it may write to each of its two outputs
     */
    public static ProcessResult run(ProcessBuilder builder, int bytesMax) throws IOException {
        return run(builder, ByteBuffer.allocate(0), bytesMax);
    }

    /**
     * Runs a process to its end, in this frame and three others of its runtime: writes the input
     * and closes it, reads both outputs to their ends, and waits for the exit. An output that the
     * builder redirects is empty here. If the frame is cancelled, or its deadline passes, the
     * process is {@link #close closed}. It can be that another process has inherited an output and
     * keeps it open: then this waits for that too, until the deadline.
     *
     * @param input the process need not read it all: the buffer's position tells what it took
     * @param bytesMax how much it may write to each of its two outputs
     * @throws TooLongException if it writes more; the process is closed then
     * @throws TardyIOException if it does not start, as by {@link #start}
     */
    public static ProcessResult run(ProcessBuilder builder, ByteBuffer input, int bytesMax)
            throws IOException {
        if (bytesMax < 0) {
            throw new IllegalArgumentException("bytesMax: " + bytesMax + " is negative");
        }
        try (ChildProcess child = start(builder);
                Scope scope = Scope.open()) {
            Frame<byte[]> output = scope.forkCall(() -> child.allOf(child.stdout, bytesMax));
            Frame<byte[]> errors = scope.forkCall(() -> child.allOf(child.stderr, bytesMax));
            scope.fork(() -> child.feed(input));
            scope.join();
            return new ProcessResult(child.waitFor(), output.join(), errors.join());
        } catch (FrameFailedException e) {
            if (e.getCause() instanceof IOException cause) {
                throw cause;
            }
            throw e;
        }
    }

    private void feed(ByteBuffer input) throws IOException {
        if (stdin == null) {
            return;
        }
        try {
            stdin.writeAll(input);
        } catch (TardyIOException e) {
            if (e.error() != WriteError.BROKEN_PIPE) { // it need not read it all
                throw e;
            }
        }
        stdin.close();
    }

    private byte[] allOf(@Nullable ProcessStream stream, int bytesMax) throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        if (stream == null) {
            return all.toByteArray();
        }
        ByteBuffer part = ByteBuffer.allocate(PART_BYTES);
        while (stream.read(part.clear()) >= 0) {
            if ((long) all.size() + part.position() > bytesMax) {
                throw new TooLongException(
                        stream + " is longer than " + bytesMax + " bytes", bytesMax);
            }
            all.write(part.array(), 0, part.position());
        }
        return all.toByteArray();
    }

    /**
     * What the process reads. Close it to have it read the end.
     *
     * @throws IllegalStateException if the builder has redirected it
     */
    public ProcessStream stdin() {
        return require(stdin, "input");
    }

    /**
     * What the process writes.
     *
     * @throws IllegalStateException if the builder has redirected it
     */
    public ProcessStream stdout() {
        return require(stdout, "output");
    }

    /**
     * What the process writes of errors.
     *
     * @throws IllegalStateException if the builder has redirected it, be it into the output
     */
    public ProcessStream stderr() {
        return require(stderr, "error");
    }

    private ProcessStream require(@Nullable ProcessStream stream, String which) {
        if (stream == null) {
            throw new IllegalStateException(
                    name(which) + " is no pipe: its ProcessBuilder has redirected it");
        }
        return stream;
    }

    /**
     * Waits for the end of the process. Any number of frames may; what it has written before can
     * still be read.
     *
     * @return its exit status: by convention 0 if it succeeded, and 128 and the signal's number if
     *     a signal has ended it
     * @throws CancelledException if the frame is cancelled; the process goes on
     * @throws DeadlineExceededException if the frame's deadline passes; the process goes on
     * @throws IllegalStateException outside of a frame
     */
    public int waitFor() throws IOException {
        TaskScheduler.taskHere("ChildProcess.waitFor");
        if (process.isAlive()) {
            awaitEnd();
        }
        return process.exitValue();
    }

    private void awaitEnd() throws IOException {
        try {
            TardyRuntime.current().await(end);
            while (process.isAlive()) {
                Frame.yield(); // it was told of its end a moment before the JDK has noted it
            }
        } catch (IOException | RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new AssertionError("the end of a process does not fail", e);
        }
    }

    /** Whether the process has not ended; from any thread. */
    public boolean isAlive() {
        return process.isAlive();
    }

    /** The number that the system has given the process; from any thread. */
    public long pid() {
        return process.pid();
    }

    /** What the JDK knows of the process, its descendants for example; from any thread. */
    public ProcessHandle toHandle() {
        return process.toHandle();
    }

    /** Asks the process to end, with SIGTERM, and does not wait; from any thread. */
    public void terminate() {
        process.destroy();
    }

    /** Ends the process, with SIGKILL, and does not wait; from any thread. */
    public void kill() {
        process.destroyForcibly();
    }

    /**
     * Sets how long {@link #close} waits between SIGTERM and SIGKILL; {@link #KILL_AFTER} by
     * default.
     *
     * @param grace zero to send SIGKILL at once
     * @throws IllegalArgumentException if it is negative
     */
    public ChildProcess killAfter(Duration grace) {
        if (grace.isNegative()) {
            throw new IllegalArgumentException("grace: " + grace + " is negative");
        }
        this.killAfter = grace;
        return this;
    }

    /**
     * Ends the process if it runs, and closes the streams: closes its standard input, sends
     * SIGTERM, and after {@link #killAfter} SIGKILL. Waits for the end, also in a cancelled or late
     * frame, as by {@link Frame#uncancellable}; a runtime that stops waits with it, until its
     * {@code stopTimeout}, and then the process is killed. Until it has ended, other frames may
     * read what it still writes. Outside of a frame nothing can wait: there it sends SIGKILL at
     * once.
     *
     * <p>Only the process itself is ended, not what it has started: see {@link
     * ProcessHandle#descendants}. Closing again sends no second SIGTERM, and waits for the end as
     * the first close does; when that has come, it does nothing.
     */
    @Override
    public void close() throws TardyIOException {
        try {
            closeStream(stdin);
            if (process.isAlive()) {
                endProcess();
            }
        } finally {
            process.destroyForcibly(); // nothing, if it has ended
            try {
                closeStream(stdout);
            } finally {
                closeStream(stderr);
            }
        }
    }

    private static void closeStream(@Nullable ProcessStream stream) throws TardyIOException {
        if (stream != null) {
            stream.close();
        }
    }

    private void endProcess() {
        if (!TardyRuntime.isInFrame()) {
            kill();
            return;
        }
        if (!killAfter.isZero()) {
            if (toldToEnd.compareAndSet(false, true)) {
                terminate();
            }
            if (hasEndedWithin(killAfter)) {
                return;
            }
        }
        kill();
        if (!hasEndedWithin(KILLED_WITHIN)) {
            LOGGER.log(
                    Level.WARNING,
                    this + " was sent SIGKILL, and has not ended: the system holds it in a call");
        }
    }

    /** Also in a frame that was cancelled. */
    private boolean hasEndedWithin(Duration within) {
        try {
            Frame.uncancellable(within, this::awaitEnd);
            return true;
        } catch (IOException | RuntimeException e) { // no more time, or no more waits here
            return !process.isAlive();
        }
    }

    /** Nobody has it: kills it; on any thread. */
    void abandon() {
        kill();
        killAfter = Duration.ZERO;
        try {
            close();
        } catch (TardyIOException e) {
            LOGGER.log(Level.WARNING, this + ": " + e.getMessage());
        }
    }

    @Override
    public String toString() {
        return program + " (" + process.pid() + ")";
    }
}
