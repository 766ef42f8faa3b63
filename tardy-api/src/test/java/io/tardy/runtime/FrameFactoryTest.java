package io.tardy.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.Deque;
import org.junit.jupiter.api.Test;

class FrameFactoryTest {

    @Test
    void theMessageNamesTheFlagForTheModulePathAndForTheClassPath() {
        assertThat(FrameFactory.missingFlag(FrameFactory.class.getModule()))
                .endsWith("--add-opens java.base/java.lang=io.tardy") // there no manifest helps
                .doesNotContain("manifest");
        assertThat(FrameFactory.missingFlag(ClassLoader.getSystemClassLoader().getUnnamedModule()))
                .contains("--add-opens java.base/java.lang=ALL-UNNAMED ")
                .contains("manifest");
    }

    @Test
    void aThreadRunsWhenItsSchedulerRunsIt() {
        Deque<Runnable> runnable = new ArrayDeque<>();
        StringBuilder trace = new StringBuilder();
        Thread thread =
                FrameFactory.newThread(
                        runnable::add,
                        "named",
                        () -> {
                            trace.append(Thread.currentThread().getName());
                            Thread.yield();
                            trace.append(" again");
                        });
        thread.start();
        assertThat(trace).isEmpty();
        runnable.poll().run();
        assertThat(trace.toString()).isEqualTo("named");
        runnable.poll().run();
        assertThat(trace.toString()).isEqualTo("named again");
        assertThat(thread.isAlive()).isFalse();
    }
}
