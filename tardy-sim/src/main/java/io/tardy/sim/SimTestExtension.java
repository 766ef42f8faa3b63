package io.tardy.sim;

import io.tardy.sim.faults.Faults;
import java.io.IOException;
import java.io.Writer;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.InvocationInterceptor;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.extension.ReflectiveInvocationContext;

/**
 * Runs the methods of {@link SimTest}.
 *
 * <p>Public for JUnit, which makes it.
 */
@SuppressWarnings("exports") // as of SimTest
public final class SimTestExtension implements InvocationInterceptor, ParameterResolver {

    private static final String SEED = "tardy.sim.seed";
    private static final String SEEDS = "tardy.sim.seeds";
    private static final String FIRST = "tardy.sim.first";
    private static final String ONLY = "tardy.sim.only";
    private static final String TRACE = "tardy.sim.trace";

    /** For JUnit. */
    public SimTestExtension() {}

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext test) {
        return parameter.getParameter().getType() == Sim.class;
    }

    /** The method gets another for each seed. */
    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext test) {
        return null;
    }

    @Override
    public void interceptTestMethod(
            Invocation<Void> invocation,
            ReflectiveInvocationContext<Method> context,
            ExtensionContext test)
            throws Throwable {
        invocation.skip();
        Method method = context.getExecutable();
        method.setAccessible(true);
        Object target = context.getTarget().orElseThrow();
        SimTest settings = method.getAnnotation(SimTest.class);
        Long only = Long.getLong(SEED);
        long first = only != null ? only : Long.getLong(FIRST, settings.first());
        long seeds = only != null ? 1 : Long.getLong(SEEDS, settings.seeds());
        for (long seed = first; seed < first + seeds; seed++) {
            run(seed, options(settings), sim -> invoke(method, target, sim));
        }
    }

    private static SimOptions options(SimTest settings) {
        String only = System.getProperty(ONLY);
        Faults faults = settings.faults() || settings.swarm() ? Faults.all() : Faults.none();
        if (only != null) {
            faults = faults.only(only.equals("none") ? List.of() : List.of(only.split(",")));
        }
        return SimOptions.defaults()
                .faults(faults)
                .swarm(settings.swarm() && only == null)
                .timeLimit(Duration.ofSeconds(settings.timeLimitSeconds()));
    }

    private static void run(long seed, SimOptions options, SimBody body) throws IOException {
        String file = System.getProperty(TRACE);
        if (file == null) {
            Sim.run(seed, options, body);
            return;
        }
        try (Writer trace = Files.newBufferedWriter(Path.of(file))) {
            Sim.run(seed, options.trace(trace), body);
        }
    }

    private static void invoke(Method method, Object target, Sim sim) throws Exception {
        try {
            method.invoke(target, sim);
        } catch (InvocationTargetException e) {
            switch (e.getCause()) {
                case Exception exception -> throw exception;
                case Error error -> throw error;
                default -> throw e;
            }
        }
    }
}
