package io.tardy.sim;

import java.lang.instrument.Instrumentation;

/**
 * Has the classes of programs and libraries ask the simulation for the time, for chance and for
 * channels where they would ask the JDK: {@code -javaagent:tardy-sim.jar}.
 *
 * <p>While a class is loaded, its calls of these are replaced by calls of {@link Ambient}, which
 * answers from the simulated host whose code runs, and as the JDK does outside of a simulation:
 *
 * <ul>
 *   <li>{@code System.nanoTime}, {@code System.currentTimeMillis}, {@code Instant.now()}, {@code
 *       Clock.systemUTC} and {@code systemDefaultZone}
 *   <li>{@code new Random()}, {@code Math.random}, {@code UUID.randomUUID}
 *   <li>{@code SelectorProvider.provider}, and so Netty's NIO channels
 * </ul>
 *
 * <p>The JDK's own classes are left alone. So its waits with a time limit still go by real time,
 * and are refused.
 */
public final class SimAgent {

    private SimAgent() {}

    /** For the JVM, before {@code main}. */
    public static void premain(String arguments, Instrumentation instrumentation) {
        instrumentation.addTransformer(new Rewriting(instrumentation));
    }
}
