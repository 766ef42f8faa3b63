package io.tardy.testsuite;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.concurrent.Callable;

/** Where the JVM cannot suspend a virtual thread. */
enum PinnedPlace {
    CLASS_INITIALIZER("inside of the class initializer of io.tardy.testsuite.PinnedPlace$Fresh") {
        @Override
        void enter() throws Exception {
            new FreshLoader().initializeFresh();
        }
    },
    NATIVE_CODE("inside of native code") {
        @Override
        void enter() throws Throwable {
            callBackFromQsort();
        }
    };

    /**
     * The property under which {@link #enter} finds what it runs; for {@link Fresh}, which is not
     * in our module.
     */
    private static final String BODY = "io.tardy.testsuite.PinnedPlace";

    private final String description;

    PinnedPlace(String description) {
        this.description = description;
    }

    /** The words for it in a message. */
    String description() {
        return description;
    }

    /** Runs the body there, at least once. */
    abstract void enter() throws Throwable;

    /** Calls there, and returns what that returns or throws. */
    Object call(Callable<?> callable) throws Exception {
        Object[] outcome = new Object[1];
        Runnable body =
                () -> {
                    if (outcome[0] == null) {
                        outcome[0] = outcome(callable);
                    }
                };
        System.getProperties().put(BODY, body);
        try {
            enter();
        } catch (Throwable e) {
            throw new AssertionError("could not get to where it is pinned", e);
        } finally {
            System.getProperties().remove(BODY);
        }
        return outcome[0];
    }

    private static Object outcome(Callable<?> callable) {
        try {
            Object value = callable.call();
            return value == null ? "null" : value;
        } catch (Throwable t) {
            return t;
        }
    }

    /** For {@link FreshLoader}. */
    static final class Fresh {
        static {
            ((Runnable) System.getProperties().get(BODY)).run();
        }
    }

    /** Has {@link Fresh} once more: a class is initialized once. */
    private static final class FreshLoader extends ClassLoader {
        void initializeFresh() throws IOException, ClassNotFoundException {
            byte[] bytes = bytesOfFresh();
            Class<?> fresh = defineClass(Fresh.class.getName(), bytes, 0, bytes.length);
            Class.forName(fresh.getName(), true, this);
        }
    }

    private static byte[] bytesOfFresh() throws IOException {
        String name = PinnedPlace.class.getSimpleName() + "$Fresh.class";
        try (InputStream in = PinnedPlace.class.getResourceAsStream(name)) {
            return in.readAllBytes();
        }
    }

    @SuppressWarnings("restricted") // it is the point
    private static void callBackFromQsort() throws Throwable {
        Linker linker = Linker.nativeLinker();
        MethodHandle compare =
                MethodHandles.lookup()
                        .findStatic(
                                PinnedPlace.class,
                                "compare",
                                MethodType.methodType(
                                        int.class, MemorySegment.class, MemorySegment.class));
        MethodHandle qsort =
                linker.downcallHandle(
                        linker.defaultLookup().findOrThrow("qsort"),
                        FunctionDescriptor.ofVoid(
                                ValueLayout.ADDRESS,
                                ValueLayout.JAVA_LONG,
                                ValueLayout.JAVA_LONG,
                                ValueLayout.ADDRESS));
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment callback =
                    linker.upcallStub(
                            compare,
                            FunctionDescriptor.of(
                                    ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.ADDRESS),
                            arena);
            qsort.invokeExact(arena.allocate(ValueLayout.JAVA_INT, 2), 2L, 4L, callback);
        }
    }

    @SuppressWarnings("unused") // qsort calls it
    private static int compare(MemorySegment left, MemorySegment right) {
        ((Runnable) System.getProperties().get(BODY)).run();
        return 0;
    }
}
