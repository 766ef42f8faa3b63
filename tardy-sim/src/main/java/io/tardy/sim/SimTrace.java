package io.tardy.sim;

import io.tardy.sim.time.Timeline;
import io.tardy.sim.time.Trace;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Everything that happens: its hash, the last of it for each host and, if asked for, the text. */
final class SimTrace implements Trace {

    /** How many of the last events of a host a failure shows. */
    private static final int SHOWN = 12;

    private static final long FNV_PRIME = 0x100000001b3L;

    private final Timeline timeline;
    private final Appendable text;
    private final Map<String, ArrayDeque<Line>> last = new LinkedHashMap<>();
    private long hash = 0xcbf29ce484222325L;
    private long events;

    private record Line(long number, long nanos, String host, String what, String detail) {
        @Override
        public String toString() {
            return seconds(nanos) + " " + (host.isEmpty() ? "-" : host) + " " + what + detail;
        }
    }

    /**
     * @param text takes the whole, or null
     */
    SimTrace(Timeline timeline, Appendable text) {
        this.timeline = timeline;
        this.text = text;
    }

    @Override
    public void add(String host, String what) {
        add(host, what, "");
    }

    /** In two parts, so that they need not be made one. */
    void add(String host, String what, String detail) {
        Line line = new Line(events++, timeline.nowNanos(), host, what, detail);
        mix(line.nanos);
        mix(host);
        mix(what);
        mix(detail);
        ArrayDeque<Line> lines = last.computeIfAbsent(host, key -> new ArrayDeque<>(SHOWN));
        if (lines.size() == SHOWN) {
            lines.remove();
        }
        lines.add(line);
        if (text != null) {
            write(line);
        }
    }

    private void write(Line line) {
        try {
            text.append(line.toString()).append('\n');
        } catch (IOException e) {
            throw new UncheckedIOException("the trace cannot be written", e);
        }
    }

    private void mix(String part) {
        for (int i = 0; i < part.length(); i++) {
            hash = (hash ^ part.charAt(i)) * FNV_PRIME;
        }
        mix(part.length());
    }

    private void mix(long number) {
        hash = (hash ^ number) * FNV_PRIME;
        hash ^= hash >>> 32;
    }

    /** The same for the same events. */
    long hash() {
        return hash;
    }

    long events() {
        return events;
    }

    /** The last events of each host, in the order in which they have happened. */
    List<String> last() {
        List<Line> lines = new ArrayList<>();
        last.values().forEach(lines::addAll);
        lines.sort((a, b) -> Long.compare(a.number, b.number));
        return lines.stream().map(Line::toString).toList();
    }

    static String seconds(long nanos) {
        return String.format(Locale.ROOT, "%.9f", nanos / 1e9);
    }
}
