package io.tardy.testsuite;

import static org.assertj.core.api.Assertions.assertThat;

import io.tardy.Frame;
import io.tardy.FrameFailedException;
import io.tardy.TardyRuntime;
import io.tardy.aio.AsyncOpenFlags;
import io.tardy.aio.CancelledException;
import io.tardy.aio.Errno;
import io.tardy.aio.FileMode;
import io.tardy.aio.TardyIOException;
import io.tardy.fs.Dir;
import io.tardy.fs.File;
import io.tardy.stream.Stream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Steps on a few files by a few handles, and what must come of them: a model of the bytes, the
 * positions and the errors, beside the files.
 */
final class FileSequence {

    private static final int NO_LIMIT = Integer.MAX_VALUE;

    /** A file as the model has it; handles keep it when its path is gone. */
    private static final class Content {
        byte[] bytes = new byte[0];

        void write(int at, byte[] from, int count) {
            bytes = Arrays.copyOf(bytes, Math.max(bytes.length, at + count));
            System.arraycopy(from, 0, bytes, at, count);
        }
    }

    /** An open file and what the model knows of it. */
    private static final class Handle {
        final File file;
        final Content content;
        final AsyncOpenFlags flags;
        int position;

        Handle(File file, Content content, AsyncOpenFlags flags) {
            this.file = file;
            this.content = content;
            this.flags = flags;
        }

        boolean reads() {
            return flags.mode() != FileMode.WRITE && !file.isClosed();
        }

        boolean writes() {
            return flags.mode() != FileMode.READ && !file.isClosed();
        }
    }

    private final Path folder;
    private final int bytesMax;
    private final boolean isShortOfDescriptors;
    private final Handle[] handles = new Handle[FileStep.HANDLES];
    private final Content[] contents = new Content[FileStep.PATHS];
    private int stepsDone;

    private FileSequence(Path folder, int bytesMax, boolean isShortOfDescriptors) {
        this.folder = folder;
        this.bytesMax = bytesMax;
        this.isShortOfDescriptors = isShortOfDescriptors;
    }

    /** Runs steps in an empty folder. */
    static Sequences.Runner<FileStep> in(Path folder) {
        return steps -> new FileSequence(folder, NO_LIMIT, false).run(steps);
    }

    /** Where a file cannot be longer than this. */
    static Sequences.Runner<FileStep> limited(Path folder, int bytesMax) {
        return steps -> new FileSequence(folder, bytesMax, false).run(steps);
    }

    /** Where a file cannot always be opened. */
    static Sequences.Runner<FileStep> shortOfDescriptors(Path folder) {
        return steps -> new FileSequence(folder, NO_LIMIT, true).run(steps);
    }

    private void run(List<FileStep> steps) throws Exception {
        try {
            for (FileStep step : steps) {
                stepsDone++;
                try {
                    run(step);
                } catch (Exception | AssertionError e) {
                    throw new AssertionError("step " + stepsDone + ", " + step, e);
                }
            }
            for (int path = 0; path < FileStep.PATHS; path++) {
                if (contents[path] != null && !isShortOfDescriptors) {
                    assertThat(Files.readAllBytes(path(path))).isEqualTo(contents[path].bytes);
                }
            }
        } finally {
            for (Handle handle : handles) {
                if (handle != null) {
                    handle.file.close();
                }
            }
            for (int path = 0; path < FileStep.PATHS; path++) {
                Files.deleteIfExists(path(path));
            }
        }
    }

    private void run(FileStep step) throws Exception {
        switch (step) {
            case FileStep.Open open -> open(open);
            case FileStep.Read read -> read(read);
            case FileStep.Write write -> write(write);
            case FileStep.ReadTogether readTogether -> readTogether(readTogether);
            case FileStep.ReadCancelled readCancelled -> readCancelled(readCancelled);
            case FileStep.WriteCancelled writeCancelled -> writeCancelled(writeCancelled);
            case FileStep.Copy copy -> copy(copy);
            case FileStep.Stat stat -> stat(stat);
            case FileStep.Close close -> close(close);
            case FileStep.Delete delete -> delete(delete);
        }
    }

    private Path path(int path) {
        return folder.resolve("path " + path);
    }

    private interface Call {
        int run() throws Exception;
    }

    /** What it returns, or the errno that it fails with, negated and below -1000. */
    private static int outcome(Call call) throws Exception {
        try {
            return call.run();
        } catch (TardyIOException e) {
            return failure(Errno.of(e.errno()));
        }
    }

    private static int failure(Errno errno) {
        return -1000 - errno.number();
    }

