package io.tardy.fs;

import io.tardy.aio.DirEntry;
import io.tardy.aio.Errno;
import io.tardy.aio.FileKind;
import io.tardy.aio.OpenError;
import io.tardy.aio.Stat;
import io.tardy.aio.TardyIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/**
 * Deletes a directory with everything in it, from the inside out. Each name is resolved relative to
 * the open directory that listed it, so a symbolic link put in the place of a directory cannot lead
 * the deletion elsewhere.
 *
 * <p>Only the innermost directories on the way down stay open. An outer one is reopened as the
 * parent of the one inside, and must still be the same directory: if the one inside was moved, it
 * has another parent.
 */
final class TreeDeletion {

    /** How many directories are open at once. Few trees are deeper. */
    private static final int OPEN_MAX = 16;

    private static final Path PARENT = Path.of("..");

    /** A directory on the way down. */
    private static final class Level {
        private final Path name;
        private final Iterator<DirEntry> left;

        /** Null while it is closed. */
        private Dir dir;

        /** What it was when it was closed. */
        private Stat identity;

        Level(Path name, Dir dir, Iterator<DirEntry> left) {
            this.name = name;
            this.dir = dir;
            this.left = left;
        }

        void open(Dir again) throws TardyIOException {
            dir = again;
            Stat found = dir.stat();
            if (found.inode() != identity.inode()
                    || !java.util.Objects.equals(found.created(), identity.created())) {
                throw new TardyIOException("open", OpenError.NOT_FOUND, Errno.ENOENT.number());
            }
        }

        void close() throws TardyIOException {
            Dir open = dir;
            dir = null;
            if (open != null) {
                open.close();
            }
        }
    }

    private final Dir start;
    private final Path path;
    private final List<Level> levels = new ArrayList<>();

    /** The levels from this one on are open. */
    private int firstOpen;

    /** What is done right now; null for the innermost level itself. */
    private Path current;

    /**
     * @param path of a directory, relative to the other one
     */
    TreeDeletion(Dir start, Path path) {
        this.start = start;
        this.path = path;
    }

    /** What closes all levels. */
    private interface OpenLevels extends AutoCloseable {
        @Override
        void close() throws TardyIOException;
    }

    void run() throws TardyIOException {
        try (OpenLevels opened = this::closeAll) {
            deleteAll();
        }
    }

    private void deleteAll() throws TardyIOException {
        try {
            enter(path, start.openReal(path));
            while (!levels.isEmpty()) {
                step(levels.getLast());
            }
        } catch (TardyIOException e) {
            throw e.error().isCanceled()
                    ? e
                    : new TardyIOException(e.operation(), e.error(), e.errno(), currentPath());
        }
    }

    private void step(Level level) throws TardyIOException {
        if (!level.left.hasNext()) {
            leave(level);
            return;
        }
        DirEntry entry = level.left.next();
        current = entry.path();
        boolean mayBeDirectory =
                entry.kind() == FileKind.DIRECTORY || entry.kind() == FileKind.UNKNOWN;
        Dir inner = mayBeDirectory ? openOrNull(level.dir, current) : null;
        if (inner == null) {
            level.dir.deleteFile(current);
        } else {
            enter(current, inner);
        }
        current = null;
    }

    /** Null for what is no directory: the file system did not say, or it is no longer one. */
    private static Dir openOrNull(Dir dir, Path name) throws TardyIOException {
        try {
            return dir.openReal(name);
        } catch (TardyIOException e) {
            if (e.error() == OpenError.NOT_A_DIRECTORY || e.error() == OpenError.LOOP) {
                return null;
            }
            throw e;
        }
    }

    private void enter(Path name, Dir dir) throws TardyIOException {
        List<DirEntry> entries;
        try {
            entries = dir.list();
        } catch (TardyIOException | RuntimeException | Error e) {
            dir.close();
            throw e;
        }
        levels.add(new Level(name, dir, entries.iterator()));
        current = null;
        if (levels.size() - firstOpen > OPEN_MAX && dir.isDescriptor()) {
            Level outermost = levels.get(firstOpen);
            outermost.identity = outermost.dir.stat();
            firstOpen++;
            outermost.close();
        }
    }

    /** It is empty: deletes it. */
    private void leave(Level level) throws TardyIOException {
        int depth = levels.size() - 1;
        if (depth == 0) {
            level.close();
            start.deleteDir(path);
            levels.removeLast();
            return;
        }
        Level outer = levels.get(depth - 1);
        if (depth == firstOpen) {
            firstOpen--;
            outer.open(level.dir.openReal(PARENT));
        }
        level.close();
        outer.dir.deleteDir(level.name);
        levels.removeLast();
    }

    /** Whatever fails; the first failure is thrown. */
    private void closeAll() throws TardyIOException {
        TardyIOException first = null;
        for (Level level : levels) {
            try {
                level.close();
            } catch (TardyIOException e) {
                if (first == null) {
                    first = e;
                } else {
                    first.addSuppressed(e);
                }
            }
        }
        if (first != null) {
            throw first;
        }
    }

    private String currentPath() {
        StringBuilder text = new StringBuilder(start.nameOf(path));
        for (Level level : levels.subList(Math.min(1, levels.size()), levels.size())) {
            text.append('/').append(level.name);
        }
        if (current != null) {
            text.append('/').append(current);
        }
        return text.toString();
    }
}
