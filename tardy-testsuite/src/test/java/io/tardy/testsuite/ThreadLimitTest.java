package io.tardy.testsuite;

import static org.assertj.core.api.Assertions.assertThat;

import io.tardy.aio.AsyncType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Where the system starts no more threads: in a JVM of its own, which must end. */
@EnabledOnOs(OS.LINUX)
@Timeout(120)
class ThreadLimitTest {

    private static final String REFUSED = "unable to create native thread";

    @ParameterizedTest
    @EnumSource(names = {"IO_URING", "EPOLL", "POLL"})
    void allRuntimesStartOrNone(AsyncType async) throws Exception {
        assertThat(run(async, "start"))
                .contains("the thread of runtime 1 cannot be started (" + REFUSED)
                .contains(
                        "raise the limit on threads (ulimit -u, or pids.max of the control group)")
                .contains("over")
                .doesNotContain("entered");
    }

    @ParameterizedTest
    @EnumSource(names = {"IO_URING", "EPOLL", "POLL"})
    void theEndOfAnEntryTakesNoNewThread(AsyncType async) throws Exception {
        assertThat(run(async, "end")).contains(REFUSED, "over");
    }

    @ParameterizedTest
    @EnumSource(names = {"IO_URING", "EPOLL", "POLL"})
    void aDrainOfAGroupEndsTheLoopsThatNeverBeganWithoutAThread(AsyncType async) throws Exception {
        assertThat(run(async, "drain"))
                .contains("drained: true", "the frame: true", "ended: true", "over");
    }

    @ParameterizedTest
    @EnumSource(names = {"IO_URING", "EPOLL", "POLL"})
    void onlyTheFrameWhoseThreadOfThePoolDoesNotStartHearsOfIt(
            AsyncType async, @TempDir Path folder) throws Exception {
        Path file = Files.writeString(folder.resolve("file"), "text");
        assertThat(folder.toFile().setExecutable(true, false)).isTrue();
        assertThat(file.toFile().setReadable(true, false)).isTrue();
        assertThat(run(async, "offload", file.toString()))
                .contains("offload: " + REFUSED)
                .containsAnyOf("open: 4", "ENOMEM") // io_uring's kernel may have a worker left
                .contains("the other frame: SUCCEEDED")
                .contains("over");
    }

    /** One that had begun when its thread was refused must not go on by itself. */
    @ParameterizedTest
    @EnumSource(names = {"IO_URING", "EPOLL", "POLL"})
    void aProcessIsStartedAndWaitedForOrNotAtAll(AsyncType async) throws Exception {
        assertThat(run(async, "process"))
                .contains("refused: PROCESS_QUOTA_EXCEEDED", "started: true", "left: 0", "over");
    }

    private static String run(AsyncType async, String... what) throws Exception {
        String[] arguments = new String[what.length + 1];
        arguments[0] = async.label();
        System.arraycopy(what, 0, arguments, 1, what.length);
        return OwnJvmTest.run(
                LimitMain.class, List.of(OwnJvmTest.FLAG), OwnJvmTest.classPath(), arguments);
    }
}