    void open(FileStep.Open step) throws Exception {
        if (handles[step.handle()] != null) {
            handles[step.handle()].file.close();
            handles[step.handle()] = null;
        }
        AsyncOpenFlags flags = step.flags();
        boolean isThere = contents[step.path()] != null;
        Errno expected = null;
        if (!isThere && !flags.create()) {
            expected = Errno.ENOENT;
        } else if (isThere && flags.create() && flags.exclusive()) {
            expected = Errno.EEXIST;
        }
        File file;
        try {
            file = File.open(path(step.path()), flags);
        } catch (TardyIOException e) {
            if (isShortOfDescriptors && e.errno() == Errno.EMFILE.number()) {
                return; // and nothing has happened
            }
            assertThat(Errno.of(e.errno())).isEqualTo(expected);
            return;
        }
        try {
            assertThat(expected).isNull();
        } catch (AssertionError e) {
            file.close();
            throw e;
        }
        if (!isThere) {
            contents[step.path()] = new Content();
        } else if (flags.truncate()) {
            contents[step.path()].bytes = new byte[0];
        }
        handles[step.handle()] = new Handle(file, contents[step.path()], flags);
    }

    void read(FileStep.Read step) throws Exception {
        Handle handle = handles[step.handle()];
        if (handle == null) {
            return;
        }
        ByteBuffer into = step.buffer().room(step.room());
        int from = into.position();
        int offset = step.offset();
        int outcome =
                outcome(
                        () -> {
                            if (offset < 0) {
                                return step.all()
                                        ? handle.file.readAll(into)
                                        : handle.file.read(into);
                            }
                            return step.all()
                                    ? handle.file.readAll(into, offset)
                                    : handle.file.read(into, offset);
                        });
        byte[] got = SequenceBuffer.filled(into, from);
        if (step.room() == 0) {
            assertThat(outcome).isZero();
            return;
        } else if (!handle.reads()) {
            assertThat(outcome).isEqualTo(failure(Errno.EBADF));
            return;
        }
        int at = offset < 0 ? handle.position : offset;
        int there = Math.max(0, handle.content.bytes.length - at);
        if (there == 0) {
            assertThat(outcome).isEqualTo(-1);
        } else if (step.all()) {
            assertThat(outcome).isEqualTo(Math.min(there, step.room()));
        } else {
            assertThat(outcome).isBetween(1, Math.min(there, step.room()));
        }
        assertThat(got.length).isEqualTo(Math.max(0, outcome));
        assertThat(got).isEqualTo(slice(handle.content, at, got.length));
        if (offset < 0) {
            handle.position += got.length;
        }
    }

    private static byte[] slice(Content content, int at, int count) {
        int from = Math.min(at, content.bytes.length);
        return Arrays.copyOfRange(content.bytes, from, from + count);
    }

    /** Of no two steps, and of no two places in one, the same. */
    private byte[] bytes(int count) {
        byte[] bytes = new byte[count];
        new SplittableRandom(stepsDone).nextBytes(bytes);
        return bytes;
    }

    void write(FileStep.Write step) throws Exception {
        Handle handle = handles[step.handle()];
        if (handle == null) {
            return;
        }
        byte[] content = bytes(step.bytes());
        ByteBuffer from = step.buffer().of(content);
        int begin = from.position();
        int offset = step.offset();
        int outcome =
                outcome(
                        () -> {
                            if (step.all()) {
                                if (offset < 0) {
                                    handle.file.writeAll(from);
                                } else {
                                    handle.file.writeAll(from, offset);
                                }
                                return from.position() - begin;
                            }
                            return offset < 0
                                    ? handle.file.write(from)
                                    : handle.file.write(from, offset);
                        });
        int written = from.position() - begin;
        if (step.bytes() == 0) {
            assertThat(outcome).isZero();
            return;
        } else if (!handle.writes()) {
            assertThat(outcome).isEqualTo(failure(Errno.EBADF));
            return;
        }
        int at = writesAt(handle, offset);
        int fits = Math.min(step.bytes(), Math.max(0, bytesMax - at));
        if (fits == 0 || step.all() && fits < step.bytes()) {
            assertThat(outcome).isEqualTo(failure(Errno.EFBIG));
            assertThat(written).isEqualTo(fits);
        } else if (step.all()) {
            assertThat(outcome).isEqualTo(step.bytes());
        } else {
            assertThat(outcome).isBetween(1, fits).isEqualTo(written);
        }
        hasWritten(handle, offset, at, content, written);
    }

    /** Linux appends whatever the offset. */
    private static int writesAt(Handle handle, int offset) {
        if (handle.flags.append()) {
            return handle.content.bytes.length;
        }
        return offset < 0 ? handle.position : offset;
    }

