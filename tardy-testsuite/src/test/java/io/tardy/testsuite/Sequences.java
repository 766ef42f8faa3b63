package io.tardy.testsuite;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Collectors;

/**
 * Many random sequences of steps, each from a seed of its own. One that fails is made as short as
 * it can be and still fails, and is shown with the command that replays it.
 *
 * @param <S> a step: what it says of itself is shown
 */
final class Sequences<S> {

    /** A third of them on each transport; more with {@code -Dtardy.sequences}. */
    private static final int ALL = Integer.getInteger("tardy.sequences", 10_000);

    /** Only this one, of the seed that is given. */
    private static final Integer ONLY = Integer.getInteger("tardy.sequence");

    /** Makes steps. */
    interface Maker<S> {
        List<S> make(SplittableRandom random);
    }

    /** Does steps, in a frame; throws if something is otherwise than expected. */
    interface Runner<S> {
        void run(List<S> steps) throws Exception;
    }

    private final String test;
    private final Maker<S> maker;
    private final Runner<S> runner;

    Sequences(String test, Maker<S> maker, Runner<S> runner) {
        this.test = test;
        this.maker = maker;
        this.runner = runner;
    }

    /**
     * Runs a part of all sequences, in a frame.
     *
     * @param part the share of this test on this transport: one in so many
     */
    void run(int part) throws Exception {
        long seed = Seeds.draw(test);
        int count = Math.max(1, ALL / part);
        for (int index = ONLY == null ? 0 : ONLY; index < count; index++) {
            List<S> steps = maker.make(new SplittableRandom(seed + index * 0x9E3779B97F4A7C15L));
            Throwable failure = failureOf(steps);
            if (failure != null) {
                throw failed(seed, index, steps, failure);
            }
            if (ONLY != null) {
                return;
            }
        }
    }

    private Throwable failureOf(List<S> steps) {
        try {
            runner.run(steps);
            return null;
        } catch (Exception | AssertionError e) {
            return e;
        }
    }

    private AssertionError failed(long seed, int index, List<S> steps, Throwable failure) {
        List<S> shortest = steps;
        Throwable cause = failure;
        for (int i = 0; i < shortest.size(); ) {
            List<S> without = new ArrayList<>(shortest);
            without.remove(i);
            Throwable stillFails = failureOf(without);
            if (stillFails == null) {
                i++;
            } else {
                shortest = without;
                cause = stillFails;
            }
        }
        return new AssertionError(
                "%s: sequence %d of seed %d fails; replay with -Dtardy.seed=%d -Dtardy.sequence=%d; at its shortest:%n%s%n%s"
                        .formatted(
                                test,
                                index,
                                seed,
                                seed,
                                index,
                                shortest.stream()
                                        .map(step -> "  " + step)
                                        .collect(Collectors.joining("\n")),
                                cause),
                cause);
    }
}
