package io.tardy.examples;

import io.tardy.aio.AsyncOpenFlags;
import io.tardy.aio.FileMode;
import io.tardy.fs.CreateFlags;
import io.tardy.fs.Dir;
import io.tardy.fs.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;

/** Operations on a private file, compared with a copy in memory. */
final class FileChain implements Chain {

    private static final int BYTES_MAX = 20_000;

    private final SplittableRandom random;
    private final Path path;
    private final AtomicLong operations;
    private byte[] content = new byte[0];

    FileChain(SplittableRandom random, Path path, AtomicLong operations) {
        this.random = random;
        this.path = path;
        this.operations = operations;
    }

    @Override
    public void run() throws IOException {
        try (Dir dir = Dir.create(path)) {
            Path name = Path.of("file");
            dir.createFile(name, new CreateFlags(FileMode.WRITE, 0600, false, false)).close();
            for (int opens = random.nextInt(1, 5); opens > 0; opens--) {
                AsyncOpenFlags flags = AsyncOpenFlags.of(FileMode.READ_WRITE);
                try (File file = dir.openFile(name, flags)) {
                    for (int steps = random.nextInt(1, 10); steps > 0; steps--) {
                        step(file);
                    }
                }
            }
            EndToEnd.requireEqual("size", content.length, dir.stat(name).size());
            dir.deleteFile(name);
            operations.addAndGet(6);
        }
        Dir.cwd().deleteDir(path);
    }

    private void step(File file) throws IOException {
        operations.incrementAndGet();
        switch (random.nextInt(3)) {
            case 0 -> write(file);
            case 1 -> read(file);
            default -> EndToEnd.requireEqual("size", content.length, file.stat().size());
        }
    }

    private void write(File file) throws IOException {
        int offset = random.nextInt(content.length + 1);
        byte[] part = new byte[random.nextInt(1, BYTES_MAX)];
        random.nextBytes(part);
        file.writeAll(buffer(part.length).put(part).flip(), offset);
        if (offset + part.length > content.length) {
            content = Arrays.copyOf(content, offset + part.length);
        }
        System.arraycopy(part, 0, content, offset, part.length);
    }

    private void read(File file) throws IOException {
        int offset = random.nextInt(content.length + 2);
        int room = random.nextInt(1, BYTES_MAX);
        ByteBuffer into = buffer(room);
        int expected = Math.min(room, content.length - offset);
        int count = file.readAll(into, offset);
        EndToEnd.requireEqual("bytes read", expected <= 0 ? -1 : expected, count);
        if (count > 0 && !into.flip().equals(ByteBuffer.wrap(content, offset, count))) {
            throw new IllegalStateException(
                    "the file has other bytes than were written, at " + offset);
        }
    }

    private ByteBuffer buffer(int length) {
        return random.nextBoolean()
                ? ByteBuffer.allocateDirect(length)
                : ByteBuffer.allocate(length);
    }
}
