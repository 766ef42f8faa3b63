package io.tardy.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.tardy.bench.micro.Runtimes;
import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** Every benchmark runs, shortly and in this JVM: what it says of speed is of no use. */
@Timeout(300)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class MicroTest {

    private static final String MILLION = "1000000";
    private static final String FEW = "1000";

    private Collection<RunResult> results;

    @BeforeAll
    void run() throws Exception {
        results = new Runner(tiny()).run();
    }

    private static Options tiny() {
        return new OptionsBuilder()
                .forks(0)
                .warmupIterations(0)
                .measurementIterations(1)
                .measurementTime(TimeValue.milliseconds(1))
                .param("pending", FEW)
                .param("count", FEW)
                .param("fileMib", "1")
                .shouldFailOnError(true) // as a benchmark does that misses a step
                .verbosity(VerboseMode.SILENT)
                .build();
    }

    @Test
    void everyBenchmarkWasCalled() throws Exception {
        Set<String> called =
                results.stream()
                        .map(result -> result.getParams().getBenchmark())
                        .collect(Collectors.toSet());
        assertThat(called).hasSizeGreaterThan(30).isEqualTo(written());
        assertThat(results)
                .allSatisfy(
                        result -> {
                            assertThat(result.getPrimaryResult().getSampleCount()).isPositive();
                            assertThat(result.getPrimaryResult().getScore()).isPositive();
                        });
    }

    /** What the classes have, as opposed to what JMH has made of it. */
    private static Set<String> written() throws Exception {
        Path classes =
                Path.of(Runtimes.class.getProtectionDomain().getCodeSource().getLocation().toURI())
                        .resolve(Runtimes.class.getPackageName().replace('.', '/'));
        return classNames(classes).stream()
                .flatMap(name -> Stream.of(load(name).getDeclaredMethods()))
                .filter(method -> method.isAnnotationPresent(Benchmark.class))
                .map(MicroTest::name)
                .collect(Collectors.toSet());
    }

    private static List<String> classNames(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(file -> file.endsWith(".class") && !file.equals("package-info.class"))
                    .map(file -> file.substring(0, file.length() - ".class".length()))
                    .toList();
        }
    }

    private static Class<?> load(String name) {
        try {
            return Class.forName(Runtimes.class.getPackageName() + "." + name);
        } catch (ClassNotFoundException e) {
            throw new AssertionError(e);
        }
    }

    private static String name(Method method) {
        return method.getDeclaringClass().getName() + "." + method.getName();
    }

    @Test
    void everyGoalFindsWhatItIsAbout() {
        Ratios ratios = new Ratios();
        for (Goal goal : Goal.ALL) {
            ratios.add(withFew(goal), results);
        }
        assertThat(ratios.toString().lines().skip(2))
                .hasSameSizeAs(Goal.ALL)
                .allSatisfy(
                        line ->
                                assertThat(line)
                                        .matches("\\| .* \\| [≥<] .* \\| .*\\d\\.\\d\\d.* \\|"));
    }

    private static Goal withFew(Goal goal) {
        Map<String, String> parameters = new LinkedHashMap<>(goal.parameters());
        parameters.replaceAll((name, value) -> value.equals(MILLION) ? FEW : value);
        return new Goal(
                goal.name(), goal.step(), parameters, goal.other(), goal.count(), goal.bound());
    }
}
