package io.tardy;

import io.tardy.aio.TardyIOException;
import io.tardy.channel.ChannelClosedException;
import io.tardy.channel.Spsc;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressMeta;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/** Both ends of a {@code Spsc}, each on its thread. */
public final class SpscStress {

    private SpscStress() {}

    /** A receiver of {@code Spsc} that waits, against a sender on another thread. */
    @JCStressTest
    @Description("A message never stays in a channel whose receiver sleeps.")
    @JCStressMeta(Rounds.class)
    @State
    public static class Recv {
        private final ActorRuntime actor = new ActorRuntime();
        private final Rounds rounds = new Rounds();
        private final Spsc<Rounds> channel = new Spsc<>(Rounds.COUNT);
        private final Spsc<Rounds>.Producer producer = channel.producer(actor.runtime());
        private final Spsc<Rounds>.Consumer consumer = channel.consumer(actor.runtime());

        @Actor
        public void receiver(I_Result result) {
            actor.run(
                    rounds::isTold,
                    () -> {
                        while (!rounds.areOver()) {
                            consumer.recv();
                            rounds.answer();
                        }
                    });
            result.r1 = rounds.outcome(actor);
        }

        @Actor
        public void sender() {
            try {
                for (int i = 0; i < Rounds.COUNT && !actor.hasLost(); i++) {
                    rounds.ask();
                    producer.send(rounds);
                    rounds.told();
                    rounds.awaitAnswer(actor);
                }
            } catch (ChannelClosedException | TardyIOException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    /** A sender of {@code Spsc} that waits for room, against a receiver on another thread. */
    @JCStressTest
    @Description("A sender never sleeps where there is room.")
    @JCStressMeta(Rounds.class)
    @State
    public static class Send {
        private final ActorRuntime actor = new ActorRuntime();
        private final Rounds rounds = new Rounds();
        private final Spsc<Rounds> channel = new Spsc<>(1);
        private final Spsc<Rounds>.Producer producer = channel.producer(actor.runtime());
        private final Spsc<Rounds>.Consumer consumer = channel.consumer(actor.runtime());

        @Actor
        public void sender(I_Result result) {
            actor.run(
                    rounds::isTold,
                    () -> {
                        for (int i = 0; i < channel.capacity(); i++) {
                            producer.send(rounds);
                        }
                        rounds.answering(Thread.currentThread());
                        while (!rounds.areOver()) {
                            producer.send(rounds);
                            rounds.answer();
                        }
                    });
            result.r1 = rounds.outcome(actor);
        }

        @Actor
        public void receiver() {
            rounds.awaitAnswerer();
            try {
                for (int i = 0; i < Rounds.COUNT && !actor.hasLost(); i++) {
                    rounds.ask();
                    consumer.recv();
                    rounds.told();
                    rounds.awaitAnswer(actor);
                }
            } catch (ChannelClosedException | TardyIOException e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
