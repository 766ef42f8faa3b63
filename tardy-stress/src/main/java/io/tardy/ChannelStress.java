package io.tardy;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import io.tardy.aio.CancelledException;
import io.tardy.channel.Channel;
import io.tardy.channel.ChannelClosedException;
import io.tardy.channel.Select;
import java.io.IOException;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressMeta;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;
import org.openjdk.jcstress.infra.results.I_Result;

/** A frame at a {@code Channel}, and another thread. */
public final class ChannelStress {

    private ChannelStress() {}

    /** A message that is sent while the channel is closed: it is refused, or received. */
    @JCStressTest
    @Description("What a closed channel has taken is received, and nothing else.")
    @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "It was sent before the close.")
    @Outcome(id = "0, 0", expect = ACCEPTABLE, desc = "It was refused.")
    @Outcome(expect = FORBIDDEN, desc = "It is lost, or was received though it was refused.")
    @State
    public static class SendAgainstClose {
        private final Channel<Integer> channel = Channel.buffered(1);

        @Actor
        public void sender(II_Result result) {
            try {
                result.r1 = channel.trySend(1) ? 1 : -1;
            } catch (ChannelClosedException e) {
                result.r1 = 0;
            }
        }

        @Actor
        public void closer() {
            channel.close();
        }

        @Arbiter
        public void end(II_Result result) {
            try {
                Integer received = channel.tryRecv();
                result.r2 = received == null ? -1 : received;
            } catch (ChannelClosedException e) {
                result.r2 = 0;
            }
        }
    }

    /** A receiver that waits and is told to give up, against the thread that hands over. */
    @JCStressTest
    @Description("A message that is handed over during a cancel is not lost.")
    @JCStressMeta(Rounds.class)
    @State
    public static class RecvAgainstCancel {
        private final ActorRuntime actor = new ActorRuntime();
        private final Rounds rounds = new Rounds();
        private final Channel<Integer> channel = Channel.rendezvous();

        @Actor
        public void frame(I_Result result) {
            actor.run(
                    rounds::isTold,
                    () -> {
                        rounds.answering(Thread.currentThread());
                        for (int i = 0; i < Rounds.COUNT; i++) {
                            int received = receive();
                            Thread.interrupted(); // it came before the message
                            if (received == i) {
                                rounds.answer();
                            }
                        }
                    });
            result.r1 = channel.receiving() == 0 ? rounds.outcome(actor) : -2;
        }

        private int receive() throws IOException {
            try {
                return channel.recv();
            } catch (CancelledException e) {
                Thread.interrupted();
                return channel.recv();
            }
        }

        @Actor
        public void sender() {
            Thread frame = rounds.awaitAnswerer();
            for (int i = 0; i < Rounds.COUNT && !actor.hasLost(); i++) {
                rounds.ask();
                frame.interrupt();
                offer(actor, channel, i);
                rounds.told();
                rounds.awaitAnswer(actor);
            }
        }
    }

    /** A sender that waits for room and is told to give up, against the thread that makes it. */
    @JCStressTest
    @Description("A message whose sender is told to give up is received, or was not sent.")
    @JCStressMeta(Rounds.class)
    @State
    public static class SendAgainstCancel {
        private final ActorRuntime actor = new ActorRuntime();
        private final Rounds rounds = new Rounds();
        private final Channel<Integer> channel = Channel.rendezvous();

        @Actor
        public void frame(I_Result result) {
            actor.run(
                    rounds::isTold,
                    () -> {
                        rounds.answering(Thread.currentThread());
                        for (int i = 0; i < Rounds.COUNT; i++) {
                            send(i);
                            Thread.interrupted(); // it came before the receipt
                            rounds.answer();
                        }
                    });
            result.r1 = channel.sending() == 0 ? rounds.outcome(actor) : -2;
        }

        private void send(int message) throws IOException {
            try {
                channel.send(message);
            } catch (CancelledException e) {
                Thread.interrupted();
                channel.send(message);
            }
        }

        @Actor
        public void receiver() {
            Thread frame = rounds.awaitAnswerer();
            for (int i = 0; i < Rounds.COUNT && !actor.hasLost(); i++) {
                rounds.ask();
                frame.interrupt();
                // Twice the same, if it was sent though it was given up.
                if (take(actor, channel) == i) {
                    rounds.told();
                    rounds.awaitAnswer(actor);
                }
            }
        }
    }

    /** A receiver that waits, against the close. */
    @JCStressTest
    @Description("Nobody sleeps in a channel that is closed.")
    @JCStressMeta(Rounds.class)
    @State
    public static class RecvAgainstClose {
        private final ActorRuntime actor = new ActorRuntime();
        private final Rounds rounds = new Rounds();
        private final Channel<?>[] channels = new Channel<?>[Rounds.COUNT];

        public RecvAgainstClose() {
            for (int i = 0; i < channels.length; i++) {
                channels[i] = Channel.rendezvous();
            }
        }

        @Actor
        public void frame(I_Result result) {
            actor.run(
                    rounds::isTold,
                    () -> {
                        for (Channel<?> channel : channels) {
                            if (channel.next() == null) {
                                rounds.answer();
                            }
                        }
                    });
            result.r1 = rounds.outcome(actor);
        }

        @Actor
        public void closer() {
            for (int i = 0; i < Rounds.COUNT && !actor.hasLost(); i++) {
                rounds.ask();
                channels[i].close();
                rounds.told();
                rounds.awaitAnswer(actor);
            }
        }
    }

    /** A {@code Select} over two channels, against a thread that uses one and tries the other. */
    @JCStressTest
    @Description("A select does one thing, and sleeps while none is possible.")
    @JCStressMeta(Rounds.class)
    @State
    public static class Selecting {
        private final ActorRuntime actor = new ActorRuntime();
        private final Rounds rounds = new Rounds();
        private final Channel<Integer> in = Channel.rendezvous();
        private final Channel<Integer> out = Channel.rendezvous();

        @Actor
        public void frame(I_Result result) {
            Select<Integer> select =
                    new Select<Integer>().recv(in, message -> message).send(out, 1, () -> 1);
            actor.run(
                    rounds::isTold,
                    () -> {
                        while (!rounds.areOver()) {
                            select.run();
                            rounds.answer();
                        }
                    });
            result.r1 = in.receiving() + out.sending() == 0 ? rounds.outcome(actor) : -2;
        }

        @Actor
        public void thread() {
            for (int i = 0; i < Rounds.COUNT && !actor.hasLost(); i++) {
                rounds.ask();
                if (i % 2 == 0) {
                    offer(actor, in, i);
                } else {
                    take(actor, out);
                }
                rounds.told();
                rounds.awaitAnswer(actor);
            }
        }
    }

    private static void offer(ActorRuntime actor, Channel<Integer> channel, int message) {
        try {
            while (!channel.trySend(message) && !actor.hasLost()) {
                Thread.onSpinWait();
            }
        } catch (ChannelClosedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static int take(ActorRuntime actor, Channel<Integer> channel) {
        try {
            Integer message;
            while ((message = channel.tryRecv()) == null && !actor.hasLost()) {
                Thread.onSpinWait();
            }
            return message == null ? -1 : message;
        } catch (ChannelClosedException e) {
            throw new IllegalStateException(e);
        }
    }
}
