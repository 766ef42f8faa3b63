package io.tardy.os;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;
import org.openjdk.jcstress.infra.results.I_Result;
import org.openjdk.jcstress.infra.results.ZZ_Result;

/** A file that is closed, held and released by two threads. */
public final class FileHandleStress {

    private FileHandleStress() {}

    /** {@code FileHandle.close} twice. */
    @JCStressTest
    @Description("One of two that close a file has to give the descriptor back.")
    @Outcome(
            id = {"true, false", "false, true"},
            expect = ACCEPTABLE,
            desc = "One of them.")
    @Outcome(expect = FORBIDDEN, desc = "Both, or nobody.")
    @State
    public static class Close {
        private final CountingFile file = new CountingFile();

        @Actor
        public void one(ZZ_Result result) {
            result.r1 = file.close();
        }

        @Actor
        public void other(ZZ_Result result) {
            result.r2 = file.close();
        }
    }

    /** {@code FileHandle.hold} and {@code release} against {@code close}. */
    @JCStressTest
    @Description("A descriptor stays open while it is held, and is given back once.")
    @Outcome(id = "0, 1", expect = ACCEPTABLE, desc = "It was open while it was held.")
    @Outcome(
            id = "-1, 1",
            expect = ACCEPTABLE,
            desc = "It was closed first, and could not be held.")
    @Outcome(expect = FORBIDDEN, desc = "Given back while it was held, or twice, or never.")
    @State
    public static class Hold {
        private final CountingFile file = new CountingFile();

        @Actor
        public void user(II_Result result) {
            FileHandle.User user = () -> {};
            if (file.hold(user)) {
                result.r1 = file.descriptorsClosed();
                file.release(user);
            } else {
                result.r1 = -1;
            }
        }

        @Actor
        public void closer() {
            if (file.close()) {
                file.closeDescriptor();
            }
        }

        @Arbiter
        public void end(II_Result result) {
            result.r2 = file.descriptorsClosed();
        }
    }

    /** {@code FileHandle.release} of the only user against {@code close}. */
    @JCStressTest
    @Description("The user that ends and the one that closes agree who gives the descriptor back.")
    @Outcome(id = "1, 0", expect = ACCEPTABLE, desc = "The use has ended first.")
    @Outcome(
            id = "1, 1",
            expect = ACCEPTABLE,
            desc = "Closed while in use, which the user was told.")
    @Outcome(expect = FORBIDDEN, desc = "Given back never, or twice.")
    @State
    public static class Release {
        private final CountingFile file = new CountingFile();
        private final AtomicInteger told = new AtomicInteger();
        private final FileHandle.User user = told::incrementAndGet;

        public Release() {
            file.hold(user);
        }

        @Actor
        public void user() {
            file.release(user);
        }

        @Actor
        public void closer() {
            if (file.close()) {
                file.closeDescriptor();
            }
        }

        @Arbiter
        public void end(II_Result result) {
            result.r1 = file.descriptorsClosed();
            result.r2 = told.get();
        }
    }

    /** Two that hold a {@code FileHandle} which was closed, and both release it. */
    @JCStressTest
    @Description("One of the two was the last.")
    @Outcome(id = "1", expect = ACCEPTABLE, desc = "The descriptor was given back once.")
    @Outcome(expect = FORBIDDEN, desc = "Never, or twice.")
    @State
    public static class LastRelease {
        private final CountingFile file = new CountingFile();
        private final FileHandle.User one = () -> {};
        private final FileHandle.User other = () -> {};

        public LastRelease() {
            file.hold(one);
            file.hold(other);
            file.close();
        }

        @Actor
        public void one() {
            file.release(one);
        }

        @Actor
        public void other() {
            file.release(other);
        }

        @Arbiter
        public void end(I_Result result) {
            result.r1 = file.descriptorsClosed();
        }
    }
}
