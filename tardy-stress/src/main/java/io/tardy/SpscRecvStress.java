package io.tardy;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import io.tardy.aio.TardyIOException;
import io.tardy.channel.ChannelClosedException;
import io.tardy.channel.Spsc;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/** A receiver of {@code Spsc} that waits, against a sender on another thread. */
@JCStressTest
@Description("A message never stays in a channel whose receiver sleeps.")
@Outcome(id = Rounds.ALL, expect = ACCEPTABLE, desc = "Every message has reached the receiver.")
@Outcome(expect = FORBIDDEN, desc = "The receiver has slept beside a message.")
@State
public class SpscRecvStress {
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
