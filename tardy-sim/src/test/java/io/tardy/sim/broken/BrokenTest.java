package io.tardy.sim.broken;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Whether simulations find what they are for: each {@link Mutant} fails its scenario, with one of
 * the first thousand seeds, and the code as it is does not.
 */
class BrokenTest {

    private static final long SEEDS_MAX = 1_000;

    /** So many pass in any case. */
    private static final long SEEDS_MIN = 100;

    private static final Path PAGE = Path.of("../docs/simulation-broken.md");
    private static final Path TABLE = Path.of("target/broken.md");

    /** What mutants log is what they are for. */
    private static final List<Logger> LOGGERS =
            Stream.of("io.tardy", "io.netty").map(Logger::getLogger).toList();

    private static final List<Found> RESULTS = new ArrayList<>();

    /**
     * @param seeds how many it took, from seed 0 on; 0 if it was not found
     * @param failure the message's beginning
     */
    private record Found(Mutant mutant, long seeds, String failure) {}

    @BeforeAll
    static void search() throws Exception {
        LOGGERS.forEach(logger -> logger.setLevel(Level.OFF));
        for (Mutant mutant : Mutants.all()) {
            RESULTS.add(find(mutant));
        }
        List<String> table = new ArrayList<>(List.of(header(), "| --- | --- | --- | --- | --- |"));
        RESULTS.forEach(found -> table.add(row(found.mutant()) + found.seeds() + " |"));
        Files.write(TABLE, table);
    }

    @AfterAll
    static void logAgain() {
        LOGGERS.forEach(logger -> logger.setLevel(null));
    }

    private static String header() {
        return "| broken | what happens | where | scenario | seeds |";
    }

    /** But for the number of seeds. */
    private static String row(Mutant mutant) {
        return "| %s | %s | `%s` | `%s` | "
                .formatted(
                        mutant.name(), mutant.breaks(), mutant.place(), mutant.scenario().title());
    }

    private static Found find(Mutant mutant) throws Exception {
        Broken loader = new Broken(mutant);
        BiFunction<String, Long, @Nullable AssertionError> runner = runner(loader);
        for (long seed = 0; seed < SEEDS_MAX; seed++) {
            AssertionError failure = runner.apply(mutant.scenario().name(), seed);
            assertThat(loader.isApplied()).as("%s is in use", mutant).isTrue();
            if (failure != null) {
                return new Found(mutant, seed + 1, failure.getMessage().lines().findFirst().get());
            }
        }
        return new Found(mutant, 0, "");
    }

    /** Of classes that this loader has made, of which ours are others. */
    @SuppressWarnings("unchecked")
    private static BiFunction<String, Long, @Nullable AssertionError> runner(Broken loader)
            throws ReflectiveOperationException {
        var constructor =
                loader.loadClass(Scenario.Runner.class.getName()).getDeclaredConstructor();
        constructor.setAccessible(true);
        return (BiFunction<String, Long, AssertionError>) constructor.newInstance();
    }

    @Test
    void eachMutantIsFound() {
        assertThat(RESULTS).filteredOn(found -> found.seeds() == 0).isEmpty();
    }

    @Test
    void theCodeAsItIsPassesTheSameSeeds() throws Exception {
        Map<Scenario, Long> seeds = new EnumMap<>(Scenario.class);
        RESULTS.forEach(
                found ->
                        seeds.merge(
                                found.mutant().scenario(),
                                Math.max(found.seeds(), SEEDS_MIN),
                                Math::max));
        assertThat(seeds).containsOnlyKeys(Scenario.values());
        BiFunction<String, Long, @Nullable AssertionError> runner = runner(new Broken(null));
        for (Scenario scenario : Scenario.values()) {
            for (long seed = 0; seed < seeds.get(scenario); seed++) {
                AssertionError failure = runner.apply(scenario.name(), seed);
                if (failure != null) {
                    throw new AssertionError(scenario + " fails", failure);
                }
            }
        }
    }

    /** All but the numbers, which other changes change; {@link #TABLE} has those of now. */
    @Test
    void thePageTellsOfEach() throws Exception {
        List<String> told =
                Files.readAllLines(PAGE).stream().filter(line -> line.startsWith("|")).toList();
        assertThat(told).first().isEqualTo(header());
        List<Mutant> mutants = Mutants.all();
        assertThat(told).as("rows, beside two of the head").hasSize(mutants.size() + 2);
        for (int i = 0; i < mutants.size(); i++) {
            assertThat(told.get(i + 2))
                    .matches("\\Q" + row(mutants.get(i)) + "\\E[1-9][0-9]{0,3} \\|");
        }
    }
}
