package io.tardy.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;

/** A measure of the stack that the compilers have not made smaller than it says. */
class StackRoomTest {

    private static final int STACK_BYTES = 4 << 20;

    /** What the JVM needs of it, and what is above the first call. */
    private static final int OTHERS_BYTES = 1 << 20;

    private static final int CALLS = 2_000_000;

    @Test
    void aCallTakesAsMuchHoweverOftenItWasMade() throws Exception {
        onStack(
                () -> {
                    assertTakesRoom("at first");
                    for (int i = 0; i < CALLS; i++) {
                        StackRoom.requireToTry();
                    }
                    StackRoom.requireToResume(0); // as every frame's first wait
                    assertTakesRoom("tried " + CALLS + " times");
                    for (int i = 0; i < CALLS; i++) {
                        StackRoom.requireToResume(i);
                    }
                    assertTakesRoom("resumed " + CALLS + " times");
                    for (int i = 0; i < CALLS / 10; i++) {
                        StackRoom.requireToWake();
                    }
                    assertTakesRoom("woken " + CALLS / 10 + " times");
                });
    }

    private static void assertTakesRoom(String when) {
        int few = 1;
        int many = STACK_BYTES;
        while (many - few > 1) {
            int middle = few + many >>> 1;
            if (overflows(middle)) {
                many = middle;
            } else {
                few = middle;
            }
        }
        assertThat((STACK_BYTES - OTHERS_BYTES) / few)
                .as("bytes of a call, " + when)
                .isGreaterThanOrEqualTo(StackRoom.BYTES_OF_A_CALL * 3 / 4);
    }

    private static boolean overflows(int calls) {
        try {
            StackRoom.descend(calls, false);
            return false;
        } catch (StackOverflowError e) {
            return true;
        }
    }

    private static void onStack(Runnable body) throws Exception {
        FutureTask<Void> task = new FutureTask<>(body, null);
        new Thread(null, task, "measured", STACK_BYTES).start();
        task.get();
    }
}
