package io.tardy.examples.sim;

import io.tardy.aio.AsyncOpenFlags;
import io.tardy.aio.FileMode;
import io.tardy.aio.LockMode;
import io.tardy.examples.Directories;
import io.tardy.fs.Dir;
import io.tardy.fs.File;
import io.tardy.fs.FileLock;
import io.tardy.sim.Sim;
import io.tardy.sim.SimHost;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * Chains of operations on files, compared with copies in memory, while reads and writes are short
 * and fail and the disk is full. What a failed write was to change has the old or the new bytes;
 * everything else is as it was.
 */
final class FilesScenario implements Scenario {

    private static final int WRITE_BYTES_MAX = 3000;
    private static final int TRIES_MAX = 200;

    @Override
    public String name() {
        return "files";
    }

    @Override
    public void run(Sim sim) throws Exception {
        boolean isSmall = sim.random(3) == 0;
        if (isSmall) {
            sim.faults(sim.faults().disk(sim.faults().disk().withCapacity(16 * 1024)));
        }
        SimHost host = sim.host("host").runtimes(1 + sim.random(2));
        SplittableRandom random = new SplittableRandom(sim.random(1 << 30));
        host.start(
                rt -> {
                    for (int i = random.nextInt(1, 4); i > 0; i--) {
                        Path path = Path.of("/" + rt.id() + "-" + i);
                        Chain chain = new Chain(random.split(), path, mayFail(sim, isSmall));
                        rt.spawn("chain " + path, chain::run);
                    }
                });
        host.await();
    }

    private static boolean mayFail(Sim sim, boolean isSmall) {
        var disk = sim.faults().disk();
        return isSmall
                || disk.readErrorChance() > 0
                || disk.writeErrorChance() > 0
                || disk.pathErrorChance() > 0
                || disk.syncErrorChance() > 0;
    }

    /** Something that may fail. */
    private interface Attempt {
        void run() throws IOException;
    }

    private static final class Chain {

        private final SplittableRandom random;
        private final Path directory;
        private final Path path;
        private final boolean mayFail;
        private byte[] content = new byte[0];

        Chain(SplittableRandom random, Path directory, boolean mayFail) {
            this.random = random;
            this.directory = directory;
            this.path = directory.resolve("file");
            this.mayFail = mayFail;
        }

        void run() throws IOException {
            insist(() -> Directories.make(directory)); // it is there even if only opening it failed
            for (int opens = random.nextInt(1, 4); opens > 0; opens--) {
                File[] file = new File[1];
                insist(() -> file[0] = File.open(path, flags(random.nextBoolean())));
                for (int steps = random.nextInt(1, 8); steps > 0; steps--) {
                    step(file[0]);
                }
                file[0].close();
            }
            insist(() -> Dir.cwd().deleteFile(path));
            insist(() -> Dir.cwd().deleteDir(directory));
        }

        private static AsyncOpenFlags flags(boolean sync) {
            AsyncOpenFlags flags =
                    AsyncOpenFlags.of(FileMode.READ_WRITE).withCreate().withPermissions(0600);
            return sync ? flags.withSync() : flags;
        }

        /** Until it works. */
        private void insist(Attempt attempt) throws IOException {
            for (int tries = 1; ; tries++) {
                try {
                    attempt.run();
                    return;
                } catch (IOException e) {
                    if (!mayFail || tries == TRIES_MAX) {
                        throw e;
                    }
                }
            }
        }

        private void step(File file) throws IOException {
            switch (random.nextInt(5)) {
                case 0, 1 -> write(file, random.nextInt(content.length + 1));
                case 2 -> read(file, random.nextInt(content.length + 2));
                case 3 -> allocate(file, random.nextInt(content.length + 1));
                default -> insist(() -> requireSize(file, content.length, content.length));
            }
        }

        private static void requireSize(File file, long least, long most) throws IOException {
            long size = file.stat().size();
            Check.that(
                    size >= least && size <= most,
                    "size " + size + " is not from " + least + " to " + most);
        }

        private void write(File file, int offset) throws IOException {
            byte[] part = new byte[random.nextInt(1, WRITE_BYTES_MAX)];
            random.nextBytes(part);
            byte[] after = Arrays.copyOf(content, Math.max(content.length, offset + part.length));
            System.arraycopy(part, 0, after, offset, part.length);
            try (FileLock lock = file.lock(LockMode.EXCLUSIVE, offset, part.length)) {
                file.writeAll(ByteBuffer.wrap(part), lock.offset());
                content = after;
            } catch (IOException e) {
                if (!mayFail) {
                    throw e;
                }
                lookWhatIsThere(file, offset, part.length, after);
            }
        }

        /** All of it, or nothing. */
        private void allocate(File file, int offset) throws IOException {
            int length = random.nextInt(1, WRITE_BYTES_MAX);
            try {
                file.allocate(offset, length);
                content = Arrays.copyOf(content, Math.max(content.length, offset + length));
            } catch (IOException e) {
                if (!mayFail) {
                    throw e;
                }
            }
        }

        /** A write has failed. */
        private void lookWhatIsThere(File file, int offset, int count, byte[] after)
                throws IOException {
            insist(() -> requireSize(file, content.length, after.length));
            ByteBuffer there = ByteBuffer.allocate(after.length + 1);
            insist(() -> file.readAll(there.clear(), 0));
            byte[] found = Arrays.copyOf(there.array(), there.flip().limit());
            for (int i = 0; i < found.length; i++) {
                boolean isOld = i < content.length && found[i] == content[i];
                boolean isNew = i >= offset && i < offset + count && found[i] == after[i];
                Check.that(isOld || isNew, "byte " + i + " is neither as before nor as written");
            }
            content = found;
        }

        private void read(File file, int offset) throws IOException {
            ByteBuffer into = ByteBuffer.allocate(random.nextInt(1, WRITE_BYTES_MAX));
            int expected = Math.min(into.capacity(), content.length - offset);
            int[] count = new int[1];
            insist(() -> count[0] = file.readAll(into.clear(), offset));
            Check.equal(expected <= 0 ? -1 : expected, count[0], "bytes read at " + offset);
            Check.that(
                    expected <= 0 || into.flip().equals(ByteBuffer.wrap(content, offset, expected)),
                    "the bytes at " + offset + " are those that were written");
        }
    }
}
