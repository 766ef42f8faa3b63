package io.tardy.testsuite;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code System.exit}, wherever it is called, ends a program whose shutdown hook closes Tardy. */
class ExitTest {

    @ParameterizedTest
    @CsvSource({
        "io_uring,entry", "io_uring,task", "io_uring,frame",
        "epoll,entry", "epoll,task", "epoll,frame",
        "poll,entry", "poll,task", "poll,frame"
    })
    @Timeout(value = 60, unit = TimeUnit.SECONDS)
    void exitEndsTheProgram(String transport, String caller) throws Exception {
        SystemCommand ended =
                SystemCommand.run(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        OwnJvmTest.FLAG,
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        OwnJvmTest.classPath(),
                        ExitMain.class.getName(),
                        transport,
                        caller);
        assertThat(ended.said()).isEqualTo("closed");
        assertThat(ended.status()).isEqualTo(3);
    }
}
