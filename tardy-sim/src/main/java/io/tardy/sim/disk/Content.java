package io.tardy.sim.disk;

import io.tardy.aio.Errno;
import io.tardy.os.ErrnoException;
import io.tardy.sim.time.Dice;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The bytes of a file: those that programs see, and those that a crash cannot take. Pages that both
 * have in common are the same array, and are copied before they are written to. What was never
 * written takes no page and reads as zeros.
 */
final class Content {

    static final int PAGE_BYTES = 4096;

    /** Where ext4 with such blocks ends. */
    static final long BYTES_MAX = (1L << 44) - PAGE_BYTES;

    /** What a disk writes whole or not at all. */
    static final int SECTOR_BYTES = 512;

    private static final int PAGE_SECTORS = PAGE_BYTES / SECTOR_BYTES;
    private static final byte[] ZEROS = new byte[PAGE_BYTES];

    private TreeMap<Long, byte[]> pages = new TreeMap<>();
    private long size;

    private TreeMap<Long, byte[]> syncedPages = new TreeMap<>();
    private long syncedSize;

    /** The pages that the next sync writes. */
    private final TreeSet<Long> dirty = new TreeSet<>();

    /** The shortest that it was since the last sync; what was behind that is gone. */
    private long cut = Long.MAX_VALUE;

    long size() {
        return size;
    }

    int pageCount() {
        return pages.size();
    }

    /** Reads bytes that are all before the end, and moves the buffer's position. */
    void read(ByteBuffer into, long offset, int count) {
        long at = offset;
        int left = count;
        while (left > 0) {
            int begin = (int) (at % PAGE_BYTES);
            int length = Math.min(left, PAGE_BYTES - begin);
            into.put(pages.getOrDefault(at / PAGE_BYTES, ZEROS), begin, length);
            at += length;
            left -= length;
        }
    }

    /** How many of these bytes can be written if there are so many free pages. */
    int room(long offset, int count, long pagesFree) {
        long free = pagesFree;
        long end = offset + count;
        for (long at = offset; at < end; at = (at / PAGE_BYTES + 1) * PAGE_BYTES) {
            if (!pages.containsKey(at / PAGE_BYTES) && --free < 0) {
                return (int) (at - offset);
            }
        }
        return count;
    }

    /** Writes so many bytes, and moves the buffer's position. */
    void write(ByteBuffer from, long offset, int count) {
        long at = offset;
        int left = count;
        while (left > 0) {
            int begin = (int) (at % PAGE_BYTES);
            int length = Math.min(left, PAGE_BYTES - begin);
            from.get(pageToWrite(at / PAGE_BYTES), begin, length);
            at += length;
            left -= length;
        }
        size = Math.max(size, at);
    }

    private byte[] pageToWrite(long number) {
        byte[] page = pages.get(number);
        if (page == null || page == ZEROS || page == syncedPages.get(number)) {
            page = page == null ? new byte[PAGE_BYTES] : page.clone();
            pages.put(number, page);
        }
        dirty.add(number);
        return page;
    }

    /** How many pages a part takes that are not there yet. */
    long pagesMissing(long offset, long length) {
        long first = offset / PAGE_BYTES;
        long behind = (offset + length + PAGE_BYTES - 1) / PAGE_BYTES;
        return behind - first - pages.subMap(first, behind).size();
    }

    /** Has a part take its pages, and makes the file as long. */
    void allocate(long offset, long length) {
        long behind = (offset + length + PAGE_BYTES - 1) / PAGE_BYTES;
        for (long number = offset / PAGE_BYTES; number < behind; number++) {
            if (pages.putIfAbsent(number, ZEROS) == null) {
                dirty.add(number);
            }
        }
        size = Math.max(size, offset + length);
    }

    /**
     * A range of bytes that no file has.
     *
     * @throws ErrnoException EINVAL
     */
    static void requireInRange(long offset, int count) throws ErrnoException {
        if (offset > Long.MAX_VALUE - count) {
            throw new ErrnoException(Errno.EINVAL);
        }
    }

    /** Makes it shorter, or longer by zeros. */
    void resize(long length) {
        if (length <= size) {
            pages = cut(pages, length);
            dirty.tailSet((length + PAGE_BYTES - 1) / PAGE_BYTES).clear();
            cut = Math.min(cut, length);
        }
        size = length;
    }

