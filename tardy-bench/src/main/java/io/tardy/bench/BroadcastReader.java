package io.tardy.bench;

import io.tardy.websocket.WebSocketConnection;
import io.tardy.websocket.WebSocketMessage;
import java.io.IOException;
import org.HdrHistogram.Histogram;

/** Receives a broadcast in its frame, and looks at every message. */
final class BroadcastReader {

    private final int bytes;
    private final long end;
    private final Histogram latencyNanos;
    private long next;
    private long received;
    private long outOfOrder;
    private long damaged;
    private int closeCode;

    /**
     * @param first the number that it must see first
     * @param end the number at which it has enough, and closes
     * @param latencyNanos of its runtime
     */
    BroadcastReader(int bytes, long first, long end, Histogram latencyNanos) {
        this.bytes = bytes;
        this.next = first;
        this.end = end;
        this.latencyNanos = latencyNanos;
    }

    /** To the end of the connection, which closing it leaves as it was. */
    void run(WebSocketConnection ws) throws IOException {
        for (WebSocketMessage message; next < end && (message = ws.receive()) != null; ) {
            take(message.bytes(), System.nanoTime());
        }
        ws.close();
        closeCode = ws.closeCode();
    }

    void take(byte[] bytesOfMessage, long nowNanos) {
        BroadcastMessage message = BroadcastMessage.decode(bytesOfMessage, bytes);
        if (message == null) {
            damaged++;
            return;
        }
        if (message.sequence() != next) {
            outOfOrder++;
        }
        next = message.sequence() + 1;
        if (message.sequence() >= 0) {
            received++;
            latencyNanos.recordValue(Math.max(nowNanos - message.sentNanos(), 0));
        }
    }

    /** Those that count. */
    long received() {
        return received;
    }

    /** A gap counts as one. */
    long outOfOrder() {
        return outOfOrder;
    }

    long damaged() {
        return damaged;
    }

    int closeCode() {
        return closeCode;
    }
}
