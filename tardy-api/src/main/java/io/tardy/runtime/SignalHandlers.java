package io.tardy.runtime;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The JVM's handlers of signals, of which it has one for each signal of the process. The JDK only
 * has {@code sun.misc.Signal}, used by reflection because the compiler warns about the name.
 */
public final class SignalHandlers {

    /** By the name of the signal; guarded by the class. */
    private static final Map<String, SignalHandlers> BY_NAME = new HashMap<>();

    private final List<Runnable> actions = new ArrayList<>(); // guarded by the class
    private Object installed;
    private Object previous;

    private SignalHandlers() {}

    /**
     * Has the action run whenever the signal comes, on a thread of the JVM's.
     *
     * @param name without SIG
     * @return what ends that
     * @throws IllegalStateException if this JVM does not pass it on
     * @throws UnsupportedOperationException if the system does not know it
     */
    public static Runnable add(String name, Runnable action) {
        synchronized (SignalHandlers.class) {
            SignalHandlers handlers = BY_NAME.get(name);
            if (handlers == null) {
                handlers = new SignalHandlers();
                handlers.installed = handlers.proxy();
                handlers.previous = handle(name, handlers.installed);
                BY_NAME.put(name, handlers);
            }
            handlers.actions.add(action);
        }
        return () -> remove(name, action);
    }

    private static void remove(String name, Runnable action) {
        synchronized (SignalHandlers.class) {
            SignalHandlers handlers = BY_NAME.get(name);
            if (handlers.actions.remove(action) && handlers.actions.isEmpty()) {
                BY_NAME.remove(name);
                Object now = handle(name, handlers.previous);
                if (now != handlers.installed) { // somebody's who came later
                    handle(name, now);
                }
            }
        }
    }

    /** The signal has come. */
    private void run() {
        List<Runnable> now;
        synchronized (SignalHandlers.class) {
            now = List.copyOf(actions);
        }
        now.forEach(Runnable::run);
    }

    /**
     * @return what has handled it before
     */
    private static Object handle(String name, Object handler) {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Method handle = signal.getMethod("handle", signal, handlerType());
            return handle.invoke(null, of(signal, name), handler);
        } catch (InvocationTargetException e) {
            throw notPassedOn("SIG" + name + ": " + e.getCause().getMessage(), e);
        } catch (ReflectiveOperationException e) {
            throw notPassedOn(e.toString(), e);
        }
    }

    private static Object of(Class<?> signal, String name) throws ReflectiveOperationException {
        try {
            return signal.getConstructor(String.class).newInstance(name);
        } catch (InvocationTargetException e) {
            throw new UnsupportedOperationException("this system has no SIG" + name, e);
        }
    }

    private static Class<?> handlerType() throws ReflectiveOperationException {
        return Class.forName("sun.misc.SignalHandler");
    }

    private static IllegalStateException notPassedOn(String why, Exception cause) {
        return new IllegalStateException(
                "this JVM does not pass signals on ("
                        + why
                        + "): add the module jdk.unsupported, and do not use -Xrs",
                cause);
    }

    private Object proxy() {
        InvocationHandler invoked =
                (proxy, method, arguments) -> {
                    switch (method.getName()) {
                        case "handle" -> {
                            run();
                            return null;
                        }
                        case "hashCode" -> {
                            return System.identityHashCode(proxy);
                        }
                        case "equals" -> {
                            return proxy == arguments[0];
                        }
                        default -> {
                            return "signals of Tardy";
                        }
                    }
                };
        try {
            Class<?> type = handlerType();
            return Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, invoked);
        } catch (ReflectiveOperationException e) {
            throw notPassedOn(e.toString(), e);
        }
    }
}
