package io.tardy.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.tardy.program.Asking;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** What the agent does to a class, and what the class then gets. */
class SimAgentTest {

    private static final String PROGRAM = Asking.class.getName();

    /** Loads the program as the agent would have it. */
    private static final class Rewritten extends ClassLoader {

        Rewritten() {
            super(Asking.class.getClassLoader());
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            return name.startsWith(PROGRAM) ? rewritten(name) : super.loadClass(name, resolve);
        }

        private Class<?> rewritten(String name) throws ClassNotFoundException {
            Class<?> loaded = findLoadedClass(name);
            if (loaded != null) {
                return loaded;
            }
            String path = name.replace('.', '/');
            try (InputStream file = getResourceAsStream(path + ".class")) {
                byte[] bytes = file.readAllBytes();
                byte[] changed =
                        new Rewriting(null)
                                .transform(getUnnamedModule(), this, path, null, null, bytes);
                byte[] defined = changed == null ? bytes : changed;
                return defineClass(name, defined, 0, defined.length);
            } catch (IOException e) {
                throw new ClassNotFoundException(name, e);
            }
        }
    }

    @SuppressWarnings("unchecked") // it is one
    private static Supplier<List<Object>> program() throws ReflectiveOperationException {
        Class<?> type = new Rewritten().loadClass(PROGRAM);
        assertThat(type).isNotSameAs(Asking.class);
        return (Supplier<List<Object>>) type.getConstructor().newInstance();
    }

    /** What it gets on two hosts, some time after the beginning. */
    private static List<Object> ask(Supplier<List<Object>> program, long seed) {
        List<Object> answers = new ArrayList<>();
        Sim.run(
                seed,
                sim -> {
                    sim.delay(Duration.ofMillis(1_500));
                    for (String name : List.of("a", "b")) {
                        sim.host(name)
                                .start(rt -> rt.spawn(() -> answers.addAll(program.get())))
                                .await();
                    }
                });
        return answers;
    }

    @Test
    void aProgramGetsWhatTheSeedSays() throws Exception {
        Supplier<List<Object>> program = program();
        List<Object> answers = ask(program, 1);
        Instant now = Instant.parse("2026-01-01T00:00:01.500Z");
        assertThat(answers.subList(0, 5))
                .containsExactly(1_500_000_000L, 1_500_000_000L, now.toEpochMilli(), now, now);
        assertThat(answers.get(5)).hasToString("Z");
        assertThat(answers).contains(new Random(42).nextLong(), "AmbientProvider");
        assertThat(answers.get(12))
                .isInstanceOfSatisfying(
                        UUID.class,
                        id -> {
                            assertThat(id.version()).isEqualTo(4);
                            assertThat(id.variant()).isEqualTo(2);
                        });
        assertThat(ask(program, 1)).isEqualTo(answers);
        assertThat(ask(program(), 1)).isEqualTo(answers);
        assertThat(ask(program, 2)).isNotEqualTo(answers);
    }

    @Test
    void outsideOfASimulationItGetsWhatTheJdkSays() throws Exception {
        Supplier<List<Object>> program = program();
        long before = System.nanoTime();
        List<Object> answers = program.get();
        assertThat((long) answers.get(0) - before).isNotNegative();
        assertThat(System.nanoTime() - (long) answers.get(1)).isNotNegative();
        assertThat((Instant) answers.get(3)).isAfter("2026-01-02T00:00:00Z");
        assertThat(program.get()).doesNotContain(answers.get(6), answers.get(12));
    }
}
