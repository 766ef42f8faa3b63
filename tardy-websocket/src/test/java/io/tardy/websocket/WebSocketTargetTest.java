package io.tardy.websocket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.net.URI;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The host and port of a URI, and the headers that follow from it. */
class WebSocketTargetTest {

    @ParameterizedTest
    @CsvSource({
        "ws://example.org,            example.org, 80,  example.org,      http://example.org",
        "wss://Example.org/a?b,       Example.org, 443, Example.org,      https://example.org",
        "WS://example.org:80/,        example.org, 80,  example.org,      http://example.org",
        "ws://example.org:443/,       example.org, 443, example.org:443,  http://example.org:443",
        "ws://127.0.0.1:8080/,        127.0.0.1,   8080, 127.0.0.1:8080,  http://127.0.0.1:8080",
        "ws://[::1]:8080/,            ::1,         8080, '[::1]:8080',    'http://[::1]:8080'",
        "ws://my_service/,            my_service,  80,  my_service,       http://my_service",
        "ws://my_service:8080/,       my_service,  8080, my_service:8080, http://my_service:8080",
        "ws://my_service:/,           my_service,  80,  my_service,       http://my_service",
        "ws://user@my_service:81/,    my_service,  81,  my_service:81,    http://my_service:81",
        "ws://db.1:81/,               db.1,        81,  db.1:81,          http://db.1:81",
        "wss://a-.b:443/,             a-.b,        443, a-.b,             https://a-.b",
    })
    void hostAndPort(String uri, String host, int port, String hostHeader, String origin) {
        WebSocketTarget target = WebSocketTarget.of(URI.create(uri));
        assertThat(target.host()).isEqualTo(host);
        assertThat(target.port()).isEqualTo(port);
        assertThat(target.hostHeader()).isEqualTo(hostHeader);
        assertThat(target.origin()).isEqualTo(origin);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://example.org/",
                "/chat",
                "ws:example.org",
                "ws:///chat",
                "ws://:80/",
                "ws://bücher.example/",
                "ws://a%20b/",
                "ws://my_service:80:80/",
                "ws://my_service:65536/",
                "ws://example.org:65536/",
            })
    void noUriOfWebSocket(String uri) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> WebSocketTarget.of(URI.create(uri)))
                .withMessageContaining(uri);
    }
}
