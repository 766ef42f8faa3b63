package io.tardy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * What Linux's control groups allow this process, which is how a container limits it: cgroups(7),
 * both versions. Each group above it limits it too; the least counts.
 */
final class ControlGroups {

    /** The first version has no word for "no limit", but a number that no machine has. */
    private static final long UNLIMITED = Long.MAX_VALUE >> 12;

    private static final long MIB = 1 << 20;

    private final Path root;

    /**
     * @param root what the system's paths begin at
     */
    ControlGroups(Path root) {
        this.root = root;
    }

    /**
     * The limits there are, a line each; nothing where there are none, or where it is not Linux.
     *
     * @param heap what the JVM's heap may take, in bytes
     * @param buffers what Netty's buffers outside of it may take besides
     */
    List<String> describe(long heap, long buffers) {
        List<String> lines = new ArrayList<>();
        long memory =
                Math.min(least("memory", "memory.max"), least("memory", "memory.limit_in_bytes"));
        if (memory < UNLIMITED) {
            lines.add(
                    ("limit of the control group on memory: %d MiB; the heap may take %d MiB,"
                                    + " Netty's buffers %d MiB more, and other direct buffers have"
                                    + " a limit of their own")
                            .formatted(memory / MIB, heap / MIB, buffers / MIB));
        }
        double processors = processors();
        if (processors < Integer.MAX_VALUE) {
            lines.add(
                    String.format(
                            Locale.ROOT,
                            "limit of the control group on processors: the time of %.2f",
                            processors));
        }
        long threads = least("pids", "pids.max");
        if (threads < UNLIMITED) {
            lines.add(
                    "limit of the control group on threads and processes: %d; %d are there"
                            .formatted(threads, used(threads)));
        }
        return lines;
    }

    private long least(String controller, String file) {
        long least = Long.MAX_VALUE;
        for (Path group : groups(controller)) {
            least = Math.min(least, number(read(group.resolve(file))));
        }
        return least;
    }

    private double processors() {
        double least = Integer.MAX_VALUE;
        for (Path group : groups("cpu")) {
            String[] second = read(group.resolve("cpu.max")).split(" ");
            if (second.length == 2) {
                least = Math.min(least, ratio(number(second[0]), number(second[1])));
            }
            least =
                    Math.min(
                            least,
                            ratio(
                                    number(read(group.resolve("cpu.cfs_quota_us"))),
                                    number(read(group.resolve("cpu.cfs_period_us")))));
        }
        return least;
    }

    private static double ratio(long quota, long period) {
        return quota >= UNLIMITED ? Integer.MAX_VALUE : (double) quota / period;
    }

    /** In the group that has this limit: the threads of all processes in it. */
    private long used(long threads) {
        for (Path group : groups("pids")) {
            if (number(read(group.resolve("pids.max"))) == threads) {
                return number(read(group.resolve("pids.current")));
            }
        }
        return 0;
    }

    /** Those that the process is in, the innermost first, as far as they can be seen from here. */
    private List<Path> groups(String controller) {
        List<Path> found = new ArrayList<>();
        for (String line : read(root.resolve("proc/self/mountinfo")).split("\n")) {
            // 35 31 0:32 /in/the/hierarchy /where/it/is rw,relatime shared:9 - cgroup cgroup
            // rw,memory
            String[] halves = line.split(" - ", 2);
            if (halves.length < 2) {
                continue;
            }
            String[] mount = halves[0].split(" ");
            String[] kind = halves[1].split(" ");
            boolean isSecond = kind[0].equals("cgroup2");
            if (isSecond || kind[0].equals("cgroup") && isOneOf(controller, kind[2])) {
                Path top = root.resolve(mount[4].substring(1));
                String path = path(isSecond ? "" : controller);
                String below = path.startsWith(mount[3]) ? path.substring(mount[3].length()) : "";
                Path group = top.resolve(below.startsWith("/") ? below.substring(1) : below);
                for (; group.startsWith(top); group = group.getParent()) {
                    found.add(group);
                }
            }
        }
        return found;
    }

    /** Of the process, in the hierarchy of the controller; the second version's has no name. */
    private String path(String controller) {
        for (String line : read(root.resolve("proc/self/cgroup")).split("\n")) {
            String[] parts = line.split(":", 3);
            if (parts.length == 3 && isOneOf(controller, parts[1])) {
                return parts[2];
            }
        }
        return "/";
    }

    private static boolean isOneOf(String name, String list) {
        return Arrays.asList(list.split(",")).contains(name);
    }

    /** What says "no limit", or is not there, is the greatest number. */
    private static long number(String text) {
        try {
            long number = Long.parseLong(text);
            return number < 0 ? Long.MAX_VALUE : number;
        } catch (NumberFormatException e) {
            return Long.MAX_VALUE;
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file).strip();
        } catch (IOException e) {
            return ""; // there is no such limit
        }
    }
}
