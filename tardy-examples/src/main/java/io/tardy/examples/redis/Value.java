package io.tardy.examples.redis;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** What a key has. */
abstract sealed class Value {

    /** What it takes of the memory, about, as {@link Store#charge} has counted it. */
    long bytes;

    /** As TYPE says it. */
    abstract String type();

    /** A key is gone with the last that its value has. */
    abstract boolean isEmpty();

    static final class Text extends Value {
        String text = "";

        @Override
        String type() {
            return "string";
        }

        @Override
        boolean isEmpty() {
            return false;
        }
    }

    static final class Items extends Value {
        final Deque<String> items = new ArrayDeque<>();

        @Override
        String type() {
            return "list";
        }

        @Override
        boolean isEmpty() {
            return items.isEmpty();
        }
    }

    static final class Members extends Value {
        final Set<String> members = new LinkedHashSet<>();

        @Override
        String type() {
            return "set";
        }

        @Override
        boolean isEmpty() {
            return members.isEmpty();
        }
    }

    static final class Fields extends Value {
        final Map<String, String> fields = new LinkedHashMap<>();

        @Override
        String type() {
            return "hash";
        }

        @Override
        boolean isEmpty() {
            return fields.isEmpty();
        }
    }

    static final class Scores extends Value {
        final Map<String, Double> scores = new HashMap<>();
        final TreeSet<Scored> order = new TreeSet<>();

        @Override
        String type() {
            return "zset";
        }

        @Override
        boolean isEmpty() {
            return order.isEmpty();
        }
    }

    /** A member of a sorted set. */
    record Scored(double score, String member) implements Comparable<Scored> {
        @Override
        public int compareTo(Scored other) {
            int byScore = Double.compare(score, other.score);
            return byScore != 0 ? byScore : member.compareTo(other.member);
        }
    }
}
