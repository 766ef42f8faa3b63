package io.tardy.testsuite;

import static org.assertj.core.api.Assertions.assertThat;

import io.tardy.aio.AsyncType;
import java.util.List;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Where the heap is full: in a JVM of its own. */
@Timeout(240)
class HeapTest {

    /** Without buffers of threads, for what is left in one of these would be found. */
    private static final List<String> OPTIONS =
            List.of(OwnJvmTest.FLAG, "-Xmx64m", "-XX:+UseSerialGC", "-XX:-UseTLAB");

    @ParameterizedTest
    @EnumSource(names = {"IO_URING", "EPOLL", "POLL"})
    void whoeverIsWokenWhileTheHeapIsFullGoesOn(AsyncType async) throws Exception {
        assertThat(OwnJvmTest.run(HeapMain.class, OPTIONS, OwnJvmTest.classPath(), async.label()))
                .isEqualTo("3000 of 3000");
    }

    @ParameterizedTest
    @EnumSource(names = {"IO_URING", "EPOLL", "POLL"})
    void whatIsHandedOverWhileTheHeapIsFullIsNotLost(AsyncType async) throws Exception {
        assertThat(
                        OwnJvmTest.run(
                                SyncHeapMain.class, OPTIONS, OwnJvmTest.classPath(), async.label()))
                .isEqualTo("0 lost, 1000 of 1000");
    }

    @ParameterizedTest
    @EnumSource(names = {"EPOLL", "POLL"})
    void whatASelectWasGivenWhileTheHeapIsFullIsNotLost(AsyncType async) throws Exception {
        assertThat(
                        OwnJvmTest.run(
                                SelectHeapMain.class,
                                OPTIONS,
                                OwnJvmTest.classPath(),
                                async.label()))
                .isEqualTo("10 of 10, then late");
    }

    @ParameterizedTest
    @EnumSource(names = {"IO_URING", "EPOLL", "POLL"})
    void aFrameOfAScopeThatFailsWhileTheHeapIsFullIsItsOwnersAffair(AsyncType async)
            throws Exception {
        assertThat(
                        OwnJvmTest.run(
                                ScopeHeapMain.class,
                                OPTIONS,
                                OwnJvmTest.classPath(),
                                async.label()))
                .endsWith("OutOfMemoryError, and goes on");
    }
}
