package io.tardy.examples;

import java.util.concurrent.Callable;
import java.util.random.RandomGenerator;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@link EndToEnd} for many seeds. */
@Command(
        name = "e2e",
        description =
                "Runs random chains of file and socket operations, each seed one program, and"
                        + " checks everything.",
        mixinStandardHelpOptions = true)
final class EndToEndCommand implements Callable<Integer> {

    @Mixin private RuntimeOptions runtime;

    @Option(names = "--seeds", description = "How many seeds to run (default: 20).")
    private int seeds = 20;

    @Option(
            names = "--seed",
            description = "The first seed; each further one is the next number (default: drawn).")
    private Long seed;

    @Override
    public Integer call() throws Exception {
        long first = seed != null ? seed : RandomGenerator.getDefault().nextInt() & 0x7fff_ffffL;
        EndToEnd endToEnd = new EndToEnd(runtime.transport());
        for (int i = 0; i < seeds; i++) {
            long current = first + i;
            try {
                endToEnd.run(current);
            } catch (Exception | AssertionError e) {
                System.err.printf(
                        "seed %d failed; replay with ./tardy e2e --transport %s --seed %d --seeds"
                                + " 1%n",
                        current, runtime.transport().label(), current);
                throw e;
            }
        }
        System.out.printf(
                "%d seeds from %d on %s: %d chains, %d operations, all as expected; descriptors,"
                        + " direct memory and tasks are back%n",
                seeds,
                first,
                runtime.transport().label(),
                endToEnd.chains(),
                endToEnd.operations());
        return 0;
    }
}
