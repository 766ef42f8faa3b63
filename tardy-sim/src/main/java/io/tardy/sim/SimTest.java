package io.tardy.sim;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A test of JUnit Jupiter whose method is a scenario: it has one parameter of type {@link Sim}, and
 * is simulated once for each seed, in the scenario's frame.
 *
 * <pre>{@code
 * @SimTest(seeds = 1000, swarm = true)
 * void survivesPartitions(Sim sim) throws Exception { ... }
 * }</pre>
 *
 * <p>The first seed that fails ends the test. {@code -Dtardy.sim.seed=S} simulates that seed alone,
 * {@code -Dtardy.sim.seeds=N} so many in place of {@link #seeds}, beginning with {@code
 * -Dtardy.sim.first=S} if that is given; {@code -Dtardy.sim.trace=FILE} writes the trace of the
 * last, and {@code -Dtardy.sim.only=KIND,KIND} has these kinds of faults alone (see {@link
 * io.tardy.sim.faults.Faults#kinds}).
 */
@SuppressWarnings("exports") // who uses it has JUnit, and who does not needs none
@Test
@ExtendWith(SimTestExtension.class)
@Documented
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
public @interface SimTest {

    /** How many seeds: from {@link #first} on, one after the other. */
    int seeds() default 100;

    /** The first of them. */
    long first() default 1;

    /** Whether the world has all faults, instead of none. */
    boolean faults() default false;

    /** Whether each seed has only some kinds of all faults, see {@link SimOptions#swarm}. */
    boolean swarm() default false;

    /** For how many seconds of virtual time the scenario may go on. */
    long timeLimitSeconds() default 3600;
}
