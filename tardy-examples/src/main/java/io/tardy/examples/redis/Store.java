package io.tardy.examples.redis;

import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Keys, their values, and when they expire. The frames of one runtime use it, and nothing in it
 * waits: so a command is done as a whole, without a lock.
 */
final class Store {

    static final int KEY_BYTES_MAX = 1 << 16;

    /** What a key, and a member, take beside their bytes, about. */
    static final int ENTRY_BYTES = 120;

    /** When a key is gone. */
    private record Expiry(long atMs, String key) implements Comparable<Expiry> {
        @Override
        public int compareTo(Expiry other) {
            int byTime = Long.compare(atMs, other.atMs);
            return byTime != 0 ? byTime : key.compareTo(other.key);
        }
    }

    private final InstantSource clock;
    private final Consumer<String> onExpired;
    private final Map<String, Value> values = new HashMap<>();
    private final Map<String, Expiry> expiries = new HashMap<>();
    private final TreeSet<Expiry> expiryOrder = new TreeSet<>();
    private long bytes;
    private boolean isChanged;
    private boolean isReplaying;

    /**
     * @param onExpired is told of each key that is gone because its time has come
     */
    Store(InstantSource clock, Consumer<String> onExpired) {
        this.clock = clock;
        this.onExpired = onExpired;
    }

    /**
     * While a log is read, no key is gone before the log says so: what was done to it when it was
     * there may follow.
     */
    void setReplaying(boolean replaying) {
        isReplaying = replaying;
    }

    /** How much memory the data takes, about. */
    long bytes() {
        return bytes;
    }

    int count() {
        return values.size();
    }

    /** Whether something has changed since this was asked last. */
    boolean takeChanged() {
        boolean was = isChanged;
        isChanged = false;
        return was;
    }

    long nowMs() {
        return clock.millis();
    }

    Iterable<String> keys() {
        return values.keySet();
    }

    /** Whether there is such a key; one whose time has come is left to others. */
    boolean isThere(String key) {
        return values.containsKey(key) && !isDue(expiries.get(key));
    }

    /** The value, of whatever type; null for none. */
    Value find(String key) {
        if (!expiries.isEmpty() && isDue(expiries.get(key))) {
            expire(key);
        }
        return values.get(key);
    }

    private boolean isDue(Expiry expiry) {
        return expiry != null && !isReplaying && expiry.atMs <= nowMs();
    }

    private void expire(String key) {
        boolean was = isChanged;
        remove(key);
        isChanged = was; // the command has not changed it
        onExpired.accept(key);
    }

    /** Removes up to so many keys whose time has come; whether there are more. */
    boolean expireDue(int countMax) {
        for (int i = 0; i < countMax; i++) {
            if (expiryOrder.isEmpty() || !isDue(expiryOrder.first())) {
                return false;
            }
            expire(expiryOrder.first().key());
        }
        return true;
    }

    /** The value of this type; null for none. */
    <V extends Value> V find(String key, Class<V> type) throws CommandException {
        Value value = find(key);
        if (value != null && !type.isInstance(value)) {
            throw new CommandException(
                    "WRONGTYPE the key has a " + value.type() + ", and the command is for others");
        }
        return type.cast(value);
    }

    /** The value of this type, a new one if there is none, into which something goes at once. */
    <V extends Value> V findOrMake(String key, Class<V> type, Supplier<V> made)
            throws CommandException {
        V value = find(key, type);
        if (value == null) {
            value = made.get();
            put(key, value);
        }
        return value;
    }

    /** A value in place of what was there, which stays for ever. */
    void set(String key, String text) throws CommandException {
        Value there = values.get(key);
        if (there instanceof Value.Text old) {
            keep(key);
            charge(old, (long) text.length() - old.text.length());
            old.text = text;
            return;
        }
        requireKey(key);
        remove(key);
        Value.Text made = new Value.Text();
        made.text = text;
        put(key, made);
        charge(made, text.length());
    }

    private void put(String key, Value value) throws CommandException {
        requireKey(key);
        values.put(key, value);
        charge(value, ENTRY_BYTES + key.length());
    }

    static void requireKey(String key) throws CommandException {
        if (key.length() > KEY_BYTES_MAX) {
            throw new CommandException("ERR a name has at most " + KEY_BYTES_MAX + " bytes");
        }
    }

    /** The value takes so much more memory now, or less: it has changed. */
    void charge(Value value, long more) {
        value.bytes += more;
        bytes += more;
        isChanged = true;
    }

    /** Removes the key if its value has nothing any more. */
    void removeIfEmpty(String key, Value value) {
        if (value.isEmpty()) {
            remove(key);
        }
    }

    boolean remove(String key) {
        Value value = values.remove(key);
        if (value == null) {
            return false;
        }
        keep(key);
        bytes -= value.bytes;
        isChanged = true;
        return true;
    }

    void clear() {
        isChanged |= !values.isEmpty();
        values.clear();
        expiries.clear();
        expiryOrder.clear();
        bytes = 0;
    }

    /** When the key expires, in ms since 1970; -1 if it does not. */
    long expiryOf(String key) {
        Expiry expiry = expiries.get(key);
        return expiry == null ? -1 : expiry.atMs;
    }

    /** Has a key that is there expire. */
    void expireAt(String key, long atMs) {
        keep(key);
        Expiry expiry = new Expiry(atMs, key);
        expiries.put(key, expiry);
        expiryOrder.add(expiry);
        bytes += ENTRY_BYTES;
        isChanged = true;
    }

    /** Has it not expire; whether it would have. */
    boolean keep(String key) {
        Expiry expiry = expiries.remove(key);
        if (expiry == null) {
            return false;
        }
        expiryOrder.remove(expiry);
        bytes -= ENTRY_BYTES;
        isChanged = true;
        return true;
    }
}
