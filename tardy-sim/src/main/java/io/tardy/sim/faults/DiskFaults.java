package io.tardy.sim.faults;

import java.util.function.Consumer;

/**
 * How a simulated disk behaves. Chances are from 0, never, to 1, always, and are drawn anew for
 * each operation, or for each file and name at a crash.
 *
 * @param latencyNanosMin how long an operation takes at least, in virtual nanoseconds
 * @param latencyNanosMax how long it takes at most, unless the disk is slow just then
 * @param slowChance that an operation finds the disk slow
 * @param slowNanosMax how much longer it takes then at most, in virtual nanoseconds
 * @param shortReadChance that a read of two bytes or more brings fewer than are there
 * @param shortWriteChance that a write of two bytes or more takes only some of them
 * @param readErrorChance that a read fails with EIO
 * @param writeErrorChance that a write fails with EIO; what it was to write may be there in part
 * @param pathErrorChance that opening, deleting, making or asking about a path, or the listing of a
 *     directory, fails with EIO, and nothing has changed
 * @param syncErrorChance that making a file durable, also by a write to one opened with {@code
 *     sync}, fails with EIO. As on Linux the next attempt does not try the same bytes again: it may
 *     succeed although they never reach the disk
 * @param capacityBytes how much the contents of all files may take, in whole blocks of 4096 bytes;
 *     what has no room fails with ENOSPC
 * @param lostChance that a crash takes all that was not synced of a file
 * @param tornChance that a crash leaves some of what was not synced of a file: its beginning, or
 *     any of its 512-byte sectors. What is neither lost nor torn is kept
 * @param nameLostChance that a crash undoes that a file or directory was made or deleted, where
 *     that was not synced
 */
