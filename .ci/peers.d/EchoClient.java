import io.tardy.Deadline;
import io.tardy.Tardy;
import io.tardy.websocket.WebSocketClient;
import io.tardy.websocket.WebSocketConnection;
import io.tardy.websocket.WebSocketMessage;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * Our client against echo servers of others, with compression and without: EchoClient PORT=NAME... Says what failed; then the status is
 * 1.
 */
final class EchoClient {

    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final int CLOSES = 20;
    private static final int BYTES_MAX = 16 * 1024 * 1024;

    private final List<String> failures = new ArrayList<>();

    public static void main(String[] args) throws Exception {
        EchoClient client = new EchoClient();
        Tardy.builder().build().entry(args, (rt, peers) -> rt.spawn(() -> client.visit(peers)));
        client.failures.forEach(System.out::println);
        System.out.println("done");
        System.exit(client.failures.isEmpty() ? 0 : 1);
    }

    private void visit(String[] peers) {
        for (String peer : peers) {
            String[] portAndName = peer.split("=", 2);
            URI uri = URI.create("ws://127.0.0.1:" + portAndName[0] + "/");
            for (boolean compression : new boolean[] {false, true}) {
                try {
                    WebSocketClient client =
                            WebSocketClient.builder()
                                    .compression(compression)
                                    .messageBytesMax(BYTES_MAX)
                                    .frameBytesMax(BYTES_MAX)
                                    .closeTimeout(PATIENCE.multipliedBy(2)) // a close without an answer is too slow
                                    .build();
                    Deadline.within(
                            PATIENCE,
                            () -> {
                                converse(client, uri);
                                for (int i = 0; i < CLOSES; i++) {
                                    sayAndClose(client, uri);
                                }
                            });
                } catch (Exception | AssertionError e) {
                    failures.add(portAndName[1] + ", our compression " + compression + ": " + e);
                }
            }
        }
    }

    private static void converse(WebSocketClient client, URI uri) throws Exception {
        byte[] random = new byte[1 << 20];
        new Random(1).nextBytes(random);
        List<Object> messages = new ArrayList<>(List.of("", "hello", "größe 日本", "x".repeat(200_000), Arrays.copyOf(random, 5), random));
        for (int i = 0; i < 20; i++) {
            messages.add("{\"number\": " + i + ", \"text\": \"the same text each time, or nearly\"}");
        }
        try (WebSocketConnection ws = client.connect(uri)) {
            for (Object message : messages) {
                switch (message) {
                    case String text -> {
                        ws.sendText(text);
                        require(ws.receive() instanceof WebSocketMessage.Text(String got) && got.equals(text), "a text came back changed");
                    }
                    case byte[] bytes -> {
                        ws.sendBinary(bytes);
                        require(ws.receive() instanceof WebSocketMessage.Binary(byte[] got) && Arrays.equals(got, bytes), "bytes came back changed");
                    }
                    default -> throw new AssertionError(message);
                }
            }
            ws.ping((byte) 1);
        }
    }

    private static void sayAndClose(WebSocketClient client, URI uri) throws Exception {
        try (WebSocketConnection ws = client.connect(uri)) {
            ws.sendText("last");
        }
    }

    private static void require(boolean condition, String why) {
        if (!condition) {
            throw new AssertionError(why);
        }
    }
}
