package io.tardy.websocket;

import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.tardy.net.TrustedProxies;
import org.junit.jupiter.api.Test;

/**
 * Load balancers before a server, without the library that it takes: there is none in this module.
 */
class ServerProxiesTest {

    @Test
    void whatIsMissingIsSaidBeforeTheFirstConnection() {
        assertThatIllegalStateException()
                .isThrownBy(() -> WebSocketServer.builder().proxies(TrustedProxies.of("127.0.0.1")))
                .withMessageContaining("io.netty:netty-codec-haproxy");
    }
}
