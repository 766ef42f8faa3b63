package io.tardy.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** The JDK's WebSocket, whose messages are kept. */
final class Listening implements WebSocket.Listener {

    private static final int PATIENCE_SECONDS = 30;

    private final BlockingQueue<byte[]> messages = new LinkedBlockingQueue<>();
    private final StringBuilder text = new StringBuilder();
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final WebSocket webSocket;

    Listening(HttpClient client, URI uri) {
        webSocket = client.newWebSocketBuilder().buildAsync(uri, this).join();
    }

    WebSocket webSocket() {
        return webSocket;
    }

    byte[] next() throws InterruptedException {
        byte[] message = messages.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
        assertThat(message).as("a message in time").isNotNull();
        return message;
    }

    String nextText() throws InterruptedException {
        return new String(next(), StandardCharsets.UTF_8);
    }

    void say(String words) {
        webSocket.sendText(words, true).join();
    }

    /** Until it has heard all of them. */
    List<String> heardUntil(String... last) throws InterruptedException {
        List<String> heard = new ArrayList<>();
        while (!heard.containsAll(List.of(last))) {
            heard.add(nextText());
        }
        return heard;
    }

    @Override
    public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean isLast) {
        text.append(data);
        if (isLast) {
            messages.add(text.toString().getBytes(StandardCharsets.UTF_8));
            text.setLength(0);
        }
        from.request(1);
        return null;
    }

    @Override
    public CompletionStage<?> onBinary(WebSocket from, ByteBuffer data, boolean isLast) {
        byte[] part = new byte[data.remaining()];
        data.get(part);
        bytes.writeBytes(part);
        if (isLast) {
            messages.add(bytes.toByteArray());
            bytes.reset();
        }
        from.request(1);
        return null;
    }
}
