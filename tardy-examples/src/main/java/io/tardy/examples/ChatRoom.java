package io.tardy.examples;

import io.tardy.websocket.WebSocketConnection;
import io.tardy.websocket.WebSocketPayload;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Who is in a room, and what was said there last. Its members live on any runtimes: under the lock
 * everything is posted, which never waits, so all members see the same order.
 */
final class ChatRoom {

    static final int HISTORY_MAX = 100;

    private final Map<WebSocketConnection, String> members = new LinkedHashMap<>();
    private final Deque<String> history = new ArrayDeque<>();

    /** Tells the newcomer what was said and who is here, and the others of him. */
    synchronized void join(WebSocketConnection connection, String name) {
        history.forEach(connection::post);
        members.put(connection, name);
        connection.post("here " + String.join(" ", members.values()));
        members.keySet().stream()
                .filter(member -> member != connection)
                .forEach(member -> member.post("came " + name));
    }

    synchronized void leave(WebSocketConnection connection) {
        String name = members.remove(connection);
        broadcast("left " + name);
    }

    synchronized void say(String name, String text) {
        String event = "said " + name + " " + text;
        history.addLast(event);
        if (history.size() > HISTORY_MAX) {
            history.removeFirst();
        }
        broadcast(event);
    }

    synchronized boolean isEmpty() {
        return members.isEmpty();
    }

    /** Encoded once, whatever the number of members. Who is too slow is closed by his queue. */
    synchronized void broadcast(String event) {
        try (WebSocketPayload payload = WebSocketPayload.text(event)) {
            members.keySet().forEach(member -> member.post(payload));
        }
    }
}
