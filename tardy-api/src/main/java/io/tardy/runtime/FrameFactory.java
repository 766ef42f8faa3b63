package io.tardy.runtime;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.lang.reflect.InaccessibleObjectException;
import java.util.concurrent.Executor;

/**
 * Makes the threads of frames: virtual threads whose scheduler is ours.
 *
 * <p>The JDK has the scheduler as a parameter, but no public way to pass it: this class alone goes
 * through {@code java.lang.ThreadBuilders.VirtualThreadBuilder(Executor)}, and so needs {@code
 * --add-opens java.base/java.lang}. When the JDK offers an API for it, this is the one place to
 * change.
 */
public final class FrameFactory {

    private static final MethodHandle NEW_BUILDER;

    /** Null if it cannot be had: only a message says less then. */
    private static final Field SCHEDULER = schedulerField();

    /** Null if it cannot be had, as {@link #SCHEDULER}. */
    private static final Executor DEFAULT_SCHEDULER = defaultSchedulerOfTheJdk();

    private static final RuntimeException FAILURE;

    static {
        MethodHandle newBuilder = null;
        RuntimeException failure = null;
        try {
            Constructor<?> constructor =
                    Class.forName("java.lang.ThreadBuilders$VirtualThreadBuilder")
                            .getDeclaredConstructor(Executor.class);
            constructor.setAccessible(true);
            newBuilder =
                    MethodHandles.lookup()
                            .unreflectConstructor(constructor)
                            .asType(
                                    MethodType.methodType(
                                            Thread.Builder.OfVirtual.class, Executor.class));
            if (!hasContinuations(newBuilder)) {
                failure =
                        new IllegalStateException(
                                "frames need a JVM with continuations: take -XX:-VMContinuations"
                                        + " away, or use a JDK for this machine that has them");
            } else if (DEFAULT_SCHEDULER == null) {
                failure = unknownJdk(null);
            }
            JdkPollers.warmUp();
        } catch (InaccessibleObjectException e) {
            failure = new IllegalStateException(missingFlag(FrameFactory.class.getModule()), e);
        } catch (ReflectiveOperationException e) {
            failure = unknownJdk(e);
        }
        NEW_BUILDER = newBuilder;
        FAILURE = failure;
    }

    private FrameFactory() {}

    /** A JVM without them has virtual threads all the same, but none with a scheduler of ours. */
    private static boolean hasContinuations(MethodHandle newBuilder) {
        try {
            Executor none = Runnable::run;
            Thread.Builder.OfVirtual builder =
                    (Thread.Builder.OfVirtual) newBuilder.invokeExact(none);
            return builder != null;
        } catch (UnsupportedOperationException e) {
            return false;
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new AssertionError("the constructor declares no checked exception", e);
        }
    }

    private static RuntimeException unknownJdk(ReflectiveOperationException cause) {
        return new UnsupportedOperationException(
                "this JDK ("
                        + Runtime.version()
                        + ") makes virtual threads in a way that Tardy does not know: use JDK 25,"
                        + " or a newer Tardy",
                cause);
    }

    /**
     * A thread, not started, that runs whenever {@code scheduler} runs what it is given.
     *
     * @throws IllegalStateException if the JVM lacks the flag; the message names it
     */
    static Thread newThread(Executor scheduler, String name, Runnable body) {
        requireUsable();
        try {
            return ((Thread.Builder.OfVirtual) NEW_BUILDER.invokeExact(scheduler))
                    .name(name)
                    .unstarted(body);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new AssertionError("the constructor declares no checked exception", e);
        }
    }

    /** Whether {@link #newThread} makes threads. */
    public static boolean isUsable() {
        return FAILURE == null;
    }

    /** The JDK's own scheduler of virtual threads; for those that are none of ours. */
    static Executor defaultScheduler() {
        return DEFAULT_SCHEDULER;
    }

    /** Throws what {@link #newThread} would throw, if it would. */
    public static void requireUsable() {
        if (FAILURE != null) {
            throw FAILURE;
        }
    }

    /** Whose continuations this thread's are given to; null if nobody knows. For messages. */
    static Executor schedulerOf(Thread thread) {
        try {
            return thread.isVirtual() && SCHEDULER != null
                    ? (Executor) SCHEDULER.get(thread)
                    : null;
        } catch (IllegalAccessException | IllegalArgumentException e) {
            return null; // a virtual thread of another kind
        }
    }

    /** That of any virtual thread which a platform thread makes. */
    private static Executor defaultSchedulerOfTheJdk() {
        return schedulerOf(Thread.ofVirtual().unstarted(() -> {}));
    }

    private static Field schedulerField() {
        try {
            Field field = Class.forName("java.lang.VirtualThread").getDeclaredField("scheduler");
            field.setAccessible(true);
            return field;
        } catch (ReflectiveOperationException | InaccessibleObjectException e) {
            return null;
        }
    }

    static String missingFlag(Module module) {
        String flag = "frames need the JVM flag --add-opens java.base/java.lang=";
        // The manifest's attributes are for the class path only.
        return module.isNamed()
                ? flag + module.getName()
                : flag
                        + "ALL-UNNAMED (an executable jar can carry \"Add-Opens:"
                        + " java.base/java.lang\" in its manifest instead)";
    }
}
