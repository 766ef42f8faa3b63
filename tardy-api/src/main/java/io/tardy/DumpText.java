package io.tardy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/** A {@link RuntimeDump} as text: equal waits in one line. */
final class DumpText {

    private static final int LINES_MAX = 40;
    private static final int STACK_MAX = 20;
    private static final int TARGET_CHARS_MAX = 100;
    private static final int NAME_CHARS_MAX = 40;
    private static final int LINE_CHARS_MAX = 500;

    /** Those of C1 too, and those that turn the direction of what follows. */
    private static final Pattern CONTROLS = Pattern.compile("[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}]");

    private static final Pattern DIGITS = Pattern.compile("\\d+");
    private static final String ROW = "%8s  %-24s %-14s %9s  %s%n";

    private DumpText() {}

    /** Frames that do the same. */
    private record Kind(String name, String doing) {}

    private static final class Group {
        private final Kind kind;
        private int count;
        private FrameDump oldest;

        Group(Kind kind, FrameDump first) {
            this.kind = kind;
            this.oldest = first;
        }

        void add(FrameDump frame) {
            count++;
            if (frame.turns() > oldest.turns()) {
                oldest = frame;
            }
        }

        String row() {
            return ROW.formatted(
                            count(count),
                            kind.name,
                            kind.doing,
                            oldest.operation() == null ? "" : waiting(oldest),
                            details(oldest))
                    .stripTrailing();
        }
    }

    static String of(RuntimeDump dump) {
        StringBuilder text = new StringBuilder(dump.runtime());
        Stall stall = dump.stall();
        if (stall != null) {
            text.append(": no answer, and so no word of its ")
                    .append(count(dump.framesOmitted()))
                    .append(" frames; ")
                    .append(inOneLine(stall.toString()));
            stall.stack().stream()
                    .limit(STACK_MAX)
                    .forEach(
                            at -> text.append(System.lineSeparator()).append("    at ").append(at));
            return text.toString();
        }
        int alive = dump.frames().size() + dump.framesOmitted();
        text.append(": ").append(count(alive)).append(alive == 1 ? " frame" : " frames");
        if (dump.framesOmitted() > 0) {
            text.append(", of which ").append(count(dump.framesOmitted())).append(" not listed");
        }
        List<Group> groups = groups(dump.frames());
        if (!groups.isEmpty()) {
            line(
                    text,
                    ROW.formatted("frames", "name", "waits for", "longest", "that one").strip(),
                    2);
        }
        groups.stream().limit(LINES_MAX).forEach(group -> line(text, group.row(), 0));
        if (groups.size() > LINES_MAX) {
            line(text, "and " + (groups.size() - LINES_MAX) + " more kinds", 2);
        }
        return text.toString();
    }

    private static void line(StringBuilder text, String line, int indent) {
        text.append(System.lineSeparator()).append(" ".repeat(indent)).append(line);
    }

    private static List<Group> groups(List<FrameDump> frames) {
        Map<Kind, Group> byKind = new HashMap<>();
        Map<String, String> names = new HashMap<>(); // most have the same
        for (FrameDump frame : frames) {
            String name = names.computeIfAbsent(frame.name(), DumpText::withoutNumbers);
            Kind kind = new Kind(name, doing(frame));
            byKind.computeIfAbsent(kind, first -> new Group(first, frame)).add(frame);
        }
        List<Group> groups = new ArrayList<>(byKind.values());
        groups.sort(
                Comparator.comparingInt((Group group) -> -group.count)
                        .thenComparing(group -> group.kind.name)
                        .thenComparing(group -> group.kind.doing));
        return groups;
    }

    private static String withoutNumbers(String name) {
        return inOneLine(DIGITS.matcher(name).replaceAll("*"), NAME_CHARS_MAX);
    }

    private static String doing(FrameDump frame) {
        String operation = frame.operation();
        return operation != null ? operation : frame.isRunning() ? "(runs)" : "(runnable)";
    }

    private static String waiting(FrameDump frame) {
        Duration waiting = frame.waiting();
        return waiting == null ? turns(frame.turns()) : duration(waiting);
    }

    private static String details(FrameDump frame) {
        List<String> details = new ArrayList<>();
        String target = frame.target();
        if (target != null) {
            details.add(inOneLine(target, TARGET_CHARS_MAX));
        }
        Duration left = frame.deadlineIn();
        if (left != null) {
            details.add("deadline in " + duration(left));
        }
        if (frame.isCancelled()) {
            details.add("cancelled");
        }
        return String.join(", ", details);
    }

    /** A name or a path may be of a peer's choice. */
    static String inOneLine(String text) {
        return inOneLine(text, LINE_CHARS_MAX);
    }

    private static String inOneLine(String text, int charsMax) {
        String line = CONTROLS.matcher(text).replaceAll("?");
        return line.length() <= charsMax ? line : line.substring(0, charsMax) + "...";
    }

    private static String count(int count) {
        return String.format(Locale.ROOT, "%,d", count);
    }

    static String turns(long turns) {
        return turns + (turns == 1 ? " turn" : " turns");
    }

    /** In two units at most. */
    static String duration(Duration duration) {
        if (duration.isNegative()) {
            return "-" + duration(duration.negated());
        }
        if (duration.toDays() > 0) {
            return duration.toDays() + "d " + duration.toHoursPart() + "h";
        } else if (duration.toHours() > 0) {
            return duration.toHours() + "h " + duration.toMinutesPart() + "m";
        } else if (duration.toMinutes() > 0) {
            return duration.toMinutes() + "m " + duration.toSecondsPart() + "s";
        } else if (duration.toSeconds() >= 10) {
            return duration.toSeconds() + "s";
        }
        return duration.toMillis() + "ms";
    }
}
