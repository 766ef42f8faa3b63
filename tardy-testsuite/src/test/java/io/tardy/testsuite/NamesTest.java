package io.tardy.testsuite;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Names that are no text in the JVM's locale, as in a container where {@code LANG} is not set. */
class NamesTest {

    /** Written by printf(1), so that no JVM has a say in their bytes. */
    @ParameterizedTest
    @CsvSource({
        "io_uring, C",
        "io_uring, C.UTF-8",
        "epoll, C",
        "epoll, C.UTF-8",
        "poll, C",
        "poll, C.UTF-8"
    })
    void filesAreOpenedListedAndDeletedByTheBytesOfTheirNames(
            String transport, String locale, @TempDir Path folder) throws Exception {
        shell(
                folder,
                "mkdir -p \"$(printf 'd/\\303\\274')\"; echo -n four > \"$(printf"
                        + " 'd/\\303\\266')\"");
        shell(folder, "echo -n four > \"$(printf 'd/no \\377 text')\"");
        assertThat(
                        OwnJvmTest.run(
                                NamesMain.class,
                                "LC_ALL=" + locale,
                                transport,
                                folder.resolve("d").toString()))
                .matches("(4|true){3}[fd]{3}deleted")
                .contains("true");
        assertThat(folder).isEmptyDirectory();
    }

    private static void shell(Path folder, String script) throws Exception {
        SystemCommand.succeed("bash", "-c", "cd '" + folder + "' && " + script);
    }
}
