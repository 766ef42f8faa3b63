package io.tardy.fs;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import io.tardy.aio.LockMode;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZZ_Result;

/** Frames of two runtimes that share a file, and lock parts of it that overlap. */
public final class FileLocksStress {

    private FileLocksStress() {}

    private static boolean isAdded(FileLocks locks, FileLock lock) {
        try {
            locks.add(lock);
            return true;
        } catch (IllegalStateException e) {
            return false;
        }
    }

    /** {@code FileLocks.add} twice. */
    @JCStressTest
    @Description("One of two that lock overlapping parts of one open file is refused.")
    @Outcome(
            id = {"true, false, false", "false, true, false"},
            expect = ACCEPTABLE,
            desc = "One of them.")
    @Outcome(expect = FORBIDDEN, desc = "Both, or nobody, or it was forgotten.")
    @State
    public static class Add {
        private final FileLocks locks = new FileLocks();

        @Actor
        public void one(ZZZ_Result result) {
            result.r1 = isAdded(locks, new FileLock(null, LockMode.EXCLUSIVE, 0, 10));
        }

        @Actor
        public void other(ZZZ_Result result) {
            result.r2 = isAdded(locks, new FileLock(null, LockMode.SHARED, 9, 10));
        }

        @Arbiter
        public void third(ZZZ_Result result) {
            result.r3 = isAdded(locks, new FileLock(null, LockMode.SHARED, 5, 10));
        }
    }
}
