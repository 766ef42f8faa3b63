package io.tardy.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The order in which the addresses of a host are tried. */
class HostAddressesTest {

    @Test
    void familiesTakeTurnsBeginningWithThatOfTheFirst() {
        assertThat(alternating("::1", "::2", "::3", "10.0.0.1"))
                .containsExactly("::1", "10.0.0.1", "::2", "::3");
        assertThat(alternating("10.0.0.1", "10.0.0.2", "::1", "10.0.0.1", "::2"))
                .containsExactly("10.0.0.1", "::1", "10.0.0.2", "::2");
    }

    private static List<String> alternating(String... literals) {
        List<InetAddress> all = Stream.of(literals).map(InetAddress::ofLiteral).toList();
        return HostAddresses.alternating(all).stream()
                .map(address -> address.getHostAddress().replace("0:0:0:0:0:0:0:", "::"))
                .toList();
    }

    @Test
    void literalsAndPortsAreReadAsByTheJdk() throws Exception {
        for (String literal : List.of("127.0.0.1", "::1", "0.0.0.0", "[::1]", "127.1")) {
            assertThat(HostAddresses.of(literal, 80))
                    .as(literal)
                    .containsExactly(new InetSocketAddress(literal, 80));
        }
        assertThatIllegalArgumentException().isThrownBy(() -> HostAddresses.of("::1", 65536));
        assertThatIllegalArgumentException().isThrownBy(() -> HostAddresses.of(null, 80));
    }
}
