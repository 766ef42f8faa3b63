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
import org.jspecify.annotations.Nullable;
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
        List<Object> arguments = context.getArguments();
        Long only = number(SEED);
        long first = only != null ? only : number(FIRST, settings.first());
        long seeds = only != null ? 1 : number(SEEDS, settings.seeds());
        if (seeds < 1) {
            throw new IllegalArgumentException(
                    "a test that is simulated with " + seeds + " seeds tests nothing");
        }
        for (long i = 0; i < seeds; i++) {
            try {
                run(first + i, options(settings), sim -> invoke(method, target, arguments, sim));
            } catch (SimFailedError e) {
                throw e.of(target.getClass().getSimpleName() + "#" + method.getName());
            }
        }
    }

    private static long number(String property, long otherwise) {
        Long number = number(property);
        return number == null ? otherwise : number;
    }

    private static @Nullable Long number(String property) {
        String value = System.getProperty(property);
        return value == null ? null : number(property, value);
    }

    /** For a test. */
    static Long number(String property, String value) {
        try {
            return Long.valueOf(value);
        } catch (NumberFormatException e) {
            String option = "-D" + property + "=";
            throw new IllegalArgumentException(
                    option + value + ": a whole number is needed, as " + option + "42", e);
        }
    }

    private static SimOptions options(SimTest settings) {
        String only = System.getProperty(ONLY);
        Faults faults = settings.faults() || settings.swarm() ? Faults.all() : Faults.none();
        if (only != null
                && !faults.kinds().isEmpty()) { // others may run beside the one that failed
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

    /** The method may have parameters of others beside ours, which is the one without a value. */
    private static void invoke(Method method, Object target, List<Object> arguments, Sim sim)
            throws Exception {
        Object[] all = arguments.toArray();
        Class<?>[] types = method.getParameterTypes();
        for (int i = 0; i < all.length; i++) {
            all[i] = types[i] == Sim.class ? sim : all[i];
        }
        try {
            method.invoke(target, all);
        } catch (InvocationTargetException e) {
            switch (e.getCause()) {
                case Exception exception -> throw exception;
                case Error error -> throw error;
                default -> throw e;
            }
        }
    }
}
