package io.tardy.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which addresses are trusted, and whom a request was forwarded for by them. */
class TrustedProxiesTest {

    private static final TrustedProxies PROXIES =
            TrustedProxies.of("127.0.0.1", "10.0.0.0/8", "192.0.2.128/25", "2001:db8::/33");

    private static final SocketAddress NAMELESS = UnixDomainSocketAddress.of("");

    private static SocketAddress at(String address) {
        return new InetSocketAddress(address, 1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "127.0.0.1",
                "10.0.0.0",
                "10.255.255.255",
                "192.0.2.128",
                "192.0.2.255",
                "::ffff:10.1.2.3",
                "2001:db8:7fff:ffff::1"
            })
    void thoseOfTheBlocksAreTrusted(String address) {
        assertThat(PROXIES.contains(at(address))).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "127.0.0.2",
                "9.255.255.255",
                "11.0.0.0",
                "192.0.2.127",
                "2001:db8:8000::",
                "::1",
                "::10.0.0.1"
            })
    void othersAreNot(String address) {
        assertThat(PROXIES.contains(at(address))).isFalse();
    }

    @Test
    void aBlockMayBeEverythingAndUnixSocketsAreNamed() {
        assertThat(TrustedProxies.of("0.0.0.0/0").contains(at("203.0.113.9"))).isTrue();
        assertThat(TrustedProxies.of("0.0.0.0/0").contains(at("::1"))).isFalse();
        assertThat(TrustedProxies.of().contains(at("127.0.0.1"))).isFalse();
        SocketAddress unix = UnixDomainSocketAddress.of("/run/proxy");
        assertThat(PROXIES.contains(unix)).isFalse();
        assertThat(PROXIES.contains((SocketAddress) null)).isFalse();
        assertThat(TrustedProxies.of("unix:").contains(unix)).isTrue();
        assertThat(TrustedProxies.of("unix:").contains(NAMELESS)).isTrue();
        assertThat(TrustedProxies.of("unix:").contains((SocketAddress) null)).isFalse();
        assertThat(TrustedProxies.of("unix:").contains(at("127.0.0.1"))).isFalse();
        assertThat(PROXIES.contains(InetSocketAddress.createUnresolved("10.0.0.1", 1))).isFalse();
    }

    /** An end of TCP whose address is not known any more is no Unix socket. */
    @Test
    void aConnectionThatHasEndedIsNotTrusted() {
        ProxyException refused = null;
        try {
            TrustedProxies.of("unix:").requireTrusted(null, at("127.0.0.1"));
        } catch (ProxyException e) {
            refused = e;
        }
        assertThat(refused).isNotNull();
        assertThat(refused).hasMessageContaining("the connection has ended before");
    }

    @ParameterizedTest
    @CsvSource({
        "localhost, is no address",
        "'', is no address",
        "10.0.0.0/, has no number of bits from 0 to 32",
        "10.0.0.0/33, has no number of bits from 0 to 32",
        "10.0.0.0/-1, has no number of bits from 0 to 32",
        "10.0.0.0/8/8, has no number of bits from 0 to 32",
        "fd00::/129, has no number of bits from 0 to 128",
        "10.1.2.3/8, has bits behind the first 8",
        "fd00::1/64, has bits behind the first 64",
        "fe80::1%eth0, is no address",
        "[::1], is no address",
        "010.0.0.256, is no address"
    })
    void whatIsNoBlockIsOneSentence(String block, String why) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> TrustedProxies.of(block))
                .withMessageContaining("'" + block + "'")
                .withMessageContaining(why);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "192.0.2.7|192.0.2.7",
                "1.1.1.1, 192.0.2.7|192.0.2.7",
                "1.1.1.1, 192.0.2.7, 10.0.0.1|192.0.2.7",
                "192.0.2.7:4711, 10.0.0.1:80|192.0.2.7",
                "2001:db8:8000::7|2001:db8:8000::7",
                "[2001:db8:8000::7]|2001:db8:8000::7",
                "[2001:db8:8000::7]:4711|2001:db8:8000::7",
                "10.0.0.3, 10.0.0.2|10.0.0.3",
                "1.1.1.1, nonsense, 10.0.0.1|10.0.0.1",
                "1.1.1.1, , 10.0.0.1|10.0.0.1",
                "1.1.1.1, 192.0.2.7:|127.0.0.1",
                "1.1.1.1, 192.0.2.7:123456|127.0.0.1",
                "1.1.1.1, [192.0.2.7]|127.0.0.1",
                "1.1.1.1, ::1%lo|127.0.0.1",
                "''|127.0.0.1"
            })
    void theOlderFieldIsReadFromTheRight(String line, String client) throws Exception {
        assertThat(PROXIES.xForwardedFor(at("127.0.0.1"), List.of(line)))
                .isEqualTo(InetAddress.getByName(client));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "for=192.0.2.7|192.0.2.7",
                "For=1.1.1.1, FOR=192.0.2.7;proto=https;by=10.0.0.1|192.0.2.7",
                "proto=https; for=\"192.0.2.7:4711\" , for=10.0.0.1|192.0.2.7",
                "for=\"[2001:db8:8000::7]:4711\"|2001:db8:8000::7",
                "for=\"[2001:db8:8000::7]\"|2001:db8:8000::7",
                "for=192.0.2.7:_port|192.0.2.7",
                "for=\"192\\.0.2.7\"|192.0.2.7",
                "for=1.1.1.1, for=unknown, for=10.0.0.1|10.0.0.1",
                "for=1.1.1.1, for=_hidden, for=10.0.0.1|10.0.0.1",
                "for=1.1.1.1, proto=https, for=10.0.0.1|10.0.0.1",
                "for=1.1.1.1, for=\"10.0.0.1|127.0.0.1",
                "for=\"1.1.1.1, for=192.0.2.7|192.0.2.7",
                "for=1.1.1.1;x=\", for=192.0.2.7;by=\"[::1]:80\", for=10.0.0.1|192.0.2.7",
                "for=\"1.1.1.1, for=192.0.2.7;host=\"a,for=8.8.8.8\"|192.0.2.7",
                "for=\"1.1.1.1, for=192.0.2.7;host=\"a,for=8.8.8.8;x=\\\"\"|192.0.2.7",
                "for=\"1.1.1.1, for=10.0.0.1|10.0.0.1",
                "for=8.8.8.8, for=\"1.1.1.1, for=10.0.0.1|10.0.0.1",
                "for=1.1.1.1;for=192.0.2.7|127.0.0.1",
                "for=, for=192.0.2.7|192.0.2.7",
                "for 192.0.2.7|127.0.0.1",
                "``|127.0.0.1"
            })
    void theStandardsFieldIsReadFromTheRight(String line, String client) throws Exception {
        assertThat(PROXIES.forwarded(at("127.0.0.1"), List.of(line)))
                .isEqualTo(InetAddress.getByName(client));
    }

    @Test
    void whatUntrustedPeersSayIsLeftAlone() throws Exception {
        assertThat(PROXIES.xForwardedFor(at("203.0.113.9"), List.of("192.0.2.7")))
                .isEqualTo(InetAddress.getByName("203.0.113.9"));
        assertThat(PROXIES.forwarded(at("203.0.113.9"), List.of("for=192.0.2.7")))
                .isEqualTo(InetAddress.getByName("203.0.113.9"));
        assertThat(PROXIES.forwarded(null, List.of("for=192.0.2.7"))).isNull();
    }

    /** A client that writes its own line, even a broken one, cannot touch the line of the proxy. */
    @Test
    void severalFieldsAreOneListWhoseLastIsTheNearest() throws Exception {
        InetAddress client = InetAddress.getByName("192.0.2.7");
        assertThat(
                        PROXIES.xForwardedFor(
                                at("127.0.0.1"), List.of("1.1.1.1", "192.0.2.7", "10.0.0.1")))
                .isEqualTo(client);
        assertThat(PROXIES.forwarded(at("127.0.0.1"), List.of("for=\"1.1.1.1", "for=192.0.2.7")))
                .isEqualTo(client);
        assertThat(TrustedProxies.of("unix:").xForwardedFor(NAMELESS, List.of("192.0.2.7")))
                .isEqualTo(client);
    }

    /** Channels that are closed have no address, and it was not a proxy that has closed them. */
    @Test
    void nobodyIsBelieved() {
        TrustedProxies proxies = TrustedProxies.of("unix:", "127.0.0.1");
        assertThat(proxies.xForwardedFor(null, List.of("192.0.2.7"))).isNull();
        assertThat(proxies.forwarded(null, List.of("for=192.0.2.7"))).isNull();
    }

    @Test
    void nothingThatAClientWritesFails() {
        SplittableRandom random = new SplittableRandom(18);
        String alphabet = "for=\"[]:;, _.\\1a\t\0é";
        for (int i = 0; i < 20_000; i++) {
            StringBuilder line = new StringBuilder();
            for (int length = random.nextInt(40); length > 0; length--) {
                line.append(alphabet.charAt(random.nextInt(alphabet.length())));
            }
            List<String> lines = List.of(line.toString());
            assertThat(PROXIES.forwarded(at("127.0.0.1"), lines)).isNotNull();
            assertThat(PROXIES.xForwardedFor(at("127.0.0.1"), lines)).isNotNull();
        }
    }
}
