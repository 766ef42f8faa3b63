package io.tardy.testsuite;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code System.exit}, wherever it is called, ends a program whose shutdown hook ends Tardy. */
class ExitTest {

    @ParameterizedTest
    @CsvSource({
        "io_uring,entry,close",
        "io_uring,task,close",
        "io_uring,frame,close",
        "epoll,entry,close",
        "epoll,task,close",
        "epoll,frame,close",
        "poll,entry,close",
        "poll,task,close",
        "poll,frame,close",
        "io_uring,frame,drain",
        "epoll,frame,drain",
        "poll,frame,drain",
        "epoll,task,drain"
    })
    @Timeout(value = 60, unit = TimeUnit.SECONDS)
    void exitEndsTheProgram(String transport, String caller, String how) throws Exception {
        SystemCommand ended =
                SystemCommand.run(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        OwnJvmTest.FLAG,
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        OwnJvmTest.classPath(),
                        ExitMain.class.getName(),
                        transport,
                        caller,
                        how);
        assertThat(ended.said()).isEqualTo("ended");
        assertThat(ended.status()).isEqualTo(3);
    }
}
