package io.tardy.sim.disk;

import io.tardy.aio.FileKind;
import io.tardy.aio.Stat;
import java.nio.file.Path;
import java.time.Instant;
import java.util.TreeMap;

/** A file or a directory, whether it still has a name or not. It has one name in its life. */
abstract sealed class Node {

    final long number;
    final Directory parent;
    final Path name;

    /** Where it was made, absolute. */
    final Path path;

    final int mode;
    final Instant created;
    Instant accessed;
    Instant modified;
    Instant changed;

    /** How many handles it has. */
    int opens;

    private Node(long number, Directory parent, Path name, int mode, Instant now) {
        this.number = number;
        this.parent = parent;
        this.name = name;
        this.path = parent == null ? name : parent.path.resolve(name);
        this.mode = mode;
        this.created = now;
        this.accessed = now;
        this.modified = now;
        this.changed = now;
    }

    static final class File extends Node {
        final Content content = new Content();

        File(long number, Directory parent, Path name, int mode, Instant now) {
            super(number, parent, name, mode, now);
        }
    }

    static final class Directory extends Node {
        /** By the names' bytes. */
        final TreeMap<Path, Node> entries = new TreeMap<>();

        /** Those that a crash cannot take. */
        final TreeMap<Path, Node> synced = new TreeMap<>();

        Directory(long number, Directory parent, Path name, int mode, Instant now) {
            super(number, parent, name, mode, now);
        }

        void touch(Instant now) {
            modified = now;
            changed = now;
        }
    }

    final FileKind kind() {
        return this instanceof File ? FileKind.FILE : FileKind.DIRECTORY;
    }

    /** What stat(2) tells. */
    final Stat stat() {
        return new Stat(
                this instanceof File file ? file.content.size() : Content.PAGE_BYTES,
                kind(),
                mode,
                accessed,
                modified,
                changed,
                created,
                number,
                links());
    }

    /** A directory has its name, its own dot, and those of the directories in it. */
    private long links() {
        if (!hasName()) {
            return 0;
        } else if (this instanceof Directory directory) {
            return 2
                    + directory.entries.values().stream()
                            .filter(Directory.class::isInstance)
                            .count();
        }
        return 1;
    }

    /** Whether a path leads to it. What was deleted never has a name again, but for a crash. */
    final boolean hasName() {
        return parent == null || parent.entries.get(name) == this;
    }

    /** No crash takes its name, nor those of the directories that lead to it. */
    final void syncName() {
        for (Node node = this; node.parent != null && node.hasName(); node = node.parent) {
            node.parent.synced.put(node.name, node);
        }
    }
}
