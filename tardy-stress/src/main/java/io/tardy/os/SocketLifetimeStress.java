package io.tardy.os;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;
import org.openjdk.jcstress.infra.results.I_Result;

/** A socket that is closed while runtimes attach to it and detach from it. */
public final class SocketLifetimeStress {

    private SocketLifetimeStress() {}

    /** {@code SocketLifetime.attach} against {@code close}. */
    @JCStressTest
    @Description("Who has attached hears of the close; who has not, has nothing to let go.")
    @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "Attached, and told to let go.")
    @Outcome(
            id = "0, 0",
            expect = ACCEPTABLE,
            desc = "Closed first: could not attach, and is not told.")
    @Outcome(expect = FORBIDDEN, desc = "Attached and never told, or told for nothing.")
    @State
    public static class Attach {
        private final CountingSocket socket = new CountingSocket();
        private final CountingAttachment attachment = new CountingAttachment();

        @Actor
        public void user(II_Result result) {
            result.r1 = socket.attach(attachment) ? 1 : 0;
        }

        @Actor
        public void closer() {
            socket.close();
        }

        @Arbiter
        public void end(II_Result result) {
            result.r2 = attachment.told();
        }
    }

    /** {@code SocketLifetime.attach} and {@code detach} against {@code close}. */
    @JCStressTest
    @Description("A descriptor stays open while a runtime is attached, and is given back once.")
    @Outcome(id = "0, 1", expect = ACCEPTABLE, desc = "It was open while it was attached.")
    @Outcome(
            id = "-1, 1",
            expect = ACCEPTABLE,
            desc = "It was closed first, and nobody could attach.")
    @Outcome(
            expect = FORBIDDEN,
            desc = "Given back while a runtime was attached, or twice, or never.")
    @State
    public static class Hold {
        private final CountingSocket socket = new CountingSocket();

        @Actor
        public void user(II_Result result) {
            CountingAttachment attachment = new CountingAttachment();
            if (socket.attach(attachment)) {
                result.r1 = socket.descriptorsClosed();
                socket.detach(attachment);
            } else {
                result.r1 = -1;
            }
        }

        @Actor
        public void closer() {
            socket.close();
        }

        @Arbiter
        public void end(II_Result result) {
            result.r2 = socket.descriptorsClosed();
        }
    }

    /**
     * A runtime that detaches from a {@code SocketLifetime} because it ends, and again because it
     * was told to.
     */
    @JCStressTest
    @Description("A second detach of the same attachment does nothing.")
    @Outcome(id = "1", expect = ACCEPTABLE, desc = "The descriptor was given back once.")
    @Outcome(expect = FORBIDDEN, desc = "Never, or twice.")
    @State
    public static class DetachTwice {
        private final CountingSocket socket = new CountingSocket();
        private final CountingAttachment attachment = new CountingAttachment();

        public DetachTwice() {
            socket.attach(attachment);
        }

        @Actor
        public void runtime() {
            socket.detach(attachment);
        }

        @Actor
        public void closer() {
            socket.close();
            if (attachment.told() > 0) {
                socket.detach(attachment);
            }
        }

        @Arbiter
        public void end(I_Result result) {
            result.r1 = socket.descriptorsClosed();
        }
    }

    /** Two runtimes that let go of a {@code SocketLifetime} which was closed. */
    @JCStressTest
    @Description("One of the two was the last.")
    @Outcome(id = "1", expect = ACCEPTABLE, desc = "The descriptor was given back once.")
    @Outcome(expect = FORBIDDEN, desc = "Never, or twice.")
    @State
    public static class LastDetach {
        private final CountingSocket socket = new CountingSocket();
        private final CountingAttachment one = new CountingAttachment();
        private final CountingAttachment other = new CountingAttachment();

        public LastDetach() {
            socket.attach(one);
            socket.attach(other);
            socket.close();
        }

        @Actor
        public void one() {
            socket.detach(one);
        }

        @Actor
        public void other() {
            socket.detach(other);
        }

        @Arbiter
        public void end(I_Result result) {
            result.r1 = socket.descriptorsClosed();
        }
    }
}
