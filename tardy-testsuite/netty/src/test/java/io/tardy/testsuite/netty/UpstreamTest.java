package io.tardy.testsuite.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.testsuite.transport.socket.SocketEchoTest;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.jar.JarFile;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** That nothing of Netty's test suite is left out by oversight, of this version or the next. */
class UpstreamTest {

    /**
     * Other transports; tests of Netty's own NIO and local loops; and one that makes NIO groups
     * itself.
     */
    private static final Set<String> LEFT_OUT =
            Set.of(
                    "io.netty.testsuite.transport.DefaultEventLoopTest",
                    "io.netty.testsuite.transport.NioEventLoopTest",
                    "io.netty.testsuite.transport.sctp.SctpEchoTest",
                    "io.netty.testsuite.transport.socket.SocketSslLargeCertificateTest",
                    "io.netty.testsuite.transport.udt.UDTClientServerConnectionTest");

    private static final Set<Class<?>> SUITES =
            Set.of(DatagramSuite.class, DomainSuite.class, EventLoopSuite.class, TcpSuite.class);

    @Test
    void everyTestClassOfNettysIsInASuiteOrLeftOutByName() throws IOException {
        Set<String> known = new TreeSet<>(LEFT_OUT);
        suiteClasses().forEach(suite -> addAncestors(suite, known));
        assertThat(upstream()).isNotEmpty().isSubsetOf(known);
        assertThat(upstream()).containsAll(LEFT_OUT);
    }

    @Test
    void theSuitesHaveTheClassesThatTheReportExpects() {
        assertThat(suiteClasses()).hasSize(SuiteReport.CLASSES);
    }

    private static Stream<Class<?>> suiteClasses() {
        return SUITES.stream().flatMap(suite -> Stream.of(suite.getDeclaredClasses()));
    }

    private static void addAncestors(Class<?> suite, Set<String> names) {
        for (Class<?> c = suite; c != Object.class; c = c.getSuperclass()) {
            names.add(c.getName());
        }
    }

    /** The tests in the jar, by name. */
    private static Set<String> upstream() throws IOException {
        String location =
                SocketEchoTest.class.getProtectionDomain().getCodeSource().getLocation().getPath();
        try (JarFile jar = new JarFile(Path.of(location).toFile())) {
            return jar.stream()
                    .map(entry -> entry.getName())
                    .filter(name -> name.matches(".*/[^/$]+Test\\.class"))
                    .map(name -> name.replace('/', '.').replace(".class", ""))
                    .filter(name -> !name.matches(".*\\.Abstract(Combo)?(Testsuite|Sctp)Test"))
                    .collect(Collectors.toSet());
        }
    }
}
