package io.tardy.examples;

import io.tardy.websocket.WebSocketConnection;
import io.tardy.websocket.WebSocketPayload;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The members of a room and its latest messages. Members may live on any runtime. Everything is
 * posted under the lock, so all members see the same order; posting never waits.
 */
final class ChatRoom {

    static final int HISTORY_MAX = 100;

    private final Map<WebSocketConnection, String> members = new LinkedHashMap<>();
    private final Deque<String> history = new ArrayDeque<>();

    /** Sends the history and the members to the newcomer, and announces it to the others. */
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

    /** Encodes the event once for all members. A full queue closes the connection of a slow one. */
    synchronized void broadcast(String event) {
        try (WebSocketPayload payload = WebSocketPayload.text(event)) {
            members.keySet().forEach(member -> member.post(payload));
        }
    }
}
