package io.tardy.websocket;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;

/**
 * The signals that ask a process to end. A shutdown hook cannot choose the exit status: the JVM
 * ends with the signal's. The JDK only has {@code sun.misc.Signal}, used by reflection because the
 * compiler warns about the name.
 */
final class Termination {

    private static final String[] SIGNALS = {"TERM", "INT"};

    private Termination() {}

    /**
     * Runs the action once, on its own thread, at the first signal.
     *
     * @throws IllegalStateException if this JVM does not pass signals on
     */
    static void onSignal(Runnable action) {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            Thread thread = Thread.ofPlatform().name("tardy-termination").unstarted(action);
            Object proxy =
                    Proxy.newProxyInstance(
                            handler.getClassLoader(), new Class<?>[] {handler}, once(thread));
            Method handle = signal.getMethod("handle", signal, handler);
            for (String name : SIGNALS) {
                handle.invoke(null, signal.getConstructor(String.class).newInstance(name), proxy);
            }
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(
                    "this JVM does not pass signals on: add the module jdk.unsupported, and do not"
                            + " use -Xrs",
                    e);
        }
    }

    private static InvocationHandler once(Thread thread) {
        return (proxy, method, arguments) -> {
            switch (method.getName()) {
                case "handle" -> start(thread);
                case "hashCode" -> {
                    return System.identityHashCode(proxy);
                }
                case "equals" -> {
                    return proxy == arguments[0];
                }
                default -> {
                    return "termination";
                }
            }
            return null;
        };
    }

    private static void start(Thread thread) {
        synchronized (thread) {
            if (thread.getState() == Thread.State.NEW) {
                thread.start();
            }
        }
    }
}
