package io.tardy.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TurnTimesTest {

    private final TurnTimes times = new TurnTimes();

    @Test
    void nothingIsKnownBeforeTheFirstLook() {
        assertThat(times.looks().isKnown()).isFalse();
        assertThat(times.looks().nanosSince(0, 100)).isZero();
    }

    @Test
    void aWaitIsAsOldAsTheFirstLookThatSawItsTurnOrALaterOne() {
        times.seen(10, 1000);
        times.seen(20, 2000);
        times.seen(30, 3000);
        assertThat(times.looks().isKnown()).isTrue();
        assertThat(times.looks().nanosSince(10, 3500)).isEqualTo(2500);
        assertThat(times.looks().nanosSince(11, 3500)).isEqualTo(1500);
        assertThat(times.looks().nanosSince(30, 3500)).isEqualTo(500);
        assertThat(times.looks().nanosSince(31, 3500)).as("no look since").isZero();
    }

    @Test
    void aLoopThatDoesNotTurnIsOlderWithEachLook() {
        for (long now = 0; now <= 1_000_000; now++) {
            times.seen(7, now);
        }
        assertThat(times.looks().nanosSince(7, 1_000_000)).isBetween(500_000L, 1_000_000L);
    }

    /** It is never more than the truth, and less by a seventh of it and one look at most. */
    @Test
    void whatIsLongAgoIsKnownRoughly() {
        for (long turn = 0; turn < 3_000_000; turn++) {
            times.seen(turn, turn * 100);
        }
        long now = 3_000_000L * 100;
        for (long turn = 2_999_999; turn > 0; turn -= 1 + (3_000_000 - turn) / 10) {
            long truth = now - turn * 100;
            assertThat(times.looks().nanosSince(turn, now))
                    .as("turn %d", turn)
                    .isBetween(truth - truth / 7 - 100, truth);
        }
    }

    /** A server's accept waits for months, and the watchdog may look each five milliseconds. */
    @Test
    void aWaitIsAsOldAsItIsHoweverLongTheLoopHasLived() {
        long looks = 40_000_000;
        for (long now = 0; now <= looks; now++) {
            times.seen(now, now);
        }
        assertThat(times.looks().nanosSince(0, looks)).isBetween(looks - looks / 7, looks);
    }
}
