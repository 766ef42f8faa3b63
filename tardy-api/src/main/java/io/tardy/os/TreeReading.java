package io.tardy.os;

import io.tardy.aio.Errno;
import io.tardy.aio.StatEntry;
import io.tardy.aio.TardyIOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * Lists what is below a directory, part by part, on threads that may wait: one change of threads
 * serves many directories.
 */
public final class TreeReading {

    /** A part ends with the directory in which it reaches this: some milliseconds in memory. */
    private static final int ENTRIES_MIN = 1000;

    private final FileHandle top;

    /** Directories that were found and not listed, the next one first; relative to the top. */
    private final Deque<Path> left = new ArrayDeque<>();

    /** Where {@link #next} is. */
    private Path current = Path.of("");

    private boolean hasBegun;

    /** Of what is below this directory, which is open as long as it is read. */
    public TreeReading(FileHandle top) {
        this.top = top;
    }

    /**
     * The next part: paths relative to the top, each directory before what is in it, and what is in
     * one directory together. What disappears meanwhile is left out.
     *
     * @return empty at the end
     * @throws TardyIOException if a directory cannot be read: {@link #current}
     */
    public List<StatEntry> next() throws TardyIOException {
        List<StatEntry> part = new ArrayList<>();
        if (!hasBegun) {
            hasBegun = true;
            addAll(part, top.calls().listStats(top, Path.of(".")));
        }
        while (part.size() < ENTRIES_MIN && !left.isEmpty()) {
            current = left.pop();
            try {
                addAll(part, top.calls().listStats(top, current));
            } catch (TardyIOException e) {
                if (!isGone(e.errno())) {
                    throw e;
                }
            }
        }
        return part;
    }

    /** The directory that was listed last, relative to the top. */
    public Path current() {
        return current;
    }

    private void addAll(List<StatEntry> part, List<StatEntry> entries) {
        boolean isOfTop = current.toString().isEmpty();
        List<Path> directories = new ArrayList<>();
        for (StatEntry entry : entries) {
            StatEntry placed =
                    isOfTop ? entry : new StatEntry(current.resolve(entry.path()), entry.stat());
            part.add(placed);
            if (entry.stat().isDirectory()) {
                directories.add(placed.path());
            }
        }
        directories.reversed().forEach(left::push);
    }

    /** It is there no more, or no directory. */
    private static boolean isGone(int errno) {
        return errno == Errno.ENOENT.number()
                || errno == Errno.ENOTDIR.number()
                || errno == Errno.ELOOP.number();
    }
}
