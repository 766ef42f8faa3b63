package io.tardy.bench;

import io.tardy.Frame;
import io.tardy.websocket.WebSocketConnection;
import io.tardy.websocket.WebSocketMessage;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * Says one number after the other in a room, in one frame, and hears in another what the room says,
 * {@code said NAME NUMBER}: every speaker's numbers must come one after the other from 1 on.
 */
final class RoomMember {

    private final WebSocketConnection ws;
    private final String name;
    private final RoomTally tally;
    private final Map<String, Long> last = new HashMap<>();

    RoomMember(WebSocketConnection ws, String name, RoomTally tally) {
        this.ws = ws;
        this.name = name;
        this.tally = tally;
    }

    void hear() throws IOException {
        for (WebSocketMessage message; (message = ws.receive()) != null; ) {
            String[] words = message.text().split(" ");
            if (words[0].equals("said")) {
                heard(words[1], Long.parseLong(words[2]));
            }
        }
        tally.closed(ws.closeCode());
    }

    private void heard(String speaker, long number) {
        tally.heard.increment();
        if (number != last.getOrDefault(speaker, 0L) + 1) {
            tally.gaps.increment();
        }
        last.put(speaker, number);
        if (speaker.equals(name)) {
            tally.acknowledged.increment();
        }
    }

    /** Until the connection is closed. */
    void talk(Duration first, Duration pause) throws IOException {
        Frame.delay(first);
        try {
            for (long number = 1; ; number++) {
                ws.sendText(Long.toString(number));
                Frame.delay(pause);
            }
        } catch (IOException e) {
            if (ws.isOpen()) {
                throw e;
            }
            // as it had to come
        }
    }
}
