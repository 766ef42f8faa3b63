package io.tardy.program;

import java.nio.channels.spi.SelectorProvider;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/** A program that asks the JDK for everything that differs from run to run. */
public final class Asking implements Supplier<List<Object>> {

    private static final Random ONE_FOR_ALL = new Random();

    /** For the test, which loads it twice. */
    public Asking() {}

    @Override
    public List<Object> get() {
        LongSupplier nanos = System::nanoTime;
        Supplier<Random> random = Random::new;
        return List.of(
                System.nanoTime(),
                nanos.getAsLong(),
                System.currentTimeMillis(),
                Instant.now(),
                Clock.systemUTC().instant(),
                Clock.systemDefaultZone().getZone(),
                ONE_FOR_ALL.nextLong(),
                new Random().nextInt(1_000_000),
                random.get().nextDouble(),
                new Random(42).nextLong(),
                new Own().nextLong() != 0,
                Math.random(),
                UUID.randomUUID(),
                SelectorProvider.provider().getClass().getSimpleName());
    }

    private static final class Own extends Random {
        private static final long serialVersionUID = 1;
    }
}
