package io.tardy.bench;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import java.io.OutputStream;
import java.io.PrintStream;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What everybody wants at once: the lock of a {@code PrintStream}, the arenas of Netty's allocator,
 * a monitor, and locks of {@code java.util.concurrent}, an unfair and a fair one.
 */
final class Contention {

    private static final int BUFFER_BYTES_MAX = 64 * 1024;

    /** Takes its own lock for each line, as {@code System.out} does, and writes nothing. */
    private final PrintStream out = new PrintStream(OutputStream.nullOutputStream(), true);

    private final Object monitor = new Object();
    private final Lock unfair = new ReentrantLock();
    private final Lock fair = new ReentrantLock(true);

    // Each guarded by its lock; one that is taken by two at once loses turns.
    private long turnsInMonitor;
    private long turnsInUnfair;
    private long turnsInFair;

    /** Once each of them. */
    void turn() {
        out.println("a line of " + Thread.currentThread());
        allocate();
        synchronized (monitor) {
            turnsInMonitor++;
            allocate(); // a lock within a lock
        }
        unfair.lock();
        try {
            turnsInUnfair++;
            out.println(turnsInUnfair);
        } finally {
            unfair.unlock();
        }
        fair.lock();
        try {
            turnsInFair++;
        } finally {
            fair.unlock();
        }
    }

    private static void allocate() {
        int bytes = ThreadLocalRandom.current().nextInt(1, BUFFER_BYTES_MAX);
        ByteBuf buffer = PooledByteBufAllocator.DEFAULT.directBuffer(bytes);
        buffer.writeByte(bytes);
        buffer.release();
    }

    /** After all has ended: that the locks let one in at a time. */
    void check(Claims claims, long turns) {
        claims.requireEqual(turns, turnsInMonitor, "turns in the monitor");
        claims.requireEqual(turns, turnsInUnfair, "turns in the unfair lock");
        claims.requireEqual(turns, turnsInFair, "turns in the fair lock");
    }
}
