package io.tardy.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

class FrameParkingTest {

    @Test
    void thisJdkTellsWhenItCannotSuspend() {
        assertThat(FrameParking.isExact()).isTrue();
    }

    @Test
    void aParkedThreadWaitsLooksLikeItAndGoesOnWhenUnparkedOrInterrupted() {
        Deque<Runnable> runnable = new ArrayDeque<>();
        List<String> trace = new ArrayList<>();
        Thread thread =
                FrameFactory.newThread(
                        runnable::add,
                        "parks",
                        () -> {
                            Thread self = Thread.currentThread();
                            LockSupport.unpark(self);
                            trace.add("with a permit: " + FrameParking.park(self, trace));
                            trace.add("suspended: " + FrameParking.park(self, trace));
                            trace.add("again: " + FrameParking.park(self, trace));
                            trace.add("interrupted: " + FrameParking.park(self, trace));
                        });
        thread.start();
        runnable.poll().run();
        assertThat(trace).containsExactly("with a permit: true");
        assertThat(thread.getState()).isEqualTo(Thread.State.WAITING);
        assertThat(LockSupport.getBlocker(thread)).isSameAs(trace);
        LockSupport.unpark(thread);
        runnable.poll().run();
        assertThat(trace).endsWith("suspended: true");
        thread.interrupt();
        runnable.poll().run();
        assertThat(trace).endsWith("again: true", "interrupted: true");
        assertThat(thread.isAlive()).isFalse();
    }
}
