package io.tardy.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.tardy.aio.AsyncType;
import java.net.http.HttpClient;
import java.nio.ByteBuffer;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Timeout;

/** The JDK's client against {@link WebSocketEcho}. */
@Timeout(120)
final class WebSocketEchoTest {

    private static final int MESSAGE_BYTES_MAX = 16 * 1024 * 1024;

    @OnEachTransport
    void everyMessageComesBack(AsyncType transport) throws Exception {
        try (HttpClient http = HttpClient.newHttpClient();
                RunningServer server = new RunningServer(transport, WebSocketEcho.server())) {
            Listening client = new Listening(http, server.uri("/"));
            for (String text : new String[] {"", "hello", "größe 日本 😀", "x".repeat(200_000)}) {
                client.say(text);
                assertThat(client.nextText()).isEqualTo(text);
            }
            byte[] longest = new byte[MESSAGE_BYTES_MAX];
            new SplittableRandom(1).nextBytes(longest);
            client.webSocket().sendBinary(ByteBuffer.wrap(longest), true).join();
            assertThat(client.next()).isEqualTo(longest);
            client.webSocket().sendClose(1000, "").join();
        }
    }
}
