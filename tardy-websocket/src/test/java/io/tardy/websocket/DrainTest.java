package io.tardy.websocket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

final class DrainTest {

    /** As where memory lacks for a moment: the next message must not wait for it for ever. */
    @Test
    void aTaskThatTheLoopHasNotTakenIsScheduledAgain() {
        AtomicBoolean isFull = new AtomicBoolean(true);
        Queue<Runnable> tasks = new ArrayDeque<>();
        Executor loop =
                task -> {
                    if (isFull.get()) {
                        throw new OutOfMemoryError("of this test");
                    }
                    tasks.add(task);
                };
        AtomicInteger emptied = new AtomicInteger();
        Drain drain = new Drain(loop, emptied::incrementAndGet);
        assertThatExceptionOfType(OutOfMemoryError.class).isThrownBy(drain::schedule);
        isFull.set(false);
        drain.schedule();
        drain.schedule();
        assertThat(tasks).hasSize(1);
        tasks.remove().run();
        assertThat(emptied).hasValue(1);
    }
}