    /** These pages as far as a length, and zeros behind. */
    private static TreeMap<Long, byte[]> cut(TreeMap<Long, byte[]> pages, long length) {
        long last = length / PAGE_BYTES;
        int begin = (int) (length % PAGE_BYTES);
        TreeMap<Long, byte[]> left = new TreeMap<>(pages.headMap(last, begin > 0));
        byte[] page = begin > 0 ? left.get(last) : null;
        if (page != null) {
            byte[] shorter = page.clone();
            Arrays.fill(shorter, begin, PAGE_BYTES, (byte) 0);
            left.put(last, shorter);
        }
        return left;
    }

    private boolean isCut() {
        return cut < Long.MAX_VALUE;
    }

    /** No crash takes what is here now. */
    void sync() {
        if (isCut()) {
            syncedPages = cut(syncedPages, cut);
        }
        cut = Long.MAX_VALUE;
        for (long number : dirty) {
            syncedPages.put(number, pages.get(number));
        }
        dirty.clear();
        syncedSize = size;
    }

    /** A sync has failed: what it was to write is not written by the next one either. */
    void syncFailed() {
        dirty.clear();
    }

    /** Whether a crash can take anything. */
    boolean hasUnsynced() {
        return isCut() || size != syncedSize || !changedSectors(syncedPages).isEmpty();
    }

    /** A crash takes nothing. */
    void keep() {
        syncedPages = new TreeMap<>(pages);
        syncedSize = size;
        dirty.clear();
        cut = Long.MAX_VALUE;
    }

    /** A crash takes all that was not synced. */
    void lose() {
        pages = new TreeMap<>(syncedPages);
        size = syncedSize;
        dirty.clear();
        cut = Long.MAX_VALUE;
    }

    /**
     * A crash takes some of what was not synced. Sectors that were overwritten in place have their
     * old bytes then or their new ones; of what was added, the file's length can be there without
     * the bytes, which are zeros.
     *
     * @return what has happened, in words
     */
    String tear(Dice dice) {
        if (isCut() && dice.chance(0.5)) {
            String what = cut == 0 ? "emptying it" : "cutting it";
            lose();
            return what + " undone, back to " + size + " bytes";
        }
        TreeMap<Long, byte[]> base = isCut() ? cut(syncedPages, cut) : syncedPages;
        long baseSize = Math.min(syncedSize, cut);
        List<Long> changed = changedSectors(base);
        TreeMap<Long, byte[]> torn = new TreeMap<>(base);
        boolean isPrefix = dice.chance(0.5);
        int prefix = isPrefix ? dice.below(changed.size() + 1) : 0;
        int kept = 0;
        long end = baseSize;
        for (int i = 0; i < changed.size(); i++) {
            if (isPrefix ? i < prefix : dice.chance(0.5)) {
                long sector = changed.get(i);
                copySector(torn, sector);
                end = Math.max(end, Math.min(size, (sector + 1) * SECTOR_BYTES));
                kept++;
            }
        }
        boolean isWhole = kept == changed.size() || !isPrefix && dice.chance(0.5);
        long sizeTold = isWhole ? size : end;
        pages = torn;
        size = sizeTold;
        String how = isPrefix ? "the first " : "";
        String text =
                "torn: %s%d of %d sectors kept, %d bytes"
                        .formatted(how, kept, changed.size(), size);
        keep();
        return text;
    }

    private void copySector(TreeMap<Long, byte[]> to, long sector) {
        long number = sector / PAGE_SECTORS;
        int begin = (int) (sector % PAGE_SECTORS) * SECTOR_BYTES;
        byte[] page = to.getOrDefault(number, ZEROS).clone();
        System.arraycopy(pages.getOrDefault(number, ZEROS), begin, page, begin, SECTOR_BYTES);
        to.put(number, page);
    }

    /** The numbers of the sectors that differ, in the order of the file. */
    private List<Long> changedSectors(TreeMap<Long, byte[]> base) {
        TreeSet<Long> numbers = new TreeSet<>(pages.keySet());
        numbers.addAll(base.keySet());
        List<Long> changed = new ArrayList<>();
        for (long number : numbers) {
            byte[] old = base.getOrDefault(number, ZEROS);
            byte[] now = pages.getOrDefault(number, ZEROS);
            for (int sector = 0; old != now && sector < PAGE_SECTORS; sector++) {
                int begin = sector * SECTOR_BYTES;
                int end = begin + SECTOR_BYTES;
                if (!Arrays.equals(old, begin, end, now, begin, end)) {
                    changed.add(number * PAGE_SECTORS + sector);
                }
            }
        }
        return changed;
    }
}
