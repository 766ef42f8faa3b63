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

    private static final int PATHS = 2;
    private static final int HANDLES = 3;
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

    /** A step; those on a handle that is not open do nothing. */
    sealed interface Step {
        void run(FileSequence on) throws Exception;
    }

    record Open(int handle, int path, AsyncOpenFlags flags) implements Step {
        @Override
        public void run(FileSequence on) throws Exception {
            on.open(this);
        }
    }

    /** At an offset, or at the position if it is -1. */
    record Read(int handle, SequenceBuffer buffer, int room, int offset, boolean all)
            implements Step {
        @Override
        public void run(FileSequence on) throws Exception {
            on.read(this);
        }
    }

    record Write(int handle, SequenceBuffer buffer, int bytes, int offset, boolean all)
            implements Step {
        @Override
        public void run(FileSequence on) throws Exception {
            on.write(this);
        }
    }

    /** Several frames at once, at the position. */
    record ReadTogether(int handle, SequenceBuffer buffer, int room, int frames) implements Step {
        @Override
        public void run(FileSequence on) throws Exception {
            on.readTogether(this);
        }
    }

    /** A frame that is cancelled while it reads at the position. */
    record ReadCancelled(int handle, SequenceBuffer buffer, int room, int yields) implements Step {
        @Override
        public void run(FileSequence on) throws Exception {
            on.readCancelled(this);
        }
    }

    record WriteCancelled(int handle, SequenceBuffer buffer, int bytes, int yields)
            implements Step {
        @Override
        public void run(FileSequence on) throws Exception {
            on.writeCancelled(this);
        }
    }

    record Copy(int from, int to) implements Step {
        @Override
        public void run(FileSequence on) throws Exception {
            on.copy(this);
        }
    }

    record Stat(int handle) implements Step {
        @Override
        public void run(FileSequence on) throws Exception {
            on.stat(this);
        }
    }

    record Close(int handle) implements Step {
        @Override
        public void run(FileSequence on) throws Exception {
            on.close(this);
        }
    }

    record Delete(int path) implements Step {
        @Override
        public void run(FileSequence on) throws Exception {
            on.delete(this);
        }
    }

    private final Path folder;
    private final int bytesMax;
    private final boolean isShortOfDescriptors;
    private final Handle[] handles = new Handle[HANDLES];
    private final Content[] contents = new Content[PATHS];
    private int stepsDone;

    private FileSequence(Path folder, int bytesMax, boolean isShortOfDescriptors) {
        this.folder = folder;
        this.bytesMax = bytesMax;
        this.isShortOfDescriptors = isShortOfDescriptors;
    }

    /** Runs steps in an empty folder. */
    static Sequences.Runner<Step> in(Path folder) {
        return steps -> new FileSequence(folder, NO_LIMIT, false).run(steps);
    }

    /** Where a file cannot be longer than this. */
    static Sequences.Runner<Step> limited(Path folder, int bytesMax) {
        return steps -> new FileSequence(folder, bytesMax, false).run(steps);
    }

    /** Where a file cannot always be opened. */
    static Sequences.Runner<Step> shortOfDescriptors(Path folder) {
        return steps -> new FileSequence(folder, NO_LIMIT, true).run(steps);
    }

    static List<Step> make(SplittableRandom random) {
        List<Step> steps = new ArrayList<>();
        steps.add(open(random, true));
        for (int left = random.nextInt(4, 20); left > 0; left--) {
            steps.add(step(random));
        }
        return steps;
    }

    private static Step step(SplittableRandom random) {
        int handle = random.nextInt(HANDLES);
        SequenceBuffer buffer =
                SequenceBuffer.values()[random.nextInt(SequenceBuffer.values().length)];
        int bytes = length(random);
        int offset = random.nextInt(3) == 0 ? random.nextInt(100_000) : -1;
        boolean all = random.nextBoolean();
        return switch (random.nextInt(20)) {
            case 0, 1, 2 -> open(random, false);
            case 3, 4, 5, 6, 7 -> new Read(handle, buffer, bytes, offset, all);
            case 8, 9, 10, 11, 12 -> new Write(handle, buffer, bytes, offset, all);
            case 13 -> new ReadTogether(handle, buffer, 1 + bytes / 4, random.nextInt(2, 5));
            case 14 -> new ReadCancelled(handle, buffer, 1 + bytes, random.nextInt(3));
            case 15 -> new WriteCancelled(handle, buffer, 1 + bytes, random.nextInt(3));
            case 16 -> new Copy(handle, random.nextInt(HANDLES));
            case 17 -> new Stat(handle);
            case 18 -> new Close(handle);
            default -> new Delete(random.nextInt(PATHS));
        };
    }

    /** Mostly short, now and then longer than what heap buffers go through at once. */
    private static int length(SplittableRandom random) {
        return switch (random.nextInt(12)) {
            case 0 -> 0;
            case 1 -> random.nextInt(60_000, 140_000);
            case 2, 3 -> random.nextInt(4000, 9000);
            default -> random.nextInt(1, 300);
        };
    }

    private static Open open(SplittableRandom random, boolean creates) {
        FileMode mode = FileMode.values()[random.nextInt(FileMode.values().length)];
        boolean append = random.nextInt(5) == 0 && mode == FileMode.WRITE;
        AsyncOpenFlags flags =
                new AsyncOpenFlags(
                        creates ? FileMode.READ_WRITE : mode,
                        0600,
                        creates || random.nextInt(3) > 0,
                        !creates && random.nextInt(6) == 0,
                        mode != FileMode.READ && random.nextInt(6) == 0,
                        append && !creates,
                        false,
                        true,
                        false);
        return new Open(random.nextInt(HANDLES), random.nextInt(PATHS), flags);
    }

    private void run(List<Step> steps) throws Exception {
        try {
            for (Step step : steps) {
                stepsDone++;
                try {
                    step.run(this);
                } catch (Exception | AssertionError e) {
                    throw new AssertionError("step " + stepsDone + ", " + step, e);
                }
            }
            for (int path = 0; path < PATHS; path++) {
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
            for (int path = 0; path < PATHS; path++) {
                Files.deleteIfExists(path(path));
            }
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

    private void open(Open step) throws Exception {
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

    private void read(Read step) throws Exception {
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

    private void write(Write step) throws Exception {
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

    private void readTogether(ReadTogether step) throws Exception {
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

    private void readCancelled(ReadCancelled step) throws Exception {
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

    private void writeCancelled(WriteCancelled step) throws Exception {
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

    private void copy(Copy step) throws Exception {
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

    private void stat(Stat step) throws Exception {
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
    private void close(Close step) throws Exception {
        if (handles[step.handle()] != null) {
            handles[step.handle()].file.close();
        }
    }

    private void delete(Delete step) throws Exception {
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
