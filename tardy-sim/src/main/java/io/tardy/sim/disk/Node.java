package io.tardy.sim.disk;

import io.tardy.aio.FileKind;
import io.tardy.aio.Stat;
import io.tardy.os.PathBytes;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.TreeMap;

/**
 * A file, a directory or a symbolic link, whether it still has a name or not. It has one name at a
 * time.
 */
abstract sealed class Node {

    /** A host has one disk. */
    private static final long DEVICE = 1;

    final long number;

    /** Where it is, or was last; null for the root. */
    Directory parent;

    Path name;

    /** Whose {@code synced} it is in, and by what name; null if it is in none. */
    private Directory syncedParent;

    private Path syncedName;

    int mode;
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

    /** A symbolic link. */
    static final class Link extends Node {
        final Path target;

        Link(long number, Directory parent, Path name, Path target, Instant now) {
            super(number, parent, name, 0777, now);
            this.target = target;
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

        /** No crash changes its names. */
        void syncEntries() {
            for (Node gone : List.copyOf(synced.values())) {
                if (gone.hasMoved()) {
                    gone.syncName();
                } else if (!gone.hasName()) {
                    gone.forgetSynced();
                }
            }
            for (Node entry : List.copyOf(entries.values())) {
                entry.syncName();
            }
        }
    }

    final FileKind kind() {
        return switch (this) {
            case File file -> FileKind.FILE;
            case Directory directory -> FileKind.DIRECTORY;
            case Link link -> FileKind.SYMBOLIC_LINK;
        };
    }

    /** What stat(2) tells; everything is the one user's, whose number is that of the superuser. */
    final Stat stat() {
        long size =
                switch (this) {
                    case File file -> file.content.size();
                    case Directory directory -> Content.PAGE_BYTES;
                    case Link link -> PathBytes.of(link.target).length;
                };
        long pages =
                switch (this) {
                    case File file -> file.content.pageCount();
                    case Directory directory -> 1;
                    case Link link -> 0;
                };
        return new Stat(
                size,
                kind(),
                mode,
                accessed,
                modified,
                changed,
                created,
                number,
                links(),
                DEVICE,
                pages * Content.PAGE_BYTES / Content.SECTOR_BYTES,
                Content.PAGE_BYTES,
                0,
                0);
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

    /** Where it is, or was last; absolute. */
    final Path path() {
        return parent == null ? name : parent.path().resolve(name);
    }

    /** Whether it is in a directory, by its name. */
    final boolean hasName() {
        return parent == null || parent.entries.get(name) == this;
    }

    /** It is to be found here from now on, and nowhere else. */
    final void moveTo(Directory directory, Path newName) {
        if (hasName()) {
            parent.entries.remove(name);
        }
        parent = directory;
        name = newName;
        directory.entries.put(newName, this);
    }

    /** Whether a crash may have it back where it was. */
    final boolean hasMoved() {
        return syncedParent != null
                && hasName()
                && (syncedParent != parent || !syncedName.equals(name));
    }

    /** No crash takes its name, nor those of the directories that lead to it. */
    final void syncName() {
        for (Node node = this; node.parent != null && node.hasName(); node = node.parent) {
            node.syncOwnName();
        }
    }

    /** With its old name: one without the other no crash leaves. */
    private void syncOwnName() {
        if (syncedParent == parent && syncedName.equals(name)) {
            return;
        }
        forgetSynced();
        Node replaced = parent.synced.put(name, this);
        syncedParent = parent;
        syncedName = name;
        if (replaced != null) {
            replaced.syncedParent = null;
            replaced.syncName(); // it was moved from here before
        }
    }

    private void forgetSynced() {
        if (syncedParent != null) {
            syncedParent.synced.remove(syncedName);
            syncedParent = null;
        }
    }

    /**
     * A crash has it where it was before it was moved. What has that name since then is moved back
     * itself, or was never made; what had its own is there again.
     */
    final void undoMove() {
        for (Node between; (between = movedBetween()) != null; ) {
            between.undoMove();
        }
        Node replaced = parent.synced.get(name);
        Directory left = parent;
        Path leftName = name;
        left.entries.remove(leftName);
        parent = syncedParent;
        name = syncedName;
        Node later = parent.entries.get(name);
        if (later != null && later != this && later.hasMoved()) {
            later.undoMove();
        }
        parent.entries.put(name, this);
        if (replaced != null && !replaced.hasName()) {
            replaced.restoreSynced();
        }
    }

    /** A directory that was moved below this one, and in which this one was; else null. */
    private Node movedBetween() {
        Node moved = null;
        for (Node node = syncedParent; node != null; node = node.parent) {
            if (node == this) {
                return moved;
            }
            moved = node.hasMoved() ? node : moved;
        }
        return null;
    }

    /** Whether a path leads to it. */
    final boolean isReachable() {
        for (Node node = this; node != null; node = node.parent) {
            if (!node.hasName()) {
                return false;
            }
        }
        return true;
    }

    /** Whether a path leads to where it was before it was moved. */
    final boolean mayReturn() {
        return syncedParent.isReachable();
    }

    /** A crash has its name back, which was deleted or replaced. */
    final void restoreSynced() {
        parent = syncedParent;
        name = syncedName;
        parent.entries.put(name, this);
    }
}
