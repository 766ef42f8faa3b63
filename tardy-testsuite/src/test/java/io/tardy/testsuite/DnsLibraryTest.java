package io.tardy.testsuite;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Netty's DNS is optional: who asks for it without having it is told, and all others need none. */
class DnsLibraryTest {

    @Test
    void withoutTheLibraryTheSystemsResolverWorksAndTheOtherSaysWhatIsMissing() throws Exception {
        String without =
                Stream.of(OwnJvmTest.classPath().split(File.pathSeparator))
                        .filter(entry -> !entry.contains("netty-resolver-dns"))
                        .filter(entry -> !entry.contains("netty-codec-dns"))
                        .collect(Collectors.joining(File.pathSeparator));
        assertThat(OwnJvmTest.run(DnsLibraryMain.class, List.of(OwnJvmTest.FLAG), without))
                .isEqualTo(
                        """
                        netty-resolver-dns is missing: add io.netty:netty-resolver-dns to the\
                         dependencies and, on the module path, --add-modules io.netty.resolver.dns
                        true\
                        """);
    }
}
