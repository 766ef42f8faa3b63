package io.tardy.examples;

import io.tardy.Frame;
import io.tardy.aio.CancelledException;
import io.tardy.websocket.WebSocketConnection;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/**
 * A room as one process sees it, of several that share it by way of Redis. There is one order, that
 * of the room's log in Redis: what a member says goes there first, and members hear only what comes
 * from there, what they have said themselves included. A frame of the room's own brings and takes
 * it ({@link #follow}).
 *
 * <p>Members hear of some things besides: {@code away}, Redis cannot be reached, and what is said
 * waits; {@code back}, it can be again; {@code unsent TEXT}, so much waits that this was refused;
 * {@code missed}, there was more than Redis has kept.
 */
final class SharedRoom extends ChatRoom {

    /** What waits for Redis. */
    static final int UNSENT_MAX = 256;

    /** With as many messages as are sent at once, an exchange is a quarter of a MiB at most. */
    private static final int BATCH_MAX = 64;

    private static final Duration PAUSE_MAX = Duration.ofSeconds(1);

    /** A message that Redis may have or not. */
    private record Unsent(long number, String event) {}

    private final String name;
    private final ChatRedis redis;

    /** Whose messages these are, in the log. One that comes back to a room is another. */
    private final String origin = UUID.randomUUID().toString();

    // Of any thread.
    private final Semaphore news = new Semaphore(0);
    private volatile boolean isPresenceDue = true;

    // Under the lock.
    private final Deque<Unsent> unsent = new ArrayDeque<>();
    private long numbers;
    private Set<String> elsewhere = Set.of();
    private boolean isLoaded;
    private boolean isAway;
    private boolean isOver;

    // Of the room's frame.
    private String first = ""; // that it had of the log
    private String last = "";
    private long presenceNanos;

    /** Until then others may not have said again who is there. */
    private long doubtUntilNanos = System.nanoTime();

    /**
     * The last number of each origin. What is said again because the answer was lost, or read again
     * because Redis had lost something, is known by it. The log has no more origins than entries.
     */
    private final Map<String, Long> heard =
            new LinkedHashMap<>(16, 0.75f, true) {
                @Override
                protected boolean removeEldestEntry(Map.Entry<String, Long> eldest) {
                    return size() > ChatRedis.LOG_MAX;
                }
            };

    SharedRoom(String name, ChatRedis redis) {
        this.name = name;
        this.redis = redis;
    }

    String name() {
        return name;
    }

    @Override
    synchronized boolean join(WebSocketConnection connection, String member) {
        if (isOver) {
            return false;
        }
        if (isLoaded) {
            super.join(connection, member);
        } else {
            members().put(connection, member); // is greeted when it is loaded
        }
        if (isAway) {
            connection.post("away");
        }
        changed();
        return true;
    }

    @Override
    synchronized void leave(WebSocketConnection connection) {
        super.leave(connection);
        changed();
    }

    /** Of messages too. Its frame takes it away then. */
    @Override
    synchronized boolean isEmpty() {
        return isOver;
    }

    private void changed() {
        isPresenceDue = true;
        wake();
    }

    @Override
    synchronized void say(WebSocketConnection from, String member, String text) {
        if (unsent.size() >= UNSENT_MAX) {
            from.post("unsent " + text);
            return;
        }
        unsent.addLast(new Unsent(++numbers, "said " + member + " " + text));
        wake();
    }

    @Override
    Collection<String> names() {
        Set<String> names = new TreeSet<>(members().values());
        names.addAll(elsewhere);
        return names;
    }

    /** Somebody who comes back by way of another process has not been away. */
    @Override
    boolean isNews(String member) {
        return isLoaded && !elsewhere.contains(member) && !members().containsValue(member);
    }

    /** Of another process, or of our own; on the thread of any runtime. */
    void hear(String message) {
        if (message.endsWith(origin)) {
            return; // the answer had it
        }
        if (message.startsWith("here ")) {
            isPresenceDue = true;
        }
        wake();
    }

    /** The frame looks at Redis again, soon. */
    void wake() {
        if (news.availablePermits() == 0) {
            news.release();
        }
    }

    /** Until nobody is here and everything is said. Runs once, in a frame of the room's own. */
    void follow() throws IOException {
        try {
            redis.enter(this);
            while (!isOver()) {
                boolean isMore = false;
                try {
                    isMore = exchange();
                } catch (CancelledException e) {
                    throw e;
                } catch (IOException | RuntimeException e) {
                    if (e instanceof RuntimeException) {
                        redis.complain("says what nobody understands: " + e);
                    }
                    isPresenceDue = true; // it may have expired meanwhile, for all
                    doubtUntilNanos = System.nanoTime() + ChatRedis.PRESENCE.toNanos();
                    tell(true);
                    pause();
                }
                if (!isMore && !isOver()) {
                    news.tryAcquire(ChatRedis.HEARTBEAT.toMillis(), TimeUnit.MILLISECONDS);
                }
            }
            sayGoodbye();
        } catch (InterruptedException e) {
            throw new CancelledException("the room " + name);
        } catch (RuntimeException | Error e) {
            sendAway();
            throw e;
        } finally {
            redis.leave(this);
            reportLoss();
        }
    }

