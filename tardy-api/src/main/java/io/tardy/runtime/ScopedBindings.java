package io.tardy.runtime;

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

    /** Sets what a carrier remembers of values that it has looked up. */
    private static final MethodHandle REMEMBER;

    /** Of a thread where nothing is bound. */
    private static final Object NONE;

    // Whatever this meets in the JDK, the class must load: scopes work without it.
    static {
        MethodHandle here = null;
        MethodHandle bind = null;
        MethodHandle remember = null;
        Object none = null;
        try {
            here = handle(ScopedValue.class, "scopedValueBindings");
            bind = handle(Thread.class, "setScopedValueBindings", Object.class);
            remember = handle(Thread.class, "setScopedValueCache", Object[].class);
            Field empty =
                    Class.forName("java.lang.ScopedValue$Snapshot")
                            .getDeclaredField("EMPTY_SNAPSHOT");
            empty.setAccessible(true);
            none = empty.get(null);
        } catch (ReflectiveOperationException | InaccessibleObjectException e) {
            here = null; // FrameFactory says what is in the way
        }
        HERE = here;
        BIND = bind;
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

    /**
     * The call, with the scoped values that are bound here; it may run on another thread, and
     * later.
     */
    public static <T> Callable<T> inherit(Callable<T> call) {
        Object bindings = HERE == null ? NONE : here();
        return bindings == NONE ? call : () -> call(bindings, call);
    }

    private static <T> T call(Object bindings, Callable<T> call) throws Exception {
        Object before = here();
        bind(bindings);
        try {
            return call.call();
        } finally {
            bind(before);
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
