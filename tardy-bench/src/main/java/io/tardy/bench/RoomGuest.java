package io.tardy.bench;

import io.tardy.Frame;
import io.tardy.aio.CancelledException;
import io.tardy.websocket.WebSocketClient;
import io.tardy.websocket.WebSocketConnection;
import io.tardy.websocket.WebSocketMessage;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.SplittableRandom;

/** Sits in a room, comes back when it is cut, and says one number after the other. */
final class RoomGuest {

    private static final int RETRY_MS_MIN = 50;
    private static final int RETRY_MS_MAX = 500;

    private final URI uri;
    private final String name;
    private final RoomBook book;
    private final SplittableRandom random;
    private final WebSocketClient client =
            WebSocketClient.builder().handshakeTimeout(Duration.ofSeconds(20)).build();

    /** Null while it is not there. */
    private WebSocketConnection ws;

    private boolean wasCut;
    private boolean wasToldAway;

    RoomGuest(int port, String name, RoomBook book, SplittableRandom random) {
        this.uri = URI.create("ws://127.0.0.1:%d/rooms/%s?name=%s".formatted(port, book, name));
        this.name = name;
        this.book = book;
        this.random = random;
    }

    /** Until it is cancelled. */
    void stay() throws IOException {
        while (true) {
            try (WebSocketConnection connection = client.connect(uri)) {
                hear(connection);
            } catch (CancelledException e) {
                throw e;
            } catch (IOException e) {
                // it comes again
            } finally {
                ws = null;
            }
            if (book.isOpen()) {
                wasCut = true;
                book.cut(name);
            }
            Frame.delay(Duration.ofMillis(random.nextInt(RETRY_MS_MIN, RETRY_MS_MAX)));
        }
    }

    private void hear(WebSocketConnection connection) throws IOException {
        RoomBook.Listener listener = book.listener(name);
        for (WebSocketMessage message; (message = connection.receive()) != null; ) {
            String[] words = message.text().split(" ");
            switch (words[0]) {
                case "here" -> ws = connection; // it has been greeted
                case "said" -> listener.heard(words[1], Integer.parseInt(words[2]));
                case "unsent" -> book.refused(name, Integer.parseInt(words[1]));
                case "missed" -> book.missedSome();
                case "away" -> wasToldAway = true;
                default -> {} // who came and left
            }
        }
    }

    /** While it is there, until then. */
    void talk(Duration pause, long endNanos) throws IOException {
        Frame.delay(Duration.ofMillis(random.nextLong(pause.toMillis())));
        while (System.nanoTime() < endNanos) {
            WebSocketConnection connection = ws;
            if (connection != null) {
                try {
                    connection.sendText(Integer.toString(book.says(name)));
                } catch (CancelledException e) {
                    throw e;
                } catch (IOException e) {
                    // it is being cut
                }
            }
            Frame.delay(pause);
        }
    }

    boolean isHere() {
        return ws != null;
    }

    boolean wasCut() {
        return wasCut;
    }

    boolean wasToldAway() {
        return wasToldAway;
    }

    @Override
    public String toString() {
        return name;
    }
}