    private void sayGoodbye() throws CancelledException {
        try {
            redis.here(this, origin, "");
        } catch (CancelledException e) {
            throw e;
        } catch (IOException e) {
            // What was said of who is here expires.
        }
    }

    /** They would hear nothing any more. Who comes back gets another room of its name. */
    private synchronized void sendAway() {
        isOver = true;
        for (WebSocketConnection member : members().keySet()) {
            member.runtime().spawn(() -> member.close(1011, "the room has failed"));
        }
    }

    /**
     * Says who is here if it is time; sends and fetches a part of the log. Redis is back when it
     * has done both: one without memory answers questions all the same.
     *
     * @return whether there is more of the log, or for it
     */
    private boolean exchange() throws IOException {
        boolean isHeartbeat = System.nanoTime() - presenceNanos >= ChatRedis.HEARTBEAT.toNanos();
        List<String> others = null;
        if (isPresenceDue || isHeartbeat || !isLoaded) {
            isPresenceDue = false; // before: who comes meanwhile is for the next time
            others = redis.here(this, origin, namesHere());
            presenceNanos = System.nanoTime();
        }
        List<String> batch = batch();
        ChatRedis.Log log = redis.say(this, origin, last, batch);
        tell(false);
        boolean isMore = take(log, batch.size() / 2);
        if (others != null) {
            takePresence(others);
        }
        return isMore;
    }

    private synchronized List<String> batch() {
        List<String> batch = new ArrayList<>();
        for (Unsent message : unsent) {
            if (batch.size() == 2 * BATCH_MAX) {
                break;
            }
            batch.add(Long.toString(message.number()));
            batch.add(message.event());
        }
        return batch;
    }

    private synchronized boolean take(ChatRedis.Log log, int sent) {
        for (int i = 0; i < sent; i++) {
            unsent.removeFirst();
        }
        if (log.isIncomplete()) {
            broadcast("missed");
        }
        for (ChatRedis.Entry entry : log.entries()) {
            last = entry.id();
            if (first.isEmpty()) {
                first = last;
            }
            if (!isKnown(entry)) {
                heard.put(entry.origin(), entry.number());
                if (isLoaded) {
                    deliver(entry.event());
                } else {
                    remember(entry.event());
                }
            }
        }
        if (log.entries().isEmpty() && (last.isEmpty() || log.isIncomplete())) {
            last = "0-0"; // there is no log (any more)
        }
        return !unsent.isEmpty() || log.entries().size() >= ChatRedis.ENTRIES_MAX;
    }

    /**
     * A log that has lost its end comes again from its beginning. What was in it before this room
     * has looked, by origins that it has never heard, is known by its place.
     */
    private boolean isKnown(ChatRedis.Entry entry) {
        Long heardOf = heard.get(entry.origin());
        return heardOf == null
                ? entry.number() == 0 || isBefore(entry.id(), first)
                : entry.number() <= heardOf;
    }

    /** Ids are two numbers: ms and, within one, a counter. */
    private static boolean isBefore(String id, String other) {
        String[] one = id.split("-");
        String[] two = other.split("-");
        int byMillis =
                Long.compareUnsigned(
                        Long.parseUnsignedLong(one[0]), Long.parseUnsignedLong(two[0]));
        return byMillis < 0
                || byMillis == 0
                        && Long.compareUnsigned(
                                        Long.parseUnsignedLong(one[1]),
                                        Long.parseUnsignedLong(two[1]))
                                < 0;
    }

    private synchronized String namesHere() {
        return String.join(" ", new TreeSet<>(members().values()));
    }

    private synchronized void takePresence(List<String> others) {
        Collection<String> before = names();
        Set<String> now = new TreeSet<>();
        others.forEach(names -> now.addAll(List.of(names.split(" "))));
        if (doubtUntilNanos - System.nanoTime() > 0) {
            now.addAll(elsewhere);
        }
        elsewhere = now;
        if (!isLoaded) {
            isLoaded = true;
            members().keySet().forEach(this::greet);
            return;
        }
        Collection<String> after = names();
        after.stream().filter(n -> !before.contains(n)).forEach(n -> broadcast("came " + n));
        before.stream().filter(n -> !after.contains(n)).forEach(n -> broadcast("left " + n));
    }

    private synchronized void tell(boolean away) {
        if (away != isAway) {
            isAway = away;
            broadcast(away ? "away" : "back");
        }
    }

    /** What Redis refuses, it is not asked at once again, nor by all rooms at the same time. */
    private static void pause() throws IOException {
        long millis = PAUSE_MAX.toMillis();
        Frame.delay(Duration.ofMillis(ThreadLocalRandom.current().nextLong(millis / 2, millis)));
    }

    private synchronized boolean isOver() {
        isOver = isOver || members().isEmpty() && unsent.isEmpty();
        return isOver;
    }

    private synchronized void reportLoss() {
        if (!unsent.isEmpty()) {
            System.err.printf(
                    "tardy: %d messages of the room %s did not reach Redis%n", unsent.size(), name);
        }
    }
}
