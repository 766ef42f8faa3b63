package io.tardy.runtime;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.lang.reflect.InaccessibleObjectException;
import java.lang.reflect.Method;
import java.util.concurrent.Executor;

/**
 * Makes the threads of frames: virtual threads that our own scheduler runs.
 *
 * <p>The JDK has a parameter for the scheduler, but no public way to pass it. So this class calls
 * {@code java.lang.ThreadBuilders.VirtualThreadBuilder(Executor)} by reflection, which needs {@code
 * --add-opens java.base/java.lang}. Once the JDK has an API for it, this is the only class to
 * change.
 */
public final class FrameFactory {

    private static final MethodHandle NEW_BUILDER;

    /** Reads a thread's scheduler; null if this JDK has none that we know. */
    private static final MethodHandle SCHEDULER;

    /** The only class that has it: there are virtual threads of another kind. */
    private static final Class<?> SCHEDULED;

    /** Null as {@link #SCHEDULER}. */
    private static final Executor DEFAULT_SCHEDULER;

    /** Why no frame can be made, or null. */
    private static final RuntimeException FAILURE;

    // Whatever this meets in the JDK, the class must load: groups run without frames.
    static {
        MethodHandle newBuilder = null;
        MethodHandle scheduler = null;
        Class<?> scheduled = null;
        Executor defaultScheduler = null;
        RuntimeException failure = null;
        try {
            newBuilder = newBuilder();
            if (!hasContinuations(newBuilder)) {
                failure =
                        new IllegalStateException(
                                "frames need a JVM with continuations: take -XX:-VMContinuations"
                                        + " away, or use a JDK for this machine that has them");
            } else {
                Field field = schedulerField();
                defaultScheduler = (Executor) field.get(Thread.ofVirtual().unstarted(() -> {}));
                requireOursIn(field, newBuilder);
                scheduler =
                        MethodHandles.lookup()
                                .unreflectGetter(field)
                                .asType(MethodType.methodType(Executor.class, Thread.class));
                scheduled = field.getDeclaringClass();
            }
            JdkPollers.warmUp();
        } catch (InaccessibleObjectException e) {
            failure = new IllegalStateException(missingFlag(FrameFactory.class.getModule()), e);
        } catch (ReflectiveOperationException | RuntimeException | LinkageError e) {
            failure = unknownJdk(e);
        }
        NEW_BUILDER = newBuilder;
        SCHEDULER = failure == null ? scheduler : null;
        SCHEDULED = failure == null ? scheduled : null;
        DEFAULT_SCHEDULER = defaultScheduler;
        FAILURE = failure;
    }

    private FrameFactory() {}

    private static MethodHandle newBuilder() throws ReflectiveOperationException {
        Constructor<?> constructor =
                Class.forName("java.lang.ThreadBuilders$VirtualThreadBuilder")
                        .getDeclaredConstructor(Executor.class);
        constructor.setAccessible(true);
        return MethodHandles.lookup()
                .unreflectConstructor(constructor)
                .asType(MethodType.methodType(Thread.Builder.OfVirtual.class, Executor.class));
    }

    /** A JVM without continuations still has virtual threads, but none with a custom scheduler. */
    private static boolean hasContinuations(MethodHandle newBuilder) {
        try {
            return builder(newBuilder, Runnable::run) != null;
        } catch (UnsupportedOperationException e) {
            return false;
        }
    }

    private static Field schedulerField() throws ReflectiveOperationException {
        Field field = Class.forName("java.lang.VirtualThread").getDeclaredField("scheduler");
        field.setAccessible(true);
        return field;
    }

    /** Checks that the members mean what they mean on JDK 25, not only that they are there. */
    private static void requireOursIn(Field scheduler, MethodHandle newBuilder)
            throws ReflectiveOperationException {
        Executor ours = Runnable::run;
        if (scheduler.get(builder(newBuilder, ours).unstarted(() -> {})) != ours) {
            throw new NoSuchFieldException(scheduler + " is not what the builder was given");
        }
    }

    private static Thread.Builder.OfVirtual builder(MethodHandle newBuilder, Executor scheduler) {
        try {
            return (Thread.Builder.OfVirtual) newBuilder.invokeExact(scheduler);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new AssertionError("the constructor declares no checked exception", e);
        }
    }

    private static RuntimeException unknownJdk(Throwable cause) {
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
     * @throws IllegalStateException if the JVM lacks the flag, or continuations; the message names
     *     it
     * @throws UnsupportedOperationException if this JDK makes virtual threads in another way
     */
    public static Thread newThread(Executor scheduler, String name, Runnable body) {
        requireUsable();
        return builder(NEW_BUILDER, scheduler).name(name).unstarted(body);
    }

    /**
     * Has {@code ThreadLocalRandom} draw from this seed on a thread that has not begun. It mixes
     * the thread's number into each draw, so that is given too; so is the hash code of a virtual
     * thread.
     *
     * @param number the thread's {@code threadId()} from now on
     * @throws IllegalStateException as of {@link #requireUsable}
     * @throws UnsupportedOperationException if this JDK keeps the state elsewhere
     */
    public static void seedRandom(Thread thread, long seed, long number) {
        requireUsable();
        try {
            Field id = Thread.class.getDeclaredField("tid");
            id.setAccessible(true);
            id.setLong(thread, number);
            Field state = Thread.class.getDeclaredField("threadLocalRandomSeed");
            state.setAccessible(true);
            state.setLong(thread, seed);
            Field probe = Thread.class.getDeclaredField("threadLocalRandomProbe");
            probe.setAccessible(true);
            probe.setInt(thread, 1); // else it would be initialized once more
        } catch (ReflectiveOperationException e) {
            throw unknownJdk(e);
        }
    }

    /**
     * Has the JDK forget a virtual thread that nobody will ever resume, as if it had ended. It
     * keeps all that have begun and not ended, unless {@code jdk.trackAllThreads} was false when it
     * made its first pool of threads. One that does this in another way keeps them.
     */
    public static void forget(Thread thread) {
        try {
            Method ended = thread.getClass().getDeclaredMethod("afterDone", boolean.class);
            ended.setAccessible(true);
            ended.invoke(thread, true);
        } catch (ReflectiveOperationException | InaccessibleObjectException e) {
            return; // it costs memory, and nothing else
        }
    }

    /** Whether {@link #newThread} makes threads. */
    public static boolean isUsable() {
        return FAILURE == null;
    }

    /** The JDK's own scheduler, for virtual threads that are not frames. */
    static Executor defaultScheduler() {
        return DEFAULT_SCHEDULER;
    }

    /** Throws what {@link #newThread} would throw, if anything. */
    public static void requireUsable() {
        if (FAILURE != null) {
            throw FAILURE;
        }
    }

    /** The scheduler of this thread, or null if there is none or it is unknown. */
    static Executor schedulerOf(Thread thread) {
        if (thread.getClass() != SCHEDULED) {
            return null;
        }
        try {
            return (Executor) SCHEDULER.invokeExact(thread);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new AssertionError("a field's getter declares no checked exception", e);
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
