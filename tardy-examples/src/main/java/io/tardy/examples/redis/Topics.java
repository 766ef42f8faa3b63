package io.tardy.examples.redis;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Who has subscribed to what. */
final class Topics {

    private final Map<String, Set<Subscriber>> subscribers = new HashMap<>();

    void join(String name, Subscriber subscriber) {
        subscribers.computeIfAbsent(name, n -> new LinkedHashSet<>()).add(subscriber);
    }

    void leave(String name, Subscriber subscriber) {
        subscribers.computeIfPresent(
                name,
                (n, all) -> {
                    all.remove(subscriber);
                    return all.isEmpty() ? null : all;
                });
    }

    /** Gives it to all who want it, without a wait; how often it was given. */
    int publish(String channel, String text) throws CommandException {
        Set<Subscriber> all = subscribers.getOrDefault(channel, Set.of());
        if (all.isEmpty()) {
            return 0;
        }
        RespWriter message = new RespWriter();
        message.request(List.of("message", channel, text)); // written once, for all
        byte[] bytes = message.takeBytes();
        List<Subscriber> slow = new ArrayList<>();
        int count = 0;
        for (Subscriber subscriber : all) {
            if (subscriber.offer(bytes)) {
                count++;
            } else {
                slow.add(subscriber);
            }
        }
        slow.forEach(Subscriber::cut); // not before: they leave what is walked through above
        return count;
    }
}
