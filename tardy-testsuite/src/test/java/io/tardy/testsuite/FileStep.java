package io.tardy.testsuite;

import io.tardy.aio.AsyncOpenFlags;
import io.tardy.aio.FileMode;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** A step of a {@link FileSequence}; those on a handle that is not open do nothing. */
sealed interface FileStep {

    int PATHS = 2;

    int HANDLES = 3;

    record Open(int handle, int path, AsyncOpenFlags flags) implements FileStep {}

    /** At an offset, or at the position if it is -1. */
    record Read(int handle, SequenceBuffer buffer, int room, int offset, boolean all)
            implements FileStep {}

    record Write(int handle, SequenceBuffer buffer, int bytes, int offset, boolean all)
            implements FileStep {}

    /** Several frames at once, at the position. */
    record ReadTogether(int handle, SequenceBuffer buffer, int room, int frames)
            implements FileStep {}

    /** A frame that is cancelled while it reads at the position. */
    record ReadCancelled(int handle, SequenceBuffer buffer, int room, int yields)
            implements FileStep {}

    record WriteCancelled(int handle, SequenceBuffer buffer, int bytes, int yields)
            implements FileStep {}

    record Copy(int from, int to) implements FileStep {}

    record Stat(int handle) implements FileStep {}

    record Close(int handle) implements FileStep {}

    record Delete(int path) implements FileStep {}

    static List<FileStep> make(SplittableRandom random) {
        List<FileStep> steps = new ArrayList<>();
        steps.add(open(random, true));
        for (int left = random.nextInt(4, 20); left > 0; left--) {
            steps.add(step(random));
        }
        return steps;
    }

    private static FileStep step(SplittableRandom random) {
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
}
