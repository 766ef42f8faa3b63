package io.tardy.examples;

import io.tardy.websocket.WebSocketConnection;
import io.tardy.websocket.WebSocketPayload;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The members of a room and its latest messages. Members may live on any runtime. Everything is
 * posted under the lock, so all members see the same order; posting never waits.
 */
class ChatRoom {

    static final int HISTORY_MAX = 100;

    private final Map<WebSocketConnection, String> members = new LinkedHashMap<>();
    private final Deque<String> history = new ArrayDeque<>();

    /**
     * Sends the history and the members to the newcomer, and announces it to the others.
     *
     * @return false if the room is over, so that the newcomer needs another of its name
     */
    synchronized boolean join(WebSocketConnection connection, String name) {
        boolean isNews = isNews(name);
        members.put(connection, name);
        greet(connection);
        if (isNews) {
            members.keySet().stream()
                    .filter(member -> member != connection)
                    .forEach(member -> member.post("came " + name));
        }
        return true;
    }

    synchronized void leave(WebSocketConnection connection) {
        String name = members.remove(connection);
        if (isNews(name)) {
            broadcast("left " + name);
        }
    }

    synchronized void say(WebSocketConnection from, String name, String text) {
        deliver("said " + name + " " + text);
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

    // Below: under the lock.

    /** To all who are here, and to those who come. */
    final void deliver(String event) {
        remember(event);
        broadcast(event);
    }

    final void remember(String event) {
        history.addLast(event);
        if (history.size() > HISTORY_MAX) {
            history.removeFirst();
        }
    }

    final void greet(WebSocketConnection connection) {
        history.forEach(connection::post);
        connection.post("here " + String.join(" ", names()));
    }

    /** Of this process. */
    final Map<WebSocketConnection, String> members() {
        return members;
    }

    Collection<String> names() {
        return members.values();
    }

    /**
     * Whether the others are told that it came, before it is a member, or left, when it is none.
     */
    boolean isNews(String name) {
        return true;
    }
}
