package io.tardy;

import io.tardy.channel.Channel;
import io.tardy.channel.Select;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressMeta;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/** A frame in a {@code Select}, and frames of another runtime. */
public final class SelectStress {

    private SelectStress() {}

    /** It waits for a frame that ends, or for a message that never comes. */
    @JCStressTest
    @Description("The end of a frame is not missed.")
    @JCStressMeta(Rounds.class)
    @State
    public static class Join {
        private final ActorRuntime actor = new ActorRuntime();
        private final ActorRuntime other = new ActorRuntime();
        private final Rounds rounds = new Rounds();
        private final Channel<Integer> silent = Channel.rendezvous();
        private final AtomicReferenceArray<Frame<Integer>> frames =
                new AtomicReferenceArray<>(Rounds.COUNT);

        @Actor
        public void selecting(I_Result result) {
            actor.run(
                    rounds::isToldLongAgo, // who joins beside other things meets a monitor
                    () -> {
                        for (int i = 0; i < Rounds.COUNT; i++) {
                            Frame<Integer> frame;
                            while ((frame = frames.get(i)) == null) {
                                if (actor.hasLost()) {
                                    return;
                                }
                                Thread.onSpinWait();
                            }
                            Select<Integer> select =
                                    new Select<Integer>()
                                            .recv(silent, message -> message)
                                            .join(frame, value -> value);
                            if (select.run() == i) {
                                rounds.answer();
                            }
                        }
                    });
            result.r1 = silent.receiving() == 0 ? rounds.outcome(actor) : -2;
        }

        @Actor
        public void ending() {
            other.run(
                    () -> false,
                    () -> {
                        for (int i = 0; i < Rounds.COUNT && !actor.hasLost(); i++) {
                            int value = i;
                            rounds.ask();
                            Frame<Integer> frame = other.runtime().spawnCall(() -> value);
                            frames.set(i, frame);
                            frame.join();
                            rounds.told();
                            rounds.awaitAnswer(actor);
                        }
                    });
        }
    }
}
