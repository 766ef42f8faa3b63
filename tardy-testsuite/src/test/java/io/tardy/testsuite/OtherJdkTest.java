package io.tardy.testsuite;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What goes on where the JDK makes and parks virtual threads in another way than JDK 25. */
class OtherJdkTest {

    private static final String VIRTUAL_THREAD = "java.lang.VirtualThread";

    private static final String BUILDER = "java.lang.ThreadBuilders$VirtualThreadBuilder";

    static Stream<ChangedJdk> whereFramesCannotBeMade() {
        return Stream.of(
                new ChangedJdk(VIRTUAL_THREAD, "scheduler", "executor"),
                // of another type
                new ChangedJdk(
                        VIRTUAL_THREAD, "scheduler", "executor", "runContinuation", "scheduler"),
                // of the same type, but for something else
                new ChangedJdk(
                        VIRTUAL_THREAD, "scheduler", "executor", "DEFAULT_SCHEDULER", "scheduler"),
                new ChangedJdk(
                        BUILDER, "(Ljava/util/concurrent/Executor;)V", "(Ljava/lang/Object;)V"));
    }

    static Stream<ChangedJdk> whereFramesCanBeMade() {
        return Stream.of(
                new ChangedJdk(VIRTUAL_THREAD, "yieldContinuation", "yieldNow"),
                // of another type
                new ChangedJdk(
                        VIRTUAL_THREAD,
                        "yieldContinuation",
                        "yieldNow",
                        "cancelTimeoutTask",
                        "yieldContinuation"),
                new ChangedJdk(VIRTUAL_THREAD, "PARKING", "PARKS"),
                new ChangedJdk(VIRTUAL_THREAD, "PARKING", "PARKS", "DEFAULT_SCHEDULER", "PARKING"));
    }

    @ParameterizedTest
    @MethodSource("whereFramesCannotBeMade")
    void aGroupGoesOnWithoutFrames(ChangedJdk jdk, @TempDir Path folder) throws Exception {
        assertThat(run(GroupMain.class, jdk, folder)).isEqualTo("echoed");
    }

    @ParameterizedTest
    @MethodSource("whereFramesCannotBeMade")
    void aSpawnSaysThatItDoesNotKnowThisJdk(ChangedJdk jdk, @TempDir Path folder) throws Exception {
        assertThat(run(SpawnMain.class, jdk, folder))
                .startsWith("this JDK (" + Runtime.version() + ") makes virtual threads in a way")
                .endsWith("use JDK 25, or a newer Tardy")
                .doesNotContain("\n");
    }

    @ParameterizedTest
    @MethodSource("whereFramesCanBeMade")
    void aFrameWaitsAsTheJdkDoes(ChangedJdk jdk, @TempDir Path folder) throws Exception {
        assertThat(run(SpawnMain.class, jdk, folder)).isEqualTo("spawned");
    }

    @Test
    void whereScopedValuesAreBoundInAnotherWayAForkGoesOnAndWhoAsksForThemIsTold(
            @TempDir Path folder) throws Exception {
        ChangedJdk jdk =
                new ChangedJdk("java.lang.ScopedValue$Snapshot", "EMPTY_SNAPSHOT", "EMPTY");
        assertThat(run(ForkMain.class, jdk, folder))
                .contains("binds scoped values in a way that Tardy does not know")
                .contains("what a Scope forks has none")
                .containsPattern("(?m)^forked$")
                .endsWith("use JDK 25, or a newer Tardy");
    }

    private static String run(Class<?> main, ChangedJdk jdk, Path folder) throws Exception {
        return OwnJvmTest.run(
                main, List.of(OwnJvmTest.FLAG, jdk.flag(folder)), OwnJvmTest.classPath());
    }
}
