package io.tardy.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NettyVersionTest {

    @Test
    void theOneThatIsHereWillDo() {
        assertThat(NettyVersion.refusal()).isEmpty();
        assertThat(NettyVersion.found()).startsWith("4.2.").doesNotContain("{");
    }

    @ParameterizedTest
    @ValueSource(strings = {"4.1.128.Final", "4.2.7.Final", "4.2.13.Final", "4.2.9"})
    void anOlderOneIsNamedWithTheWayOut(String version) {
        assertThat(NettyVersion.refusal(Map.of("netty-common", version), true))
                .hasValueSatisfying(
                        sentence ->
                                assertThat(sentence)
                                        .contains("netty-common " + version)
                                        .contains(NettyVersion.LOWEST + " or newer")
                                        .contains("import io.netty:netty-bom")
                                        .doesNotContain("\n"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"4.2.14.Final", "4.2.100.Final", "4.3.0.Final", "5.0.0", "snapshot"})
    void aNewerOneWillDo(String version) {
        assertThat(NettyVersion.refusal(Map.of("netty-transport", version), true)).isEmpty();
    }

    @Test
    void oneJarThatIsOlderThanTheOthersIsFound() {
        Map<String, String> mixed =
                Map.of(
                        "netty-common", "4.2.18.Final",
                        "netty-transport-classes-epoll", "4.2.12.Final",
                        "netty-codec-http", "4.2.2.Final");
        assertThat(NettyVersion.refusal(mixed, true))
                .hasValueSatisfying(
                        sentence ->
                                assertThat(sentence)
                                        .contains("found netty-transport-classes-epoll 4.2.12"));
    }

    @Test
    void whereNoJarTellsItsVersionAClassDoes() {
        assertThat(NettyVersion.refusal(Map.of(), true)).isEmpty();
        assertThat(NettyVersion.refusal(Map.of(), false))
                .hasValueSatisfying(
                        sentence -> assertThat(sentence).contains("found one older than 4.2"));
    }
}
