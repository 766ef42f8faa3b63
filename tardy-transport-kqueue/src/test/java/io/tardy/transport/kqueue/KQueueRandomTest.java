package io.tardy.transport.kqueue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/**
 * Random traffic on a few sockets, held against {@link SocketModel}: no operation waits for what is
 * there, none gets what is not, and no byte is lost, doubled or moved.
 */
class KQueueRandomTest {

    private static final int RUNS = 200;
    private static final int STEPS = 400;
    private static final int SOCKETS = 4;

    @Test
    void noTrafficMakesAnOperationWaitForWhatIsThere() {
        RandomGenerator seeds = new SplittableRandom(seed("KQueueRandomTest"));
        for (int run = 0; run < RUNS; run++) {
            run(seeds.nextLong(), 0);
        }
    }

    /** The test of the test: with one event lost, some run must notice. */
    @Test
    void aSystemThatLosesAnEventIsNoticed() {
        assertThatThrownBy(
                        () -> {
                            for (int run = 0; run < RUNS; run++) {
                                run(run, 50);
                            }
                        })
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("waits for what is there");
    }

    private static void run(long seed, int losesEvent) {
        RandomGenerator random = new SplittableRandom(seed);
        SimSystem system = new SimSystem();
        // Now and then a list of changes so short that most changes wait for a later turn.
        SimRuntime runtime = new SimRuntime(system, random.nextInt(8) == 0 ? 3 : 64);
        runtime.kqueue.losesEvent = losesEvent;
        List<SocketModel> sockets = new ArrayList<>();
        for (int step = 0; step < STEPS; step++) {
            if (sockets.size() < SOCKETS) {
                sockets.add(new SocketModel(runtime, system.newSocket().connected()));
            }
            SocketModel socket = sockets.get(random.nextInt(sockets.size()));
            socket.step(random);
            if (socket.isClosed()) {
                sockets.remove(socket);
            }
            switch (random.nextInt(4)) {
                case 0 -> runtime.turn();
                case 1 -> {
                    runtime.settle();
                    sockets.forEach(SocketModel::requireNothingToDo);
                }
                default -> {}
            }
            sockets.forEach(SocketModel::collect);
        }
        sockets.forEach(SocketModel::close);
        runtime.settle();
        assertThat(runtime.kqueue.strays).as("events for nobody").isZero();
        assertThat(runtime.kqueue.knotes()).isZero();
        assertThat(runtime.kqueue.registrations()).isZero();
        assertThat(system.socketsOpen()).isZero();
    }

    /** Given, or drawn and printed with the command that replays it. */
    private static long seed(String test) {
        Long given = Long.getLong("tardy.seed");
        long seed = given != null ? given : RandomGenerator.getDefault().nextLong();
        System.out.printf(
                "%s: seed %d; replay with ./mvnw verify -pl tardy-transport-kqueue -am"
                        + " -Dtest='%s' -Dsurefire.failIfNoSpecifiedTests=false -Dtardy.seed=%d%n",
                test, seed, test, seed);
        return seed;
    }
}
