package io.tardy.testsuite.netty;

import io.netty.channel.DefaultMaxMessagesRecvByteBufAllocator;
import java.util.random.RandomGenerator;

/**
 * Read buffers of random size, from a single byte to 128 KiB, and small ones as often as large
 * ones.
 */
@SuppressWarnings("deprecation") // The handle is; there is no other way to be asked for a size.
final class RandomReads extends DefaultMaxMessagesRecvByteBufAllocator {

    static final int SIZE_BITS = 17;

    private final RandomGenerator random;

    RandomReads(RandomGenerator random) {
        super(1 + random.nextInt(16));
        this.random = random;
    }

    @Override
    public Handle newHandle() {
        return new MaxMessageHandle() {
            @Override
            public int guess() {
                return size(random, SIZE_BITS);
            }
        };
    }

    /** At least 1, below {@code 1 << bits}; each power of two as likely as the next. */
    static int size(RandomGenerator random, int bits) {
        int power = 1 << random.nextInt(bits);
        return power + random.nextInt(power);
    }
}