    private static void hasWritten(Handle handle, int offset, int at, byte[] content, int count) {
        if (count > 0) {
            handle.content.write(at, content, count);
        }
        if (offset < 0 && !handle.flags.append()) {
            handle.position += count;
        }
    }

    void readTogether(FileStep.ReadTogether step) throws Exception {
        Handle handle = handles[step.handle()];
        if (handle == null || !handle.reads()) {
            return;
        }
        List<ByteBuffer> buffers = new ArrayList<>();
        List<Frame<Integer>> frames = new ArrayList<>();
        for (int i = 0; i < step.frames(); i++) {
            ByteBuffer into = step.buffer().room(step.room());
            buffers.add(into);
            frames.add(TardyRuntime.current().spawnCall(() -> handle.file.read(into)));
        }
        // In the order in which they asked, for each has the position in its turn.
        for (int i = 0; i < step.frames(); i++) {
            int there = Math.max(0, handle.content.bytes.length - handle.position);
            int count = frames.get(i).join();
            int from = buffers.get(i).position() - Math.max(0, count);
            byte[] got = SequenceBuffer.filled(buffers.get(i), from);
            if (there == 0) {
                assertThat(count).isEqualTo(-1);
            } else {
                assertThat(count).isBetween(1, Math.min(there, step.room()));
            }
            assertThat(got).isEqualTo(slice(handle.content, handle.position, got.length));
            handle.position += got.length;
        }
    }

    /** Whether it was cancelled, once it is over; a failure of another kind is thrown. */
    private static void cancelled(Frame<?> frame, int yields) throws Exception {
        for (int i = 0; i < yields; i++) {
            Frame.yield();
        }
        frame.cancel();
        try {
            frame.join();
        } catch (FrameFailedException e) {
            assertThat(e.getCause()).isInstanceOf(CancelledException.class);
        }
    }

    void readCancelled(FileStep.ReadCancelled step) throws Exception {
        Handle handle = handles[step.handle()];
        if (handle == null || !handle.reads()) {
            return;
        }
        ByteBuffer into = step.buffer().room(step.room());
        int from = into.position();
        cancelled(TardyRuntime.current().spawn(() -> handle.file.read(into)), step.yields());
        byte[] got = SequenceBuffer.filled(into, from);
        assertThat(got).isEqualTo(slice(handle.content, handle.position, got.length));
        handle.position += got.length;
    }

    void writeCancelled(FileStep.WriteCancelled step) throws Exception {
        Handle handle = handles[step.handle()];
        if (handle == null || !handle.writes() || bytesMax != NO_LIMIT) {
            return;
        }
        byte[] content = bytes(step.bytes());
        ByteBuffer from = step.buffer().of(content);
        int begin = from.position();
        int at = writesAt(handle, -1);
        cancelled(TardyRuntime.current().spawn(() -> handle.file.write(from)), step.yields());
        hasWritten(handle, -1, at, content, from.position() - begin);
    }

    void copy(FileStep.Copy step) throws Exception {
        Handle from = handles[step.from()];
        Handle to = handles[step.to()];
        boolean isPossible =
                from != null
                        && to != null
                        && from.content != to.content
                        && from.reads()
                        && to.writes()
                        && bytesMax == NO_LIMIT;
        if (!isPossible) {
            return;
        }
        int there = Math.max(0, from.content.bytes.length - from.position);
        byte[] content = slice(from.content, from.position, there);
        int at = writesAt(to, -1);
        assertThat(Stream.copy(from.file, to.file)).isEqualTo(there);
        from.position += there;
        hasWritten(to, -1, at, content, there);
    }

    void stat(FileStep.Stat step) throws Exception {
        Handle handle = handles[step.handle()];
        if (handle == null) {
            return;
        }
        int outcome = outcome(() -> (int) handle.file.stat().size());
        assertThat(outcome)
                .isEqualTo(
                        handle.file.isClosed()
                                ? failure(Errno.EBADF)
                                : handle.content.bytes.length);
    }

    /** The handle stays, closed. */
    void close(FileStep.Close step) throws Exception {
        if (handles[step.handle()] != null) {
            handles[step.handle()].file.close();
        }
    }

    void delete(FileStep.Delete step) throws Exception {
        int outcome =
                outcome(
                        () -> {
                            Dir.cwd().deleteFile(path(step.path()));
                            return 0;
                        });
        assertThat(outcome).isEqualTo(contents[step.path()] == null ? failure(Errno.ENOENT) : 0);
        contents[step.path()] = null;
    }
}
