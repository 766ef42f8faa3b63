package io.tardy.sim.disk;

import java.nio.ByteBuffer;
import java.time.InstantSource;

/** The pages of a disk: which of them its files use. */
final class Space {

    private final InstantSource clock;
    private long pagesUsed;

    Space(InstantSource clock) {
        this.clock = clock;
    }

    /** How many of these bytes have room in a file, on a disk of this size. */
    int room(Node.File file, long at, int count, long capacityBytes) {
        return file.content.room(at, count, capacityBytes / Content.PAGE_BYTES - pagesUsed);
    }

    /** Writes as many bytes into a file, which has room. */
    void put(Node.File file, ByteBuffer from, long at, int count) {
        if (count > 0) {
            pagesUsed -= file.content.pageCount();
            file.content.write(from, at, count);
            pagesUsed += file.content.pageCount();
            touch(file);
        }
    }

    /**
     * Keeps room for a part of a file, on a disk of this size.
     *
     * @return false if there is not enough
     */
    boolean allocate(Node.File file, long offset, long length, long capacityBytes) {
        long missing = file.content.pagesMissing(offset, length);
        if (missing > capacityBytes / Content.PAGE_BYTES - pagesUsed) {
            return false;
        }
        file.content.allocate(offset, length);
        pagesUsed += missing;
        touch(file);
        return true;
    }

    /** Makes a file shorter, or longer by zeros. */
    void resize(Node.File file, long length) {
        pagesUsed -= file.content.pageCount();
        file.content.resize(length);
        pagesUsed += file.content.pageCount();
        touch(file);
    }

    private void touch(Node.File file) {
        file.modified = clock.instant();
        file.changed = file.modified;
    }

    /** Gives back the pages of what nobody can reach any more. */
    void freeIfUnused(Node node) {
        if (node instanceof Node.File file && file.opens == 0 && !file.hasName()) {
            pagesUsed -= file.content.pageCount();
        }
    }

    /** Nothing is used but what {@link #add} has named since. */
    void clear() {
        pagesUsed = 0;
    }

    void add(Node node) {
        pagesUsed += node instanceof Node.File file ? file.content.pageCount() : 0;
    }
}
