package io.tardy.examples.redis;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class GlobTest {

    @ParameterizedTest
    @CsvSource({
        "*, anything, true",
        "a*, abc, true",
        "a*c, abcc, true",
        "a*d, abcc, false",
        "?, a, true",
        "?, ab, false",
        "[a-c]x, bx, true",
        "[c-a]x, bx, true",
        "[^a-c]x, bx, false",
        "[^a-c]x, dx, true",
        "[]x, ax, false",
        "[ab, b, true",
        "\\*, *, true",
        "\\*, a, false",
        "news.*.sport, news.uk.sport, true",
        "news.*.sport, news.sport, false",
        "a\\, a\\, true"
    })
    void matches(String pattern, String text, boolean expected) {
        assertThat(Glob.matches(pattern, text)).isEqualTo(expected);
    }

    /** Going back to each star would take longer than there is time. */
    @Test
    @Timeout(20)
    void manyStarsTakeNoLongerThanTheLengthsMultiplied() {
        assertThat(Glob.matches("*a?".repeat(300), "a".repeat(Store.KEY_BYTES_MAX) + "b")).isTrue();
        assertThat(Glob.matches("*a".repeat(500) + "c", "a".repeat(Store.KEY_BYTES_MAX))).isFalse();
    }
}
