package io.tardy.bench;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.HdrHistogram.Histogram;

/** What was said and heard in one room. Of one runtime. */
final class RoomBook {

    /** The numbers of one speaker: its first is 1. */
    private static final class Speech {
        private final List<Long> saidNanos = new ArrayList<>();
        private final BitSet heardByAnybody = new BitSet();
        private final BitSet refused = new BitSet();

        private int unheard() {
            return saidNanos.size() - heardByAnybody.cardinality() - refused.cardinality();
        }
    }

    /** What one connection hears. */
    final class Listener {

        private final String name;
        private final Map<String, Integer> last = new HashMap<>();
        private final Map<String, Integer> count = new HashMap<>();

        private Listener(String name) {
            this.name = name;
        }

        void heard(String speaker, int number) {
            heard++;
            if (number <= last.getOrDefault(speaker, 0)) {
                disorder++;
            }
            last.put(speaker, number);
            count.merge(speaker, 1, Integer::sum);
            Speech speech = speeches.get(speaker);
            if (speaker.equals(name) && !speech.heardByAnybody.get(number)) {
                long nanos = System.nanoTime() - speech.saidNanos.get(number - 1);
                latencyNanos.recordValue(nanos);
            }
            speech.heardByAnybody.set(number);
        }

        private long missed() {
            long missed = 0;
            for (Map.Entry<String, Speech> speech : speeches.entrySet()) {
                missed +=
                        speech.getValue().heardByAnybody.cardinality()
                                - count.getOrDefault(speech.getKey(), 0);
            }
            return missed;
        }
    }

    private final String room;
    private final Map<String, Speech> speeches = new HashMap<>();
    private final Map<String, Listener> listeners = new HashMap<>();
    private final Set<String> cut = new HashSet<>();
    private final Histogram latencyNanos = new Histogram(3);
    private boolean isOpen;
    private long heard;
    private long disorder;
    private long incomplete;

    RoomBook(String room) {
        this.room = room;
    }

    /** All are there: from now on, who goes has been cut. */
    void open() {
        isOpen = true;
    }

    boolean isOpen() {
        return isOpen;
    }

    /** Of a new connection. */
    Listener listener(String name) {
        speeches.computeIfAbsent(name, any -> new Speech());
        Listener listener = new Listener(name);
        listeners.put(name, listener);
        return listener;
    }

    void cut(String name) {
        cut.add(name);
    }

    /** The number that it says now. */
    int says(String name) {
        Speech speech = speeches.get(name);
        speech.saidNanos.add(System.nanoTime());
        return speech.saidNanos.size();
    }

    void refused(String name, int number) {
        speeches.get(name).refused.set(number);
    }

    void missedSome() {
        incomplete++;
    }

    /** Nobody who was there all the time waits for anything. */
    boolean isComplete() {
        return missed() == 0 && lost() == 0;
    }

    /** By who was connected all the time, of what anybody has heard. */
    long missed() {
        return listeners.values().stream()
                .filter(listener -> !cut.contains(listener.name))
                .mapToLong(Listener::missed)
                .sum();
    }

    /** Of what those have said who were connected all the time. */
    long lost() {
        return unheard(false);
    }

    /** Of the others. */
    long lostWithCut() {
        return unheard(true);
    }

    private long unheard(boolean ofCut) {
        return speeches.entrySet().stream()
                .filter(speech -> cut.contains(speech.getKey()) == ofCut)
                .mapToLong(speech -> speech.getValue().unheard())
                .sum();
    }

    long said() {
        return speeches.values().stream().mapToLong(speech -> speech.saidNanos.size()).sum();
    }

    long refused() {
        return speeches.values().stream().mapToLong(s -> s.refused.cardinality()).sum();
    }

    long heard() {
        return heard;
    }

    /** A number that was not greater than the one before of the same speaker. */
    long disorder() {
        return disorder;
    }

    /** How often somebody was told that there was more than could be kept. */
    long incomplete() {
        return incomplete;
    }

    Histogram latencyNanos() {
        return latencyNanos;
    }

    @Override
    public String toString() {
        return room;
    }
}
