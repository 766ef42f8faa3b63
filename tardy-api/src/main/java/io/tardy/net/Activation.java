package io.tardy.net;

import io.tardy.aio.TardyIOException;
import io.tardy.os.ListeningDescriptor;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/** What a service manager passes to a process that it starts; see sd_listen_fds(3). */
final class Activation {

    private static final int FIRST_DESCRIPTOR = 3;

    /** What sd_listen_fds_with_names(3) calls those without a name. */
    private static final String UNNAMED = "unknown";

    private static Activation process; // with the lock of the class

    private final List<Listener> all;

    private Activation(List<Listener> all) {
        this.all = all;
    }

    /** The one of this process; the same object once it has succeeded. */
    static synchronized Activation ofProcess() throws TardyIOException {
        if (process == null) {
            process = new Activation(listeners(System.getenv(), pid(), FIRST_DESCRIPTOR));
        }
        return process;
    }

    static long pid() {
        return ProcessHandle.current().pid();
    }

    List<Listener> all() {
        return all;
    }

    /**
     * @param environment the process's
     * @param pid the process's number
     * @param first the number of the first descriptor
     */
    static List<Listener> listeners(Map<String, String> environment, long pid, int first)
            throws TardyIOException {
        List<String> names = names(environment, pid);
        List<Listener> listeners = new ArrayList<>();
        for (String name : names) {
            listeners.add(new Listener(name, ListeningDescriptor.adopt(first + listeners.size())));
        }
        return List.copyOf(listeners);
    }

    /** Why there is none, for whoever has expected one. */
    static String whyNone(Map<String, String> environment, long pid) {
        String count = environment.get("LISTEN_FDS");
        String owner = environment.get("LISTEN_PID");
        if (count == null) {
            return "LISTEN_FDS is not set";
        }
        return Long.toString(pid).equals(owner)
                ? "LISTEN_FDS is " + count
                : "LISTEN_FDS is for the process "
                        + owner
                        + ", and this is "
                        + pid
                        + ": have the program in between exec this one";
    }

    /** A name for each descriptor; none if they are for another process. */
    static List<String> names(Map<String, String> environment, long pid) {
        if (!environment.containsKey("LISTEN_FDS")) {
            return List.of();
        }
        ListeningDescriptor.requireLinux("a listener by LISTEN_FDS");
        int count = (int) number(environment, "LISTEN_FDS", Short.MAX_VALUE);
        if (number(environment, "LISTEN_PID", Long.MAX_VALUE) != pid) {
            return List.of(); // a parent's, whose environment this process has inherited
        }
        String joined = environment.get("LISTEN_FDNAMES");
        if (joined == null) {
            return Collections.nCopies(count, UNNAMED);
        }
        List<String> names = count == 0 && joined.isEmpty() ? List.of() : split(joined);
        if (names.size() != count) {
            throw new IllegalStateException(
                    "LISTEN_FDS="
                            + count
                            + " and LISTEN_FDNAMES="
                            + joined
                            + " contradict each other: there is one name for each");
        }
        return names;
    }

    private static List<String> split(String joined) {
        return List.of(joined.split(":", -1));
    }

    private static long number(Map<String, String> environment, String variable, long max) {
        String text = environment.get(variable);
        if (text == null) {
            throw new IllegalStateException(
                    "LISTEN_FDS is set and " + variable + " is not: a service manager sets both");
        }
        try {
            long number = Long.parseLong(text);
            if (number >= 0 && number <= max) {
                return number;
            }
        } catch (NumberFormatException e) {
            // The same message.
        }
        throw new IllegalStateException(variable + "=" + text + " is no number of that kind");
    }
}
