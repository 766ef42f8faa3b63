package io.tardy.testsuite;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A peer that makes a parser recurse until its stack is full ends that frame, and nobody else. */
class OverflowTest {

    @ParameterizedTest
    @ValueSource(strings = {"io_uring", "epoll", "poll"})
    @Timeout(240)
    void aStackThatIsFullInAWaitEndsThatFrameOnly(String transport) throws Exception {
        assertThat(run(OverflowMain.class, transport))
                .isEqualTo("tasks 1 and 1, more descriptors []");
    }

    @ParameterizedTest
    @ValueSource(strings = {"io_uring", "epoll", "poll"})
    @Timeout(240)
    void aFrameThatCatchesTheOverflowOfAnOperationGoesOn(String transport) throws Exception {
        assertThat(run(CaughtOverflowMain.class, transport, "-Xint"))
                .isEqualTo("0 hung, 0 wrong, 0 timers, 0 left open");
    }

    @ParameterizedTest
    @ValueSource(strings = {"io_uring", "epoll", "poll"})
    @Timeout(240)
    void soItDoesWhereTheCompilersHaveItsCode(String transport) throws Exception {
        assertThat(run(CaughtOverflowMain.class, transport))
                .isEqualTo("0 hung, 0 wrong, 0 timers, 0 left open");
    }

    @ParameterizedTest
    @ValueSource(strings = {"io_uring", "epoll", "poll"})
    @Timeout(240)
    void whatIsHandedOverWhereTheStackIsFullArrivesOrStays(String transport) throws Exception {
        assertThat(run(SyncOverflowMain.class, transport, "-Xint")).isEqualTo("0 hung, 0 wrong");
    }

    private static String run(Class<?> main, String transport, String... flags) throws Exception {
        List<String> all = new ArrayList<>(List.of(OwnJvmTest.FLAG, "-XX:-StackTraceInThrowable"));
        all.addAll(List.of(flags));
        return OwnJvmTest.run(main, all, OwnJvmTest.classPath(), transport);
    }

    @ParameterizedTest
    @ValueSource(strings = {"io_uring", "epoll", "poll"})
    @Timeout(240)
    void theFirstSpawnOfAJvmWhereTheStackIsFullIsNotTheLast(String transport) throws Exception {
        assertThat(run(FirstOverflowMain.class, transport)).isEqualTo("spawned, tasks 1");
    }

    /** Of a thread that is no frame: what it has of the loop's must not stay half done. */
    @ParameterizedTest
    @ValueSource(strings = {"io_uring", "epoll", "poll"})
    @Timeout(240)
    void aFutureThatIsCompletedWhereTheStackIsFullDoesNotStopTheRuntime(String transport)
            throws Exception {
        assertThat(run(FutureOverflowMain.class, transport)).isEqualTo("goes on");
    }
}
