package io.tardy.examples.redis;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Who has subscribed to what. */
final class Topics {

    private final Map<String, Set<Subscriber>> channels = new HashMap<>();
    private final Map<String, Set<Subscriber>> patterns = new HashMap<>();

    private Map<String, Set<Subscriber>> of(boolean isPattern) {
        return isPattern ? patterns : channels;
    }

    void join(String name, boolean isPattern, Subscriber subscriber) {
        of(isPattern).computeIfAbsent(name, n -> new LinkedHashSet<>()).add(subscriber);
    }

    void leave(String name, boolean isPattern, Subscriber subscriber) {
        of(isPattern)
                .computeIfPresent(
                        name,
                        (n, all) -> {
                            all.remove(subscriber);
                            return all.isEmpty() ? null : all;
                        });
    }

    /** Gives it to all who want it, without a wait; how often it was given. */
    int publish(String channel, String text) throws CommandException {
        int count = 0;
        List<Subscriber> slow = new ArrayList<>();
        Set<Subscriber> direct = channels.getOrDefault(channel, Set.of());
        count += offer(direct, new Message("message", channel, text), slow);
        for (Map.Entry<String, Set<Subscriber>> pattern : patterns.entrySet()) {
            if (Glob.matches(pattern.getKey(), channel)) {
                Message message = new Message("pmessage", pattern.getKey(), channel, text);
                count += offer(pattern.getValue(), message, slow);
            }
        }
        slow.forEach(Subscriber::cut); // not before: they leave what is walked through above
        return count;
    }

    private static int offer(Set<Subscriber> all, Message message, List<Subscriber> slow)
            throws CommandException {
        int count = 0;
        for (Subscriber subscriber : all) {
            if (subscriber.offer(message)) {
                count++;
            } else {
                slow.add(subscriber);
            }
        }
        return count;
    }
}
