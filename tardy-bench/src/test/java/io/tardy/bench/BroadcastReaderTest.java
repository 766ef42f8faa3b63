package io.tardy.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;

/** The verifier must not overlook anything. */
class BroadcastReaderTest {

    private static final int BYTES = 64;

    private final Histogram latency = new Histogram(3);
    private final BroadcastReader reader = new BroadcastReader(BYTES, -1, Long.MAX_VALUE, latency);

    private static byte[] message(long sequence) {
        return new BroadcastMessage(sequence, 1000).encode(BYTES);
    }

    private void take(byte[]... messages) {
        for (byte[] message : messages) {
            reader.take(message, 3000);
        }
    }

    @Test
    void whatComesInOrderIsCountedWithoutTheWarmUp() {
        take(message(-1), message(0), message(1));
        assertThat(reader.received()).isEqualTo(2);
        assertThat(reader.outOfOrder()).isZero();
        assertThat(reader.damaged()).isZero();
        assertThat(latency.getTotalCount()).isEqualTo(2);
        assertThat(latency.getMaxValue()).isEqualTo(2000);
    }

    @Test
    void aGapARepetitionAndALateBeginningAreSeen() {
        take(message(0), message(2), message(2), message(3));
        assertThat(reader.outOfOrder()).isEqualTo(3);
    }

    @Test
    void everyChangedByteIsSeen() {
        for (int i = 0; i < BYTES; i++) {
            byte[] changed = message(5);
            changed[i] ^= 1;
            assertThat(BroadcastMessage.decode(changed, BYTES)).as("byte %d", i).isNull();
        }
        assertThat(BroadcastMessage.decode(message(5), BYTES))
                .isEqualTo(new BroadcastMessage(5, 1000));
        take(new byte[BYTES - 1], new byte[BYTES]);
        assertThat(reader.damaged()).isEqualTo(2);
    }
}
