package io.tardy.websocket;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;

/**
 * The signals that ask a process to end. A shutdown hook could not say how: the JVM ends with the
 * signal's status. {@code sun.misc.Signal} is what the JDK has, and its compiler warns of the name.
 */
final class Termination {

    private static final String[] SIGNALS = {"TERM", "INT"};

    private Termination() {}

    /**
     * Runs the action on a thread of its own, once, at the first signal.
     *
     * @throws IllegalStateException if this JVM hands out no signals
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
                    "no signals here: the module jdk.unsupported, or the right to them (-Xrs), is"
                            + " missing",
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
