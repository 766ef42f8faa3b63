package io.tardy.bench;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.Callable;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.CommandLineOptionException;
import org.openjdk.jmh.runner.options.CommandLineOptions;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Unmatched;

/** Runs the benchmarks of {@link io.tardy.bench.micro} by JMH, with the flags that they need. */
@Command(
        name = "micro",
        description = {
            "What single steps cost, beside virtual threads, Netty's tasks and coroutines, by JMH.",
            "Takes JMH's options too: 'micro PingPong -f 3', 'micro -l', 'micro -- -h'."
        },
        mixinStandardHelpOptions = true)
final class MicroCommand implements Callable<Integer> {

    /**
     * What {@code java -jar} takes from the manifest, and the flags of the servers that we compare.
     * A million frames that wait take a gigabyte and a half.
     */
    private static final List<String> JVM_FLAGS =
            List.of(
                    "--add-opens=java.base/java.lang=ALL-UNNAMED",
                    "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED",
                    "--enable-native-access=ALL-UNNAMED",
                    "--sun-misc-unsafe-memory-access=allow",
                    "-XX:+UseParallelGC",
                    "-Xms3g",
                    "-Xmx3g");

    @Option(
            names = "--ratios",
            description = {
                "Runs what has a goal, in turns, and prints each ratio beside its goal;",
                "status 1 if one is missed."
            })
    private boolean isOfRatios;

    @Option(names = "--rounds", description = "How many turns for --ratios (default: 3).")
    private int rounds = 3;

    @Unmatched private List<String> jmhOptions = new ArrayList<>();

    @Spec private CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        CommandLineOptions given = parse();
        if (isOfRatios) {
            return ratios(given);
        }
        if (given.shouldHelp()) {
            given.showHelp();
            return 0;
        }
        Runner runner = new Runner(withFlags(given).build());
        if (given.shouldList()) {
            runner.list();
        } else {
            runner.run();
        }
        return 0;
    }

    private CommandLineOptions parse() throws Exception {
        jmhOptions.remove("--");
        try {
            return new CommandLineOptions(jmhOptions.toArray(String[]::new));
        } catch (CommandLineOptionException e) {
            throw new ParameterException(
                    spec.commandLine(), e.getMessage() + "; 'micro -- -h' has JMH's options");
        }
    }

    private static ChainedOptionsBuilder withFlags(CommandLineOptions given) {
        List<String> flags = new ArrayList<>(JVM_FLAGS);
        flags.addAll(given.getJvmArgsPrepend().orElse(List.of()));
        return new OptionsBuilder().parent(given).jvmArgsPrepend(flags.toArray(String[]::new));
    }

    /** Rounds side by side, for machines whose speed changes from minute to minute. */
    private int ratios(CommandLineOptions given) throws RunnerException {
        Ratios ratios = new Ratios();
        for (int round = 1; round <= rounds; round++) {
            for (Goal goal : Goal.ALL) {
                Collection<RunResult> results = run(goal, given);
                ratios.add(goal, results);
            }
            System.out.printf("after round %d of %d:%n%s%n", round, rounds, ratios);
        }
        return ratios.areMet() ? 0 : 1;
    }

    private static Collection<RunResult> run(Goal goal, CommandLineOptions given)
            throws RunnerException {
        ChainedOptionsBuilder options = withFlags(given);
        options.include(goal.pattern());
        goal.parameters().forEach(options::param);
        return new Runner(options.build()).run();
    }
}
