package io.tardy.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class WarmupTest {

    @Test
    void itIsAtSpeedFromWhereHalfASecondIsNineTenthsOfTheSteadyRate() {
        long[] buckets = new long[120];
        Arrays.fill(buckets, 1000);
        Arrays.fill(buckets, 0, 5, 0); // it starts
        Arrays.fill(buckets, 5, 20, 400); // it is compiled
        buckets[10] = 2000; // one good moment is no speed
        Warmup warmup = Warmup.of(480, 500, buckets);
        assertThat(warmup.steadyRate()).isEqualTo(10_000);
        assertThat(warmup.speedSeconds()).isEqualTo(2.0);
        assertThat(warmup.answers()).isEqualTo(107_600);
    }

    @Test
    void theMedianIsOfEachFigureForItself() {
        Warmup median =
                Warmup.median(
                        List.of(
                                new Warmup(1, 20, 3, 40, 5),
                                new Warmup(2, 10, 1, 60, 7),
                                new Warmup(3, 30, 2, 50, 9)));
        assertThat(median).isEqualTo(new Warmup(2, 20, 2, 50, 7));
    }
}
