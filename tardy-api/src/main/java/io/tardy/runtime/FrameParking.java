package io.tardy.runtime;

import java.lang.StackWalker.StackFrame;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.util.concurrent.locks.LockSupport;

/**
 * Suspends frames, and says so when one cannot be suspended.
 *
 * <p>A virtual thread with a native frame on its stack is pinned; a class initializer counts as
 * one. {@code LockSupport.park} then parks the carrier. Our carrier is the runtime's thread.
 * Whatever would end the wait runs there too, so the wait would never end. The JDK learns that the
 * thread is pinned when it fails to suspend it, but has no public way to tell. So this class does
 * the first part of {@code VirtualThread.park} itself, with three of its private methods. They need
 * no more than the flag that {@link FrameFactory} needs anyway. On a JDK without them it calls
 * {@code LockSupport.park}.
 */
final class FrameParking {

    private static final MethodHandle TAKE_PERMIT;
    private static final MethodHandle SET_STATE;
    private static final MethodHandle YIELD;
    private static final int RUNNING;
    private static final int PARKING;

    static {
        MethodHandle takePermit = null;
        MethodHandle setState = null;
        MethodHandle yield = null;
        int running = 0;
        int parking = 0;
        try {
            Class<?> virtualThread = Class.forName("java.lang.VirtualThread");
            takePermit = method(virtualThread, "getAndSetParkPermit", boolean.class, boolean.class);
            setState = method(virtualThread, "setState", void.class, int.class);
            running = constant(virtualThread, "RUNNING");
            parking = constant(virtualThread, "PARKING");
            yield = method(virtualThread, "yieldContinuation", boolean.class); // last: see isExact
        } catch (ReflectiveOperationException | RuntimeException | LinkageError e) {
            System.getLogger("io.tardy")
                    .log(
                            System.Logger.Level.DEBUG,
                            "this JDK suspends virtual threads in a way that Tardy does not know:"
                                    + " a wait in a class initializer will hold its runtime",
                            e);
        }
        TAKE_PERMIT = takePermit;
        SET_STATE = setState;
        YIELD = yield;
        RUNNING = running;
        PARKING = parking;
    }

    private FrameParking() {}

    /** Whether {@link #park} tells when it cannot suspend. */
    static boolean isExact() {
        return YIELD != null;
    }

    /**
     * {@code LockSupport.park} for a frame; in the frame. As that it may return for no reason.
     *
     * @param blocker what thread dumps show
     * @return false if the frame was not suspended because it cannot be
     */
    static boolean park(Thread frame, Object blocker) {
        if (YIELD == null) {
            LockSupport.park(blocker);
            return true;
        }
        LockSupport.setCurrentBlocker(blocker);
        try {
            if ((boolean) TAKE_PERMIT.invokeExact(frame, false) || frame.isInterrupted()) {
                return true;
            }
            SET_STATE.invokeExact(frame, PARKING);
            boolean suspended = false;
            try { // here: a call of its own would be kept for as long as the frame waits
                suspended = (boolean) YIELD.invokeExact(frame);
            } finally {
                if (!suspended) {
                    SET_STATE.invokeExact(frame, RUNNING);
                }
            }
            return suspended;
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new AssertionError("the methods declare no checked exception", e);
        } finally {
            LockSupport.setCurrentBlocker(null);
        }
    }

    /** What to tell a frame that cannot be suspended. */
    static IllegalStateException refusal(String operation, RuntimeCore runtime) {
        return new IllegalStateException(
                StackWalker.getInstance()
                        .walk(frames -> frames.filter(FrameParking::pins).findFirst())
                        .map(frame -> refusal(operation, runtime, frame))
                        .orElseGet(() -> refusal(operation, runtime, "native code", NATIVE_WAY)));
    }

    private static final String NATIVE_WAY =
            "let the native code return first, or call it with rt.offload";

    private static boolean pins(StackFrame frame) {
        return frame.isNativeMethod() || frame.getMethodName().equals("<clinit>");
    }

    private static String refusal(String operation, RuntimeCore runtime, StackFrame pinning) {
        return pinning.isNativeMethod()
                ? refusal(
                        operation,
                        runtime,
                        "the native method "
                                + pinning.getClassName()
                                + "."
                                + pinning.getMethodName(),
                        NATIVE_WAY)
                : refusal(
                        operation,
                        runtime,
                        "the class initializer of " + pinning.getClassName(),
                        "do it before the class is first used, or in a method that is called when"
                                + " the value is first needed");
    }

    private static String refusal(
            String operation, RuntimeCore runtime, String where, String wayOut) {
        return operation
                + " cannot wait inside of "
                + where
                + ", where the JVM cannot suspend a frame and the wait would hold "
                + runtime
                + ": "
                + wayOut;
    }

    private static MethodHandle method(
            Class<?> owner, String name, Class<?> result, Class<?>... parameters)
            throws ReflectiveOperationException {
        Method method = owner.getDeclaredMethod(name, parameters);
        if (method.getReturnType() != result) { // asType would make a false of nothing
            throw new NoSuchMethodException(method + " does not return " + result);
        }
        method.setAccessible(true);
        MethodType type =
                MethodType.methodType(result, parameters).insertParameterTypes(0, Thread.class);
        return MethodHandles.lookup().unreflect(method).asType(type);
    }

    private static int constant(Class<?> owner, String name) throws ReflectiveOperationException {
        Field field = owner.getDeclaredField(name);
        field.setAccessible(true);
        return field.getInt(null);
    }
}
