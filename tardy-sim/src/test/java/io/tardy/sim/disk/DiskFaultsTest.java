package io.tardy.sim.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tardy.sim.faults.DiskFaults;
import java.util.function.DoubleFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DiskFaultsTest {

    private static final DiskFaults NONE = DiskFaults.none();

    @ParameterizedTest
    @ValueSource(doubles = {-0.1, 1.1, Double.NaN, Double.POSITIVE_INFINITY})
    void whatIsNoProbabilityIsRefusedByName(double chance) {
        assertRefused("slowChance", c -> NONE.withSlow(c, 1), chance);
        assertRefused("shortReadChance", c -> NONE.withShort(c, 0), chance);
        assertRefused("shortWriteChance", c -> NONE.withShort(0, c), chance);
        assertRefused("readErrorChance", c -> NONE.withErrors(c, 0, 0, 0), chance);
        assertRefused("writeErrorChance", c -> NONE.withErrors(0, c, 0, 0), chance);
        assertRefused("pathErrorChance", c -> NONE.withErrors(0, 0, c, 0), chance);
        assertRefused("syncErrorChance", c -> NONE.withErrors(0, 0, 0, c), chance);
        assertRefused("lostChance", c -> NONE.withCrash(c, 0, 0), chance);
        assertRefused("tornChance", c -> NONE.withCrash(0, c, 0), chance);
        assertRefused("nameLostChance", c -> NONE.withCrash(0, 0, c), chance);
    }

    private static void assertRefused(
            String name, DoubleFunction<DiskFaults> faults, double chance) {
        assertThatThrownBy(() -> faults.apply(chance))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(name + ": " + chance + " is no probability; give one from 0 to 1");
    }

    @Test
    void aFileIsEitherLostOrTorn() {
        assertThatThrownBy(() -> NONE.withCrash(0.6, 0.5, 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("0.6 and 0.5 are more than 1 together");
    }

    @Test
    void timesAreNotNegativeAndInOrder() {
        assertThatThrownBy(() -> NONE.withLatency(-1, 1)).hasMessageStartingWith("latencyNanosMin");
        assertThatThrownBy(() -> NONE.withLatency(2, 1)).hasMessageContaining("is more than");
        assertThatThrownBy(() -> NONE.withLatency(2, Long.MAX_VALUE))
                .hasMessageStartingWith("latencyNanosMax");
        assertThatThrownBy(() -> NONE.withSlow(0, -1)).hasMessageStartingWith("slowNanosMax");
    }

    @Test
    void capacityIsNotNegative() {
        assertThatThrownBy(() -> NONE.withCapacity(-1)).hasMessage("capacityBytes: -1 is negative");
    }

    @Test
    void aPartIsChangedWithoutTheRest() {
        DiskFaults all = DiskFaults.all();

        assertThat(all.withLatency(all.latencyNanosMin(), all.latencyNanosMax())).isEqualTo(all);
        assertThat(all.withSlow(all.slowChance(), all.slowNanosMax())).isEqualTo(all);
        assertThat(all.withShort(all.shortReadChance(), all.shortWriteChance())).isEqualTo(all);
        assertThat(
                        all.withErrors(
                                all.readErrorChance(),
                                all.writeErrorChance(),
                                all.pathErrorChance(),
                                all.syncErrorChance()))
                .isEqualTo(all);
        assertThat(all.withCapacity(all.capacityBytes())).isEqualTo(all);
        assertThat(all.withCrash(all.lostChance(), all.tornChance(), all.nameLostChance()))
                .isEqualTo(all);
    }
}
