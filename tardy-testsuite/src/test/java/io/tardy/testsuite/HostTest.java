package io.tardy.testsuite;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.net.spi.InetAddressResolverProvider;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Hosts by their names: a lookup keeps only its frame waiting, and every address is tried. */
class HostTest {

    @ParameterizedTest
    @ValueSource(strings = {"io_uring", "epoll", "poll"})
    void everyAddressOfAHostIsTriedAndALookupCanBeGivenUp(String transport, @TempDir Path folder)
            throws Exception {
        Path services = Files.createDirectories(folder.resolve("META-INF/services"));
        Files.writeString(
                services.resolve(InetAddressResolverProvider.class.getName()),
                HostMain.Provider.class.getName());
        assertThat(
                        OwnJvmTest.run(
                                HostMain.class,
                                List.of(OwnJvmTest.FLAG),
                                folder + File.pathSeparator + OwnJvmTest.classPath(),
                                transport))
                .isEqualTo(
                        """
                        warm up: 127.0.0.1 true true
                        dead+living: 127.0.0.1 true true
                        dead+lost: CONNECTION_REFUSED 1
                        silent+living: 127.0.0.1 true true
                        late: DeadlineExceededException
                        cancelled: CancelledException
                        closed: INVALID_FD
                        is closed: true
                        channel to dead+living: 127.0.0.1
                        channel to dead+lost: refused 1
                        channel to silent+living: 127.0.0.1
                        channel late: DeadlineExceededException
                        channel cancelled: CancelledException
                        left open by channels: 0
                        left open: 0
                        unknown: ADDRESS_NOT_AVAILABLE
                        unknown to a channel: ADDRESS_NOT_AVAILABLE
                        late lookup: DeadlineExceededException
                        cancelled lookup: CancelledException
                        alone: 127.0.0.1 true true
                        channel to dead+living: 127.0.0.1\
                        """);
    }
}
