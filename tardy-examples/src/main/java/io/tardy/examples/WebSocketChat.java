package io.tardy.examples;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.tardy.TardyRuntime;
import io.tardy.websocket.OverflowPolicy;
import io.tardy.websocket.WebSocketConnection;
import io.tardy.websocket.WebSocketMessage;
import io.tardy.websocket.WebSocketServer;
import java.io.IOException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A chat with rooms, and its page on the same port. A client sends each line as one message. The
 * server sends {@code said NAME TEXT}, {@code came NAME}, {@code left NAME}, {@code here NAME...},
 * and {@code slow COUNT}, the number of members that were dropped because they did not keep up.
 *
 * <p>Several processes can share their rooms by way of Redis. A {@link SharedRoom} adds what its
 * members are told then.
 */
public final class WebSocketChat {

    static final int MESSAGE_BYTES_MAX = 4096;

    /** A whole history fits, so that a newcomer is not dropped as too slow. */
    static final int OUTBOUND_BYTES_MAX = 2 * ChatRoom.HISTORY_MAX * MESSAGE_BYTES_MAX;

    static final int ROOMS_MAX = 1000;

    private static final int TOO_SLOW = 1013;

    private final ConcurrentMap<String, ChatRoom> rooms = new ConcurrentHashMap<>();
    private final AtomicLong slowDropped = new AtomicLong();
    private final ChatPage page = new ChatPage();
    private final HealthAnswers health;
    private final ChatRedis redis;

    /** A chat of this process alone, with nothing before it. */
    public WebSocketChat() {
        this(new Health(), null);
    }

    /**
     * @param redis shares the rooms with every process that has the same; null for a chat of this
     *     process alone
     */
    WebSocketChat(Health health, ChatRedis redis) {
        this.health = new HealthAnswers(health);
        this.redis = redis;
    }

    /** A builder that lacks only the group. */
    public WebSocketServer.Builder server() {
        return WebSocketServer.builder()
                .check(this::check)
                .messageBytesMax(MESSAGE_BYTES_MAX)
                .frameBytesMax(MESSAGE_BYTES_MAX)
                .outboundBytesMax(OUTBOUND_BYTES_MAX)
                .overflow(OverflowPolicy.CLOSE_1013)
                .httpHandler(health.before(page::answer))
                .connectionFrame(this::serve);
    }

    private HttpResponseStatus check(HttpRequest request) {
        String origin = request.headers().get(HttpHeaderNames.ORIGIN);
        String host = request.headers().get(HttpHeaderNames.HOST);
        if (origin != null && !origin.endsWith("://" + host)) {
            return HttpResponseStatus.FORBIDDEN; // the page of another site
        }
        ChatVisit visit = ChatVisit.of(request.uri());
        if (visit == null) {
            return HttpResponseStatus.NOT_FOUND;
        }
        if (!rooms.containsKey(visit.room()) && rooms.size() >= ROOMS_MAX && !forgetEmptyRooms()) {
            return HttpResponseStatus.SERVICE_UNAVAILABLE;
        }
        return HttpResponseStatus.SWITCHING_PROTOCOLS;
    }

    /** Makes room for another one if it can. Until then an empty room keeps its history. */
    private boolean forgetEmptyRooms() {
        for (String name : rooms.keySet()) {
            rooms.computeIfPresent(name, (key, room) -> room.isEmpty() ? null : room);
        }
        return rooms.size() < ROOMS_MAX;
    }

    private void serve(WebSocketConnection ws) throws IOException {
        ChatVisit visit = ChatVisit.of(ws.uri());
        ChatRoom room = join(ws, visit);
        try {
            for (WebSocketMessage message; (message = ws.receive()) != null; ) {
                if (message instanceof WebSocketMessage.Text text) {
                    room.say(ws, visit.name(), text.text());
                }
            }
        } finally {
            room.leave(ws);
            countIfSlow(ws);
        }
    }

    /** Looks the room up and joins it atomically, because an empty room may be forgotten. */
    private ChatRoom join(WebSocketConnection ws, ChatVisit visit) {
        ws.post("slow " + slowDropped.get());
        return rooms.compute(
                visit.room(),
                (name, known) -> {
                    if (known != null && known.join(ws, visit.name())) {
                        return known;
                    }
                    ChatRoom room = open(name);
                    room.join(ws, visit.name());
                    return room;
                });
    }

    private ChatRoom open(String name) {
        if (redis == null) {
            return new ChatRoom();
        }
        SharedRoom room = new SharedRoom(name, redis);
        TardyRuntime.current()
                .spawn(
                        "room " + name,
                        () -> {
                            try {
                                room.follow();
                            } finally {
                                rooms.remove(name, room);
                            }
                        });
        return room;
    }

    private void countIfSlow(WebSocketConnection ws) {
        if (ws.closeCode() == TOO_SLOW && ws.droppedCount() > 0) {
            String event = "slow " + slowDropped.incrementAndGet();
            rooms.values().forEach(room -> room.broadcast(event));
        }
    }
}
