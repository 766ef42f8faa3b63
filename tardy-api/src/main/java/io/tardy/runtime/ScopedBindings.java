package io.tardy.runtime;

import java.lang.System.Logger.Level;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.reflect.Field;
import java.lang.reflect.InaccessibleObjectException;
import java.lang.reflect.Method;
import java.util.concurrent.Callable;

/**
 * Which scoped values a thread has, to be handed to another one. The JDK does that within its own
 * {@code StructuredTaskScope} only, so this calls what that calls, in {@code java.lang}, which is
 * open to us where frames can be made.
 */
public final class ScopedBindings {

    /** What is bound on this thread; null if the JDK has none of what we know. */
    private static final MethodHandle HERE;

    private static final MethodHandle BIND;

    /** Where the JVM looks for them when it has forgotten them, as it does at an overflow. */
    private static final MethodHandle RUN_WITH;

    /** Sets what a carrier remembers of values that it has looked up. */
    private static final MethodHandle REMEMBER;

    /** Of a thread where nothing is bound. */
    private static final Object NONE;

    private static final String UNKNOWN =
            "this JDK ("
                    + Runtime.version()
                    + ") binds scoped values in a way that Tardy does not know: use JDK 25, or a"
                    + " newer Tardy";

    // Whatever this meets in the JDK, the class must load: scopes work without it.
    static {
        MethodHandle here = null;
        MethodHandle bind = null;
        MethodHandle runWith = null;
        MethodHandle remember = null;
        Object none = null;
        try {
            here = handle(ScopedValue.class, "scopedValueBindings");
            bind = handle(Thread.class, "setScopedValueBindings", Object.class);
            runWith = handle(Thread.class, "runWith", Object.class, Runnable.class);
            remember = handle(Thread.class, "setScopedValueCache", Object[].class);
            Field empty =
                    Class.forName("java.lang.ScopedValue$Snapshot")
                            .getDeclaredField("EMPTY_SNAPSHOT");
            empty.setAccessible(true);
            none = empty.get(null);
        } catch (ReflectiveOperationException | InaccessibleObjectException e) {
            here = null;
            if (FrameFactory.isUsable()) { // else that says what is in the way
                RuntimeLog.log(Level.WARNING, UNKNOWN + ": what a Scope forks has none", e);
            }
        }
        HERE = here;
        BIND = bind;
        RUN_WITH = runWith;
        REMEMBER = remember;
        NONE = none;
    }

    private ScopedBindings() {}

    private static MethodHandle handle(Class<?> type, String name, Class<?>... parameters)
            throws ReflectiveOperationException {
        Method method = type.getDeclaredMethod(name, parameters);
        method.setAccessible(true);
        MethodHandle handle = MethodHandles.lookup().unreflect(method);
        Class<?> returned = handle.type().returnType();
        return returned == void.class
                ? handle
                : handle.asType(handle.type().changeReturnType(Object.class));
    }

    /** A call on its thread. */
    private static final class Running<T> implements Runnable {
        private final Callable<T> call;
        private T value;
        private Exception failure;

        Running(Callable<T> call) {
            this.call = call;
        }

        @Override
        public void run() {
            try {
                value = call.call();
            } catch (Exception e) {
                failure = e;
            }
        }

        T outcome() throws Exception {
            if (failure != null) {
                throw failure;
            }
            return value;
        }
    }

    /**
     * The call, with the scoped values that are bound here, and no others; it may run on another
     * thread, and later.
     *
     * @throws IllegalStateException as of {@link FrameFactory#requireUsable}
     * @throws UnsupportedOperationException if this JDK binds them in another way
     */
    public static <T> Callable<T> inherit(Callable<T> call) {
        FrameFactory.requireUsable();
        if (HERE == null) {
            throw new UnsupportedOperationException(UNKNOWN);
        }
        Object bindings = here();
        return () -> call(bindings, call);
    }

    /** {@link #inherit} for a new thread, on which nothing is bound; on any JDK. */
    public static <T> Callable<T> inheritAnew(Callable<T> call) {
        return HERE == null || here() == NONE ? call : inherit(call);
    }

    private static <T> T call(Object bindings, Callable<T> call) throws Exception {
        Running<T> running = new Running<>(call);
        Object before = here();
        bind(bindings);
        try {
            runWith(bindings, running);
        } finally {
            bind(before);
        }
        return running.outcome();
    }

    private static void runWith(Object bindings, Runnable running) {
        try {
            RUN_WITH.invokeExact(Thread.currentThread(), bindings, running);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    private static Object here() {
        try {
            return (Object) HERE.invokeExact();
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    private static void bind(Object bindings) {
        try {
            BIND.invokeExact(bindings);
            REMEMBER.invokeExact((Object[]) null); // of what was bound before
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    private static RuntimeException unexpected(Throwable e) {
        if (e instanceof Error error) {
            throw error;
        }
        return e instanceof RuntimeException failure
                ? failure
                : new IllegalStateException("it declares no checked exception", e);
    }
}
