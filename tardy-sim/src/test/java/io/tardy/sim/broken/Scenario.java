package io.tardy.sim.broken;

import io.tardy.sim.Sim;
import io.tardy.sim.SimBody;
import io.tardy.sim.SimFailedError;
import io.tardy.sim.SimOptions;
import io.tardy.sim.faults.Faults;
import io.tardy.sim.faults.HostFaults;
import java.time.Duration;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The small programs that look for broken code; each takes milliseconds a seed. */
enum Scenario {
    TALK(Talk::new),
    TIMERS(Timers::new, HostFaults.none()),
    CANCELS(Cancels::new, HostFaults.none()),
    CHANNELS(Channels::new),
    SPAWNS(Spawns::new),
    SCOPES(Scopes::new, HostFaults.none()),
    CLOSINGS(Closings::new, HostFaults.none()),
    FILES(Files::new),
    CRASHES(Crashes::new),
    PIPELINES(Pipelines::new),
    POSTS(Posts::new),
    LEADERS(Leaders::new);

    private final Supplier<SimBody> made;
    private final SimOptions options;

    Scenario(Supplier<SimBody> made) {
        this(made, HostFaults.all());
    }

    /** Where everything has to happen at its time, no host may be slow. */
    Scenario(Supplier<SimBody> made, HostFaults hosts) {
        this.made = made;
        this.options =
                SimOptions.defaults()
                        .faults(Faults.all().host(hosts))
                        .swarm(true)
                        .shrink(false)
                        .timeLimit(Duration.ofMinutes(10))
                        .stepLimit(60_000);
    }

    /** As the page tells it: {@code Talk}. */
    String title() {
        return made.get().getClass().getSimpleName();
    }

    /** The scenarios as a class loader has them, by name and seed: null, or how one has failed. */
    static final class Runner implements BiFunction<String, Long, @Nullable AssertionError> {
        @Override
        public @Nullable AssertionError apply(String name, Long seed) {
            Scenario scenario = valueOf(name);
            try {
                Sim.run(seed, scenario.options, scenario.made.get());
                return null;
            } catch (SimFailedError e) {
                return e;
            }
        }
    }
}