public record DiskFaults(
        long latencyNanosMin,
        long latencyNanosMax,
        double slowChance,
        long slowNanosMax,
        double shortReadChance,
        double shortWriteChance,
        double readErrorChance,
        double writeErrorChance,
        double pathErrorChance,
        double syncErrorChance,
        long capacityBytes,
        double lostChance,
        double tornChance,
        double nameLostChance) {

    private static final long LATENCY_NANOS = 50_000;

    /** Longer than any program waits, and short enough that sums do not overflow. */
    private static final long NANOS_MAX = Long.MAX_VALUE / 8;

    private static final DiskFaults NONE =
            new DiskFaults(
                    LATENCY_NANOS, LATENCY_NANOS, 0, 0, 0, 0, 0, 0, 0, 0, Long.MAX_VALUE, 0, 0, 0);

    private static final DiskFaults ALL =
            new DiskFaults(
                    10_000,
                    2_000_000,
                    0.01,
                    1_000_000_000,
                    0.1,
                    0.1,
                    0.005,
                    0.005,
                    0.005,
                    0.005,
                    64L << 20,
                    0.3,
                    0.4,
                    0.5);

    public DiskFaults {
        requireNanos("latencyNanosMin", latencyNanosMin);
        requireNanos("latencyNanosMax", latencyNanosMax);
        if (latencyNanosMin > latencyNanosMax) {
            throw new IllegalArgumentException(
                    "latencyNanosMin: "
                            + latencyNanosMin
                            + " is more than latencyNanosMax, "
                            + latencyNanosMax);
        }
        requireChance("slowChance", slowChance);
        requireNanos("slowNanosMax", slowNanosMax);
        requireChance("shortReadChance", shortReadChance);
        requireChance("shortWriteChance", shortWriteChance);
        requireChance("readErrorChance", readErrorChance);
        requireChance("writeErrorChance", writeErrorChance);
        requireChance("pathErrorChance", pathErrorChance);
        requireChance("syncErrorChance", syncErrorChance);
        if (capacityBytes < 0) {
            throw new IllegalArgumentException("capacityBytes: " + capacityBytes + " is negative");
        }
        requireChance("lostChance", lostChance);
        requireChance("tornChance", tornChance);
        if (lostChance + tornChance > 1) {
            throw new IllegalArgumentException(
                    "lostChance and tornChance: "
                            + lostChance
                            + " and "
                            + tornChance
                            + " are more than 1 together, and a file is either lost or torn");
        }
        requireChance("nameLostChance", nameLostChance);
    }

    /**
     * No faults: every operation takes 50 microseconds and does all that it is asked for, there is
     * always room, and a crash takes nothing.
     */
    public static DiskFaults none() {
        return NONE;
    }

    /**
     * All faults, each rare enough for a program to get somewhere: 10 microseconds to 2
     * milliseconds an operation, now and then up to a second more; one read or write in ten is
     * short, one operation in 200 fails with EIO; room for 64 MiB; of what was not synced, a crash
     * loses three files in ten, tears four, and undoes every other name.
     */
    public static DiskFaults all() {
        return ALL;
    }

    /** Another time for each operation, in virtual nanoseconds. */
    public DiskFaults withLatency(long nanosMin, long nanosMax) {
        return with(
                values -> {
                    values.latencyNanosMin = nanosMin;
                    values.latencyNanosMax = nanosMax;
                });
    }

    /** Another chance that the disk is slow, and how much, in virtual nanoseconds. */
    public DiskFaults withSlow(double chance, long nanosMax) {
        return with(
                values -> {
                    values.slowChance = chance;
                    values.slowNanosMax = nanosMax;
                });
    }

    /** Other chances of short reads and writes. */
    public DiskFaults withShort(double readChance, double writeChance) {
        return with(
                values -> {
                    values.shortReadChance = readChance;
                    values.shortWriteChance = writeChance;
                });
    }

    /** Other chances of EIO. */
    public DiskFaults withErrors(
            double readChance, double writeChance, double pathChance, double syncChance) {
        return with(
                values -> {
                    values.readErrorChance = readChance;
                    values.writeErrorChance = writeChance;
                    values.pathErrorChance = pathChance;
                    values.syncErrorChance = syncChance;
                });
    }

    /** Other room; files that take more already stay as they are. */
    public DiskFaults withCapacity(long bytes) {
        return with(values -> values.capacityBytes = bytes);
    }

    /** Other chances for what a crash finds unsynced. */
    public DiskFaults withCrash(double lost, double torn, double nameLost) {
        return with(
                values -> {
                    values.lostChance = lost;
                    values.tornChance = torn;
                    values.nameLostChance = nameLost;
                });
    }

    private DiskFaults with(Consumer<Values> change) {
        Values values = new Values(this);
        change.accept(values);
        return values.faults();
    }

    /** The same, to be changed. */
    private static final class Values {
        long latencyNanosMin;
        long latencyNanosMax;
        double slowChance;
        long slowNanosMax;
        double shortReadChance;
        double shortWriteChance;
        double readErrorChance;
        double writeErrorChance;
        double pathErrorChance;
        double syncErrorChance;
        long capacityBytes;
        double lostChance;
        double tornChance;
        double nameLostChance;

        Values(DiskFaults faults) {
            latencyNanosMin = faults.latencyNanosMin;
            latencyNanosMax = faults.latencyNanosMax;
            slowChance = faults.slowChance;
            slowNanosMax = faults.slowNanosMax;
            shortReadChance = faults.shortReadChance;
            shortWriteChance = faults.shortWriteChance;
            readErrorChance = faults.readErrorChance;
            writeErrorChance = faults.writeErrorChance;
            pathErrorChance = faults.pathErrorChance;
            syncErrorChance = faults.syncErrorChance;
            capacityBytes = faults.capacityBytes;
            lostChance = faults.lostChance;
            tornChance = faults.tornChance;
            nameLostChance = faults.nameLostChance;
        }

        DiskFaults faults() {
            return new DiskFaults(
                    latencyNanosMin,
                    latencyNanosMax,
                    slowChance,
                    slowNanosMax,
                    shortReadChance,
                    shortWriteChance,
                    readErrorChance,
                    writeErrorChance,
                    pathErrorChance,
                    syncErrorChance,
                    capacityBytes,
                    lostChance,
                    tornChance,
                    nameLostChance);
        }
    }

    private static void requireNanos(String name, long nanos) {
        if (nanos < 0 || nanos > NANOS_MAX) {
            throw new IllegalArgumentException(
                    name + ": " + nanos + " is not from 0 to " + NANOS_MAX + " nanoseconds");
        }
    }

    private static void requireChance(String name, double chance) {
        if (!(chance >= 0 && chance <= 1)) { // nor is NaN
            throw new IllegalArgumentException(
                    name + ": " + chance + " is no probability; give one from 0 to 1");
        }
    }
}
